"""A kit is ready when every part of it is."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import OptionKind
from agent.domain.sales import SaleOrderLine
from agent.domain.stock import Product
from tests.unit.risk.builders import CHAIR, DESK, MAIN, NORTH, NOW, World, in_days, units

SET = 104


def dining(promise: float = 5, sets: int = 3, delivered: int = 0, warehouse: int = MAIN) -> tuple[World, SaleOrderLine]:
    """An order of dining sets, of four chairs and a desk each."""
    world = World()
    world.products = (*world.products, Product(SET, "Dining set", "SET", "Units", storable=False, kit=True))
    return world, dining_line(world, promise, sets, delivered, warehouse)


def dining_line(world: World, promise: float, sets: int, delivered: int = 0, warehouse: int = MAIN) -> SaleOrderLine:
    order = world.order(promise=in_days(promise), warehouse_id=warehouse)
    line = world.line(order, sets, product=SET, delivered=delivered, move=False)
    for part, each in ((CHAIR, 4), (DESK, 1)):
        world.move(part, (sets - delivered) * each, origin=warehouse, at=in_days(promise), sale_line_id=line.id)
    return line


def test_a_kit_whose_parts_are_there_is_there():
    world, line = dining()
    world.stock(12)
    world.stock(3, product=DESK)
    outlook = world.outlook(line)
    assert (outlook.ready, outlook.outstanding, outlook.available_now) == (NOW, 3, 3)
    assert world.kinds() == []


def test_a_kit_waits_for_its_last_part():
    world, line = dining()
    world.purchase(12, at=in_days(2))
    world.purchase(3, product=DESK, at=in_days(4))
    assert world.outlook(line).ready == in_days(4)


def test_kits_come_as_their_parts_come():
    """Five chairs make one set now; with eight more on day 2 there are three."""
    world, line = dining()
    world.stock(5)
    world.stock(3, product=DESK)
    world.purchase(8, at=in_days(2))
    assert world.outlook(line).timeline(NOW) == [(NOW, Decimal(1)), (in_days(2), Decimal(2))]


def test_a_kit_without_supply_for_one_part_has_no_date_and_the_part_is_named():
    world, line = dining()
    world.stock(12)
    world.stock(1, product=DESK)
    outlook = world.outlook(line)
    assert (outlook.ready, outlook.unsupplied) == (None, 2)
    finding = world.one("no_supply")
    assert finding.subject.name == "Oak Desk"
    assert finding.summary.startswith("2 Units of Oak Desk (part of Dining set) for S")


def test_a_late_kit_says_which_part_it_is_short_of():
    world, _ = dining(promise=5)
    world.stock(12)
    world.purchase(3, product=DESK, at=in_days(8))
    summary = world.one("promise_at_risk").summary
    assert "but 3 Units of Dining set (short of Oak Desk) can ship on 2026-08-11" in summary


def test_only_the_kits_still_owed_are_counted():
    world, line = dining(sets=3, delivered=2)
    world.stock(4)
    world.stock(1, product=DESK)
    outlook = world.outlook(line)
    assert (outlook.outstanding, outlook.ready) == (1, NOW)


def test_reserved_parts_count_for_their_kit():
    world, line = dining(sets=1)
    world.moves = [type(move)(**{**_fields(move), "reserved": move.demand}) for move in world.moves]
    world.stock(4, reserved=4)
    world.stock(1, product=DESK, reserved=1)
    outlook = world.outlook(line)
    assert (outlook.reserved, outlook.ready) == (1, NOW)


def test_steps_inside_the_warehouse_do_not_double_a_part():
    world, line = dining(sets=1)
    chairs = world.moves[0]
    pick = world.move(CHAIR, 4, origin=MAIN, target=MAIN, at=in_days(1), sale_line_id=line.id)
    world.moves[0] = type(chairs)(**{**_fields(chairs), "waits_for": (pick.id,)})
    world.stock(4)
    world.stock(1, product=DESK)
    assert world.outlook(line).ready == NOW


def test_parts_compete_with_those_who_buy_the_part():
    world, line = dining(promise=5, sets=1)
    chairs = world.line(world.order(promise=in_days(4)), 2)
    world.stock(5)
    world.stock(1, product=DESK)
    assert (world.outlook(chairs).ready, world.outlook(line).ready) == (NOW, None)


def test_complete_kits_can_be_shipped_and_promised():
    world, _ = dining(promise=-1)
    world.stock(9)
    world.stock(3, product=DESK)
    world.purchase(3, at=in_days(4))
    [risk] = world.risks()
    options = {option.kind: option for option in risk.options}
    assert "in part now, from stock: 2 Units of Dining set" in options[OptionKind.SHIP_AVAILABLE].summary
    assert options[OptionKind.MOVE_PROMISE_DATE].ready_date == in_days(4)


def test_the_missing_part_is_moved_from_another_warehouse():
    world, _ = dining()
    world.stock(12)
    world.stock(9, product=DESK, warehouse=NORTH)
    [option] = [option for option in world.risks()[0].options if option.kind is OptionKind.MOVE_STOCK]
    assert option.summary.startswith("Move 3 Units of Oak Desk from North (2 days transit): the order can then ship complete")


def test_a_part_that_is_bought_for_the_kit_is_its_own_supply():
    world, line = dining(sets=1)
    other = world.line(world.order(promise=in_days(1)), 1, product=DESK)
    world.stock(4)
    world.purchase(1, product=DESK, at=in_days(6), for_lines=(line.id,))
    assert (world.outlook(line).ready, world.outlook(other).ready) == (in_days(6), None)


@given(st.integers(1, 6), st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9), st.sampled_from((CHAIR, DESK))), max_size=6))
@settings(max_examples=150, deadline=None)
def test_a_kit_is_as_late_as_its_latest_part(sets, coming):
    world, line = dining(sets=sets)
    for day, amount, part in coming:
        world.purchase(amount, at=in_days(day), product=part)
    outlook = world.outlook(line)
    dates = [part.ready for part in outlook.parts]
    assert outlook.ready == (None if None in dates else max(dates))
    found = outlook.reserved + outlook.allocation.from_stock + outlook.allocation.missing
    assert found + sum(peg.amount for peg in outlook.allocation.pegs) == outlook.outstanding == Decimal(sets)
    assert (outlook.ready is None) == (outlook.unsupplied > 0)
    supplied = sum(amount for _, amount in outlook.timeline(NOW))
    assert all(supplied * each <= sum(a for _, a, p in coming if p == part) for part, each in ((CHAIR, 4), (DESK, 1)))


def _fields(record):
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_units_of_parts_are_their_own():
    world, line = dining(sets=2)
    chairs, desks = world.outlook(line).parts
    assert (chairs.outstanding, desks.outstanding) == (units(8).amount, units(2).amount)
    assert chairs.value == desks.value == line.value
