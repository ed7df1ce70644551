"""What holds for any company."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.sales import Segment
from agent.risk.ranking import SEVERITY, score
from tests.unit.risk.builders import CHAIR, MAIN, NORTH, THRESHOLDS, World, in_days, units

quick = settings(max_examples=120, deadline=None)

demands = st.lists(
    st.tuples(st.integers(-3, 12), st.integers(1, 12), st.integers(0, 12), st.sampled_from((MAIN, NORTH)), st.booleans()),
    max_size=7,
)
"""Promise in days, ordered, reserved, warehouse, made to order."""
coming = st.lists(st.tuples(st.integers(-3, 12), st.integers(1, 20), st.sampled_from((MAIN, NORTH)), st.booleans()), max_size=5)
"""Due in days, quantity, warehouse, confirmed."""
free_stock = st.integers(0, 25)


def build(orders, purchases, free) -> World:
    world = World()
    own = []
    for promise, ordered, reserved, warehouse, made in orders:
        line = world.line(world.order(in_days(promise), warehouse_id=warehouse), ordered, reserved=min(reserved, ordered))
        own += [line.id] if made else []
    for index, (due, amount, warehouse, confirmed) in enumerate(purchases):
        for_lines = tuple(own[index : index + 2])
        state = "purchase" if confirmed else "draft"
        world.purchase(amount, at=in_days(due), warehouse=warehouse, state=state, for_lines=for_lines)
    held = sum(min(order[2], order[1]) for order in orders if order[3] == MAIN)
    world.stock(free + held, reserved=held)
    return world


@given(demands, coming, free_stock)
@quick
def test_no_unit_is_promised_twice(orders, purchases, free):
    world = build(orders, purchases, free)
    outlooks = world.projection().lines.values()
    taken: defaultdict[int, Decimal] = defaultdict(Decimal)
    for outlook in outlooks:
        for peg in outlook.allocation.pegs:
            taken[peg.supply.source.id] += peg.amount
    assert all(taken[purchase.id] <= purchase.outstanding.amount for purchase in world.purchases)
    from_stock = sum(outlook.allocation.from_stock for outlook in outlooks if outlook.warehouse_id == MAIN)
    assert from_stock <= free


@given(demands, coming, free_stock)
@quick
def test_every_unit_owed_is_accounted_for(orders, purchases, free):
    for outlook in build(orders, purchases, free).projection().lines.values():
        allocation = outlook.allocation
        found = outlook.reserved + allocation.from_stock + sum(peg.amount for peg in allocation.pegs) + allocation.missing
        assert found == outlook.outstanding
        assert (outlook.ready is None) == (outlook.unsupplied > 0)


@given(demands, coming, free_stock, st.integers(1, 20))
@quick
def test_more_stock_never_makes_an_order_later(orders, purchases, free, more):
    before = build(orders, purchases, free).projection().lines
    after = build(orders, purchases, free + more).projection().lines
    for line_id, outlook in before.items():
        if outlook.ready is not None:
            ready = after[line_id].ready
            assert ready is not None
            assert ready <= outlook.ready


@given(demands, coming, free_stock, st.integers(1, 20), st.integers(-3, 12))
@quick
def test_one_more_receipt_never_makes_an_order_later(orders, purchases, free, amount, due):
    before = build(orders, purchases, free).projection().lines
    world = build(orders, purchases, free)
    world.purchase(amount, at=in_days(due))
    after = world.projection().lines
    assert all(
        outlook.ready is None or (after[line_id].ready or in_days(999)) <= outlook.ready for line_id, outlook in before.items()
    )


@given(demands, coming, free_stock)
@quick
def test_stock_that_harms_nobody_makes_nobody_wait(orders, purchases, free):
    """Taking what another warehouse can spare changes no date there."""
    world = build(orders, purchases, free)
    before = world.projection()
    pool = before.pools.get((CHAIR, MAIN))
    if pool is None or not pool.spare:
        return
    level = world.levels[CHAIR, MAIN]
    world.stock(0)
    world.levels[CHAIR, MAIN] = type(level)(CHAIR, MAIN, level.on_hand - units(pool.spare), level.reserved)
    after = world.projection()
    for line_id, outlook in before.lines.items():
        if outlook.warehouse_id == MAIN:
            assert after.lines[line_id].ready == outlook.ready


late = st.integers(-5, 400)
value = st.decimals(0, 1_000_000, places=2)
segment = st.sampled_from(list(Segment))
severity = st.sampled_from(list(Severity))


def rated(days, worth, who, worst):
    return score(days, worth, who, worst, THRESHOLDS)


@given(late, late, value, segment, severity)
@quick
def test_later_never_scores_lower(one, other, worth, who, worst):
    assert rated(max(one, other), worth, who, worst) >= rated(min(one, other), worth, who, worst)


@given(late, value, value, segment, severity)
@quick
def test_more_value_never_scores_lower(days, one, other, who, worst):
    assert rated(days, max(one, other), who, worst) >= rated(days, min(one, other), who, worst)


@given(late, value, severity)
@quick
def test_a_customer_who_matters_more_never_scores_lower(days, worth, worst):
    standard, key, strategic = (rated(days, worth, who, worst) for who in (Segment.STANDARD, Segment.KEY, Segment.STRATEGIC))
    assert standard <= key <= strategic


@given(late, value, segment, severity, severity)
@quick
def test_a_graver_finding_never_scores_lower(days, worth, who, one, other):
    low, high = sorted((one, other), key=SEVERITY.__getitem__)
    assert rated(days, worth, who, high) >= rated(days, worth, who, low)


@given(late, value, segment, severity)
@quick
def test_a_score_is_between_0_and_100(days, worth, who, worst):
    assert 0 <= rated(days, worth, who, worst) <= 100
