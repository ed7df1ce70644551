"""Goods between two places: inside a warehouse, between warehouses, and on their way back."""

import pytest

from agent.domain.findings import OptionKind
from tests.unit.risk.builders import CHAIR, FILM, MAIN, NORTH, NOW, World, in_days


def test_what_waits_to_be_put_away_serves_who_needs_it_first():
    world = World()
    later = world.line(world.order(promise=in_days(6)), 10)
    earlier = world.line(world.order(promise=in_days(5)), 10)
    world.stock(10, reserved=10)
    world.move(CHAIR, 10, origin=MAIN, target=MAIN, reserved=10, at=in_days(-20))
    assert (world.outlook(earlier).ready, world.outlook(later).ready) == (NOW, None)


def test_what_is_put_away_tomorrow_is_there_tomorrow():
    world = World()
    line = world.line(world.order(), 10)
    world.stock(10, reserved=10)
    world.move(CHAIR, 10, origin=MAIN, target=MAIN, reserved=10, at=in_days(1))
    assert world.outlook(line).ready == in_days(1)


def test_a_put_away_that_still_waits_for_its_receipt_is_not_counted_twice():
    world = World()
    line = world.line(world.order(), 20)
    world.purchase(10, at=in_days(2))
    world.move(CHAIR, 10, origin=MAIN, target=MAIN, at=in_days(2), waits_for=(world.moves[-1].id,))
    assert world.outlook(line).unsupplied == 10


def test_goods_picked_for_a_transfer_leave_with_it():
    world = World()
    here, there = world.line(world.order(), 6), world.line(world.order(warehouse_id=NORTH), 6)
    world.stock(6, warehouse=NORTH, reserved=6)
    pick = world.move(CHAIR, 6, origin=NORTH, target=NORTH, reserved=6, at=in_days(1))
    out = world.move(CHAIR, 6, origin=NORTH, at=in_days(1), waits_for=(pick.id,))
    world.move(CHAIR, 6, target=MAIN, at=in_days(2), waits_for=(out.id,))
    assert (world.outlook(here).ready, world.outlook(there).ready) == (in_days(2), None)


def test_a_transfer_brings_only_what_the_other_warehouse_has():
    world = World()
    line = world.line(world.order(), 10)
    world.stock(4, warehouse=NORTH)
    world.move(CHAIR, 10, origin=NORTH, target=MAIN, at=in_days(3))
    outlook = world.outlook(line)
    assert (outlook.unsupplied, [peg.supply.expected for peg in outlook.allocation.pegs]) == (6, [in_days(3)])


def test_a_transfer_waits_for_what_the_other_warehouse_gets():
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(10, at=in_days(5), warehouse=NORTH)
    out = world.move(CHAIR, 10, origin=NORTH, at=in_days(1))
    world.move(CHAIR, 10, target=MAIN, at=in_days(3), waits_for=(out.id,))
    assert world.outlook(line).ready == in_days(7)


def test_a_chain_of_transfers_is_followed_to_its_start():
    world = World()
    line = world.line(world.order(), 10)
    far = 3
    world.move(CHAIR, 10, origin=NORTH, target=MAIN, at=in_days(3))
    world.move(CHAIR, 10, origin=far, target=NORTH, at=in_days(2))
    assert world.outlook(line).ready is None
    world.stock(10, warehouse=far)
    assert world.outlook(line).ready == in_days(3)


def test_transfers_in_a_circle_end():
    world = World()
    line = world.line(world.order(), 10)
    world.move(CHAIR, 10, origin=NORTH, target=MAIN, at=in_days(3))
    world.move(CHAIR, 10, origin=MAIN, target=NORTH, at=in_days(2))
    assert world.outlook(line)


def test_an_empty_transfer_is_named_where_supply_is_missing():
    world = World()
    world.line(world.order(), 10)
    world.move(CHAIR, 10, origin=NORTH, target=MAIN, at=in_days(3), reference="NO/INT/7")
    finding = world.one("no_supply")
    assert finding.summary.endswith("nor coming in (NO/INT/7 waits for stock that the sending warehouse lacks).")
    assert ("NO/INT/7", "state", "confirmed") in {(fact.record.name, fact.field, fact.value) for fact in finding.evidence}


def test_goods_sent_back_to_the_vendor_are_not_on_their_way_to_the_customer():
    world = World()
    line = world.line(world.order(), 10)
    purchase = world.purchase(10, at=in_days(4), for_lines=(line.id,), received=6)
    world.move(CHAIR, 6, origin=MAIN, at=in_days(1), purchase_line_id=purchase.id)
    assert (world.outlook(line).ready, world.outlook(line).unsupplied) == (None, 6)


@pytest.mark.parametrize("made_to_order", [True, False])
def test_a_confirmed_purchase_without_an_open_receipt_brings_nothing(made_to_order):
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(10, at=in_days(-4), receipt=False, for_lines=(line.id,) if made_to_order else ())
    assert world.outlook(line).ready is None
    assert world.kinds() == ["no_supply"]


def test_stock_that_a_transfer_needs_is_not_offered_to_others():
    world = World()
    world.line(world.order(promise=in_days(1)), 10)
    world.stock(10, warehouse=NORTH)
    world.move(CHAIR, 8, origin=NORTH, target=3, at=in_days(4))
    [option] = [option for risk in world.risks() for option in risk.options if option.kind is OptionKind.MOVE_STOCK]
    assert option.summary.startswith("Move 2 Units")
    world.move(CHAIR, 2, origin=NORTH, target=3, at=in_days(4))
    assert OptionKind.MOVE_STOCK not in {option.kind for risk in world.risks() for option in risk.options}


def test_the_parts_of_a_kit_are_wanted_as_parts():
    world = World()
    kit = world.line(world.order(promise=in_days(2)), 5, product=FILM, move=False)
    world.move(CHAIR, 10, origin=MAIN, sale_line_id=kit.id, at=in_days(2))
    part = world.line(world.order(promise=in_days(5)), 1)
    world.stock(10)
    assert world.outlook(part).ready is None
