"""Who is served first, from when supply counts, and how much comes when."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.stock import Warehouse
from tests.unit.risk.builders import CHAIR, MAIN, NORTH, NOW, World, in_days

quick = settings(max_examples=120, deadline=None)


def starred(world: World, line) -> None:
    """Somebody marks the line's delivery as urgent."""
    world.moves = [replace(move, urgent=True) if move.sale_line_id == line.id else move for move in world.moves]


def test_what_is_starred_comes_before_an_earlier_promise():
    world = World()
    first = world.line(world.order(promise=in_days(2)), 10)
    urgent = world.line(world.order(promise=in_days(6)), 10)
    world.stock(10)
    assert (world.outlook(first).ready, world.outlook(urgent).ready) == (NOW, None)
    starred(world, urgent)
    assert (world.outlook(first).ready, world.outlook(urgent).ready) == (None, NOW)


def test_of_two_that_are_starred_the_earlier_promise_comes_first():
    world = World()
    later, earlier = (world.line(world.order(promise=in_days(days)), 10) for days in (6, 2))
    for line in (later, earlier):
        starred(world, line)
    world.stock(10)
    assert (world.outlook(earlier).ready, world.outlook(later).ready) == (NOW, None)


def test_a_starred_transfer_comes_before_orders():
    world = World()
    line = world.line(world.order(promise=in_days(1)), 10)
    world.move(CHAIR, 10, origin=MAIN, target=NORTH, at=in_days(9), urgent=True)
    world.stock(10)
    assert world.outlook(line).ready is None


wanted = st.lists(st.tuples(st.integers(-2, 9), st.integers(1, 9), st.booleans()), min_size=1, max_size=7)
coming = st.lists(st.tuples(st.integers(-2, 9), st.integers(1, 15)), max_size=5)


@given(wanted, coming, st.integers(0, 20), st.data())
@quick
def test_being_urgent_never_makes_a_line_later(orders, receipts, free, data):
    world = World()
    lines = [world.line(world.order(in_days(promise)), amount) for promise, amount, _ in orders]
    for line, (_, _, urgent) in zip(lines, orders, strict=True):
        if urgent:
            starred(world, line)
    for due, amount in receipts:
        world.purchase(amount, at=in_days(due))
    world.stock(free)
    chosen = data.draw(st.sampled_from(lines))
    before = world.outlook(chosen).ready
    starred(world, chosen)
    after = world.outlook(chosen).ready
    assert before is None or (after is not None and after <= before)


def test_without_promise_and_delivery_goods_are_needed_after_the_customer_lead():
    world = World()
    slow = world.line(world.order(promise=None, ordered_at=in_days(-3)), 10, move=False)
    world.lines[-1] = replace(slow, lead_days=9.0)
    quick_one = world.line(world.order(promise=in_days(5)), 10)
    world.stock(10)
    assert (world.outlook(slow).need_by, world.outlook(slow).ready) == (in_days(6), None)
    assert world.outlook(quick_one).ready == NOW


@pytest.mark.parametrize(
    ("ordered", "promised", "comes"),
    [(-10, -3, 7), (-10, 30, 40), (2, 9, 9)],
    ids=["a promise that is past", "a long lead time", "to be ordered in two days"],
)
def test_a_draft_would_come_its_lead_time_after_it_is_confirmed(ordered, promised, comes):
    world = World()
    line = world.line(world.order(), 10)
    world.purchase(10, at=in_days(promised), state="draft", for_lines=(line.id,))
    world.purchases[-1] = replace(world.purchases[-1], ordered_at=in_days(ordered))
    [peg] = world.outlook(line).allocation.pegs
    assert (peg.supply.due, peg.supply.expected) == (in_days(comes), None)


def test_a_line_knows_how_much_can_ship_when():
    world = World()
    line = world.line(world.order(), 10, reserved=1)
    world.stock(3, reserved=1)
    world.purchase(2, at=in_days(2))
    world.purchase(3, at=in_days(-4))
    outlook = world.outlook(line)
    assert outlook.timeline(NOW) == [(NOW, Decimal(3)), (in_days(1), Decimal(3)), (in_days(2), Decimal(2))]
    assert outlook.unsupplied == 2


def test_a_draft_of_another_company_is_not_named_as_ours():
    world = World()
    world.warehouses = (Warehouse(MAIN, "Main", "MA", 1), Warehouse(NORTH, "North", "NO", 2))
    world.line(world.order(), 10)
    for place in (MAIN, NORTH):
        draft = world.purchase(10, at=in_days(2), state="draft")
        world.purchases[-1] = replace(draft, warehouse_id=place)
    ours, theirs = world.purchases
    summary = world.one("no_supply").summary
    assert ours.order_name in summary
    assert theirs.order_name not in summary


def test_another_companys_stock_and_receipts_serve_nobody_here():
    world = World()
    world.warehouses = (Warehouse(MAIN, "Main", "MA", 1), Warehouse(NORTH, "North", "NO", 2))
    line = world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH)
    world.purchase(10, at=in_days(1), warehouse=NORTH)
    assert world.outlook(line).ready is None


def test_a_transfer_whose_goods_have_not_left_comes_its_transit_after_they_do():
    """Planned to leave yesterday and to arrive tomorrow; it still stands there, so it is two days from now."""
    world = World()
    line = world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH, reserved=10)
    out = world.move(CHAIR, 10, origin=NORTH, at=in_days(-1), reserved=10)
    world.move(CHAIR, 10, target=MAIN, at=in_days(1), waits_for=(out.id,))
    assert world.outlook(line).ready == in_days(2)
