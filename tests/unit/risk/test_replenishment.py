"""reorder_breach and duplicate_replenishment, at their boundaries."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.stock import PickingKind
from tests.unit.risk.builders import CHAIR, MAIN, NORTH, World, euros, except_where, in_days
from tests.unit.risk.events import rule


@pytest.mark.parametrize(("on_hand", "told"), [(10, False), (9, True)])
def test_the_minimum_is_enough(on_hand, told):
    world = World()
    rule(world, 10, 30)
    world.stock(on_hand)
    assert world.kinds() == (["reorder_breach"] if told else [])


def test_what_open_demand_wants_is_no_stock_and_what_is_reserved_is_counted_once():
    world = World()
    rule(world, 10, 30)
    world.line(world.order(), 8, reserved=5)
    world.stock(18, reserved=5)
    assert world.kinds() == []
    world.stock(17, reserved=5)
    found = world.one("reorder_breach")
    assert found.summary == (
        "Main wants to keep 10 Units of Blue Chair and comes to 9 Units: 12 Units free, 0 Units coming within 7 days, "
        "3 Units wanted."
    )
    assert (found.severity, found.affects, found.since) == (Severity.LOW, (), in_days(-10))


@pytest.mark.parametrize(("due", "told"), [(7, False), (7.1, True)])
def test_only_what_comes_within_the_lead_time_counts(due, told):
    world = World()
    rule(world, 10, 30, lead_days=7)
    world.purchase(10, at=in_days(due))
    world.stock(0)
    assert bool(world.kinds()) is told


def test_demand_after_the_lead_time_is_met_by_what_comes_after_it():
    for due, told in ((20, False), (None, True)):
        world = World()
        rule(world, 10, 30, lead_days=7)
        world.line(world.order(in_days(30)), 5)
        world.stock(10)
        if due:
            world.purchase(5, at=in_days(due))
        assert ("reorder_breach" in world.kinds()) is told


def test_an_uncovered_demand_is_graver_and_the_draft_that_would_help_is_named():
    world = World()
    rule(world, 0, 0)
    world.line(world.order(), 5)
    world.stock(0)
    draft = world.purchase(20, at=in_days(5), state="draft")
    found = world.one("reorder_breach")
    assert found.severity is Severity.MEDIUM
    assert found.summary.endswith(f"5 Units wanted; {draft.order_name} for 20 Units not confirmed.")


def test_each_warehouse_keeps_its_own_minimum():
    world = World()
    rule(world, 10, 30, warehouse=NORTH)
    world.stock(50)
    world.stock(2, warehouse=NORTH)
    assert "North wants to keep 10 Units" in world.one("reorder_breach").summary


def test_a_product_whose_stock_was_not_read_is_not_judged():
    world = World()
    world.more["reorder_rules"].append(replace(rule(World(), 10, 30), product_id=999))
    assert world.kinds() == []


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_more_stock_never_breaks_a_minimum(one, other, minimum):
    told = []
    for on_hand in sorted((one, other)):
        world = World()
        rule(world, minimum, 50)
        world.stock(on_hand)
        told.append("reorder_breach" in world.kinds())
    assert told != [False, True]


def bought(world, amount, ordered, *, state="purchase", worth=100.0, **given):
    line = world.purchase(amount, at=in_days(6), state=state, **given)
    line = replace(line, ordered_at=in_days(ordered), warehouse_id=MAIN, value=euros(worth))
    world.purchases[-1] = line
    return line


@pytest.mark.parametrize(("gap", "told"), [(10, True), (10.1, False)])
def test_two_purchases_within_the_window_are_compared(gap, told):
    world = World()
    bought(world, 10, -3 - gap)
    bought(world, 10, -3)
    assert world.kinds(duplicate_window_days=10) == (["duplicate_replenishment"] if told else [])


@pytest.mark.parametrize(("wanted", "told"), [(10, True), (11, False)])
def test_the_second_is_too_many_only_when_all_demand_is_served_without_it(wanted, told):
    world = World()
    world.line(world.order(in_days(9)), wanted)
    bought(world, 10, -5)
    bought(world, 10, -3)
    assert ("duplicate_replenishment" in world.kinds()) is told


@pytest.mark.parametrize(("maximum", "told"), [(10, True), (11, False)])
def test_the_second_is_too_many_only_when_the_rules_maximum_is_reached_without_it(maximum, told):
    world = World()
    rule(world, 1, maximum)
    bought(world, 10, -5)
    bought(world, 10, -3)
    assert ("duplicate_replenishment" in world.kinds()) is told


def test_the_later_one_is_named_beside_the_earlier_with_what_it_costs():
    for worth, severity in ((9_999, Severity.LOW), (10_000, Severity.MEDIUM)):
        world = World()
        first = bought(world, 10, -5)
        second = bought(world, 4, -3, worth=worth)
        found = world.one("duplicate_replenishment")
        assert found.summary == (
            f"{second.order_name} brings 4 Units of Blue Chair that Main does not need: {first.order_name} of 2026-07-29 "
            "and the stock cover all open demand and the reorder rule."
        )
        assert (found.subject, found.at_stake, found.severity) == (second.line_record, euros(worth), severity)


def test_a_draft_beside_a_confirmed_purchase_can_still_be_stopped():
    world = World()
    bought(world, 10, -3)
    draft = bought(world, 10, 4, state="draft")
    assert world.one("duplicate_replenishment").subject == draft.line_record


def test_a_purchase_and_a_transfer_for_the_same_need_are_two_orders():
    world = World()
    bought(world, 10, -5)
    picking = world.picking(world.order(), in_days(2), kind=PickingKind.INTERNAL, sale_order_id=None, created_at=in_days(-2))
    world.orders.pop()
    world.stock(10, warehouse=NORTH, reserved=10)
    move = world.move(CHAIR, 10, at=in_days(2), origin=NORTH, target=MAIN, picking_id=picking.id, reserved=10)
    assert world.one("duplicate_replenishment").subject.id == move.id


def test_of_three_only_as_many_are_too_many_as_the_demand_leaves():
    world = World()
    world.line(world.order(in_days(9)), 20)
    for ordered in (-5, -4, -3):
        bought(world, 10, ordered)
    assert world.kinds().count("duplicate_replenishment") == 1


def test_two_lines_of_one_purchase_and_goods_made_to_order_are_no_duplicates():
    world = World()
    first = bought(world, 10, -5)
    second = bought(world, 10, -5)
    world.purchases[-1] = replace(second, order_id=first.order_id, order_name=first.order_name)
    assert world.kinds() == []
    world = World()
    for ordered in (-5, -3):
        line = world.line(world.order(in_days(9)), 10)
        bought(world, 10, ordered, for_lines=(line.id,))
    assert world.kinds() == []


def test_a_warehouse_may_have_its_own_window():
    world = World()
    bought(world, 10, -15)
    bought(world, 10, -3)
    assert world.kinds_under(except_where({"warehouse": "MA"}, duplicate_window_days=12)) == ["duplicate_replenishment"]
    assert world.kinds_under(except_where({"warehouse": "NO"}, duplicate_window_days=12)) == []
