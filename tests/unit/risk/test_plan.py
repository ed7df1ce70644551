"""A plan for orders that compete promises no unit twice."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from agent.domain.findings import OptionKind
from agent.risk.plan import plan
from tests.unit.risk.builders import CHAIR, MAIN, NORTH, World, in_days, policy


def plan_of(world: World):
    return plan(world.snapshot(), policy())


def test_spare_stock_is_given_to_the_order_whose_waiting_costs_most_and_only_once():
    world = World()
    small, large = world.order(promise=in_days(3)), world.order(promise=in_days(3.1))
    world.line(small, 10, value=500)
    world.line(large, 10, value=50_000)
    world.stock(10, warehouse=NORTH)
    first, second = plan_of(world).steps
    assert (first.order, first.option.kind) == (large.record, OptionKind.MOVE_STOCK)
    assert (second.order, second.option) == (small.record, None)


def test_both_are_served_where_there_is_enough_for_both():
    world = World()
    for _ in range(2):
        world.line(world.order(promise=in_days(3)), 10)
    world.stock(20, warehouse=NORTH)
    steps = plan_of(world).steps
    assert [step.option.kind for step in steps] == [OptionKind.MOVE_STOCK] * 2
    assert [step.days_late_then for step in steps] == [0, 0]


def test_what_the_policy_does_not_allow_is_not_planned():
    world = World()
    world.line(world.order(promise=in_days(2)), 10)
    world.purchase(at=in_days(200))
    kinds = {step.option.kind for step in plan_of(world).steps if step.option}
    assert OptionKind.MOVE_PROMISE_DATE not in kinds


def test_a_later_promise_is_the_last_resort():
    world = World()
    world.line(world.order(promise=in_days(2)), 10)
    world.purchase(at=in_days(4))
    world.stock(10, warehouse=NORTH)
    (step,) = plan_of(world).steps
    assert (step.option.kind, step.days_late, step.days_late_then) == (OptionKind.MOVE_STOCK, 2, 0)


def test_orders_that_need_nothing_are_named():
    world = World()
    fine = world.order(promise=in_days(9))
    world.line(fine, 5, reserved=5)
    assert plan_of(world).not_at_risk == (fine.name,)


@given(
    wanted=st.lists(st.tuples(st.integers(1, 12), st.integers(1, 9), st.booleans()), min_size=1, max_size=6),
    here=st.integers(0, 20),
    there=st.integers(0, 30),
)
def test_no_unit_is_promised_twice(wanted, here, there):
    world = World()
    left = here
    for amount, days, reserve in wanted:
        held = min(amount, left) if reserve else 0
        left -= held
        world.line(world.order(promise=in_days(days)), amount, reserved=held)
    world.stock(here, reserved=here - left)
    world.stock(there, warehouse=NORTH)
    used: Counter[tuple[int, int | None]] = Counter()
    for step in plan_of(world).steps:
        for claim in step.option.claims if step.option else ():
            used[claim.warehouse_id, claim.from_line] += int(claim.amount)
    assert used[NORTH, None] <= there
    reserved = {line.id: int(move.reserved.amount) for line, move in zip(world.lines, world.moves, strict=True)}
    for (warehouse, line_id), amount in used.items():
        if line_id is not None:
            assert (warehouse, amount) <= (MAIN, reserved[line_id])
    assert all(claim.product_id == CHAIR for step in plan_of(world).steps if step.option for claim in step.option.claims)
