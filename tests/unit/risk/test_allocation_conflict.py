"""Who holds what another order needs: only where giving it away keeps a promise, and never in a circle."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.domain.findings import FindingKind, Severity
from agent.domain.quantity import ROUNDING
from agent.domain.sales import Segment
from agent.risk.assess import assess
from tests.unit.risk.builders import CHAIR, DESK, NORTH, POLICY, World, in_days, units


def conflicts(world):
    return [finding for finding in world.findings() if finding.kind is FindingKind.ALLOCATION_CONFLICT]


def contested(waits_until=3, holder_until=20, *, mine=Segment.STANDARD, its=Segment.STANDARD, held=10, wants=10):
    """Acme's order waits for chairs that are reserved for Borealis; there is no other stock."""
    world = World()
    waiting = world.order(in_days(waits_until), world.customer("Acme", mine))
    world.line(waiting, wants)
    holder = world.order(in_days(holder_until), world.customer("Borealis", its))
    world.line(holder, held, reserved=held)
    world.stock(held, reserved=held)
    return world, waiting, holder


def test_goods_held_for_a_later_promise_are_named_with_both_dates_and_the_quantity():
    world, waiting, holder = contested(held=12)
    (found,) = conflicts(world)
    assert found.summary == (
        f"{waiting.name} for Acme (promised for 2026-08-06) lacks 10 Units of Blue Chair that are reserved for "
        f"{holder.name} (Borealis, promised for 2026-08-23: 10 Units)."
    )
    assert (found.order, found.subject.id, found.severity) == (waiting.record, CHAIR, Severity.HIGH)
    move = next(move for move in world.moves if move.reserved)
    facts = {(fact.record.model, fact.record.id, fact.field): fact.value for fact in found.evidence}
    assert facts["sale.order", holder.id, "commitment_date"] == in_days(20).isoformat()
    assert facts["stock.move", move.id, "reserved"] == "12 Units"


@pytest.mark.parametrize(("holder_until", "conflict"), [(2.9, False), (3, False), (3.1, True)])
def test_only_a_later_promise_gives_way_among_equals(holder_until, conflict):
    world, _, _ = contested(3, holder_until)
    assert bool(conflicts(world)) is conflict


@pytest.mark.parametrize(
    ("mine", "its", "conflict"),
    [
        (Segment.STRATEGIC, Segment.KEY, True),
        (Segment.KEY, Segment.STANDARD, True),
        (Segment.STANDARD, Segment.STANDARD, False),
        (Segment.STANDARD, Segment.KEY, False),
    ],
)
def test_a_customer_who_matters_less_gives_way_even_with_the_earlier_promise(mine, its, conflict):
    world, _, _ = contested(3, 1, mine=mine, its=its)
    assert bool(conflicts(world)) is conflict


def test_a_lower_rank_is_said():
    world, _, holder = contested(3, 1, mine=Segment.KEY)
    assert f"{holder.name} (Borealis, a standard customer, promised for" in conflicts(world)[0].summary


def test_a_customer_who_matters_more_gives_way_only_where_the_next_receipt_still_serves_it_in_time():
    for arrival, conflict in ((20, True), (20.1, False)):
        world, _, _ = contested(3, 20, its=Segment.STRATEGIC)
        world.purchase(10, at=in_days(arrival))
        assert bool(conflicts(world)) is conflict


def test_an_order_that_is_served_in_time_takes_nothing_from_others():
    for arrival, conflict in ((3, False), (3.1, True)):
        world, _, _ = contested()
        world.purchase(10, at=in_days(arrival))
        assert bool(conflicts(world)) is conflict


def test_only_what_does_not_come_in_time_is_asked_for():
    world, _, _ = contested()
    world.purchase(6, at=in_days(2))
    assert "lacks 4 Units of Blue Chair" in conflicts(world)[0].summary


def test_less_than_is_needed_keeps_no_promise():
    for held, conflict in ((9, False), (10, True)):
        world, _, _ = contested(held=held)
        assert bool(conflicts(world)) is conflict


def test_several_orders_give_together_those_needed_last_first():
    world, _, late = contested(held=6)
    later = world.order(in_days(30))
    world.line(later, 5, reserved=5)
    (found,) = conflicts(world)
    assert found.summary.endswith(
        f"{later.name} (Acme, promised for 2026-09-02: 5 Units) and {late.name} (Borealis, promised for 2026-08-23: 5 Units)."
    )


def test_it_does_not_help_when_another_line_is_late_all_the_same():
    world, waiting, _ = contested()
    world.line(waiting, 1, product=DESK)
    assert conflicts(world) == []
    world.stock(1, product=DESK)
    assert len(conflicts(world)) == 1


def test_a_promise_that_is_past_still_gains_the_days_until_its_other_goods_come():
    world, waiting, _ = contested(-2, 20)
    world.line(waiting, 1, product=DESK)
    world.purchase(1, product=DESK, at=in_days(2))
    world.purchase(10, at=in_days(9))
    assert [found.severity for found in conflicts(world)] == [Severity.HIGH]
    world.purchases.clear()
    world.moves = [move for move in world.moves if move.purchase_line_id is None]
    assert conflicts(world) == []


def test_a_promise_broken_for_long_is_critical():
    world, _, _ = contested(-7, 20)
    assert conflicts(world)[0].severity is Severity.CRITICAL


def test_goods_in_another_warehouse_are_no_conflict():
    world, _, holder = contested()
    world.orders[-1] = replace(holder, warehouse_id=NORTH)
    world.moves[-1] = replace(world.moves[-1], from_warehouse_id=NORTH)
    assert conflicts(world) == []


def test_promises_beyond_the_horizon_are_left_alone():
    for promise, conflict in ((14, True), (14.1, False)):
        world, _, _ = contested(promise, 40)
        assert bool(conflicts(world)) is conflict


def test_an_order_does_not_compete_with_itself():
    world = World()
    order = world.order(in_days(3))
    world.line(order, 5)
    world.line(order, 5, reserved=5)
    world.stock(5, reserved=5)
    assert conflicts(world) == []


claims = st.lists(
    st.tuples(st.integers(-3, 13), st.integers(1, 9), st.integers(0, 9), st.sampled_from(list(Segment))), min_size=2, max_size=6
)
"""Promise in days, ordered, reserved, segment."""


@given(claims, st.lists(st.tuples(st.integers(0, 15), st.integers(1, 12)), max_size=3))
@example([(0, 6, 1, Segment.KEY), (1, 6, 5, Segment.STRATEGIC)], [(1, 5)])
@settings(max_examples=200, deadline=None)
def test_whoever_follows_the_advice_once_is_not_told_to_give_it_back(orders, arrivals):
    """For two orders of one product: once the goods changed hands, the one that gave does not ask for them again."""
    world = World()
    for promise, ordered, reserved, segment in orders[:2]:
        order = world.order(in_days(promise), world.customer("Some", segment))
        world.line(order, ordered, reserved=min(ordered, reserved))
    for due, amount in arrivals:
        world.purchase(amount, at=in_days(due))
    for found in conflicts(world):
        asking, giving = sorted(world.orders[:2], key=lambda order: order.record != found.order)
        wants = next(line for line in world.lines if line.order_id == asking.id)
        lacking = next(float(text.split(" ")[0]) for text in [found.summary.split(" lacks ")[1]])
        for index, move in enumerate(world.moves):
            if move.sale_line_id == wants.id:
                world.moves[index] = replace(move, reserved=move.reserved + units(lacking))
            elif move.sale_line_id is not None:
                world.moves[index] = replace(move, reserved=move.reserved - units(lacking))
        assert giving.record not in [after.order for after in conflicts(world)]


@given(claims)
@settings(max_examples=100, deadline=None)
def test_what_is_asked_for_is_held_and_is_no_more_than_is_lacking(orders):
    world = World()
    for promise, ordered, reserved, segment in orders:
        order = world.order(in_days(promise), world.customer("Some", segment))
        world.line(order, ordered, reserved=min(ordered, reserved))
    short = {outlook.line.order_id: outlook.short_now for outlook in world.projection().lines.values()}
    for risk in assess(world.snapshot(), POLICY).orders:
        for found in risk.findings:
            if found.kind is FindingKind.ALLOCATION_CONFLICT:
                asked = float(found.summary.split(" lacks ")[1].split(" ")[0])
                assert 0 < asked <= float(short[risk.order.id]) + float(ROUNDING)
                assert [fact.field for fact in found.evidence].count("reserved") >= 1
