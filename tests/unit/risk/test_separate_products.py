"""Products do not depend on each other: what changed is projected anew, the rest is kept."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.stock import Product
from agent.risk.product_records import known_products
from agent.risk.projection import Projection, project, project_product
from agent.risk.snapshot import Snapshot
from tests.unit.risk.builders import CHAIR, DESK, FILM, MAIN, NORTH, NOW, World, in_days

quick = settings(max_examples=80, deadline=None)
KIT = 104
TERMS = World().terms()
somewhere = st.sampled_from((MAIN, NORTH))
amount = st.integers(1, 12)
day = st.integers(-3, 12)
lines = st.lists(st.tuples(day, amount, st.sampled_from((CHAIR, DESK, FILM, KIT)), somewhere), max_size=8)
receipts = st.lists(st.tuples(day, amount, st.sampled_from((CHAIR, DESK)), somewhere), max_size=6)
transfers = st.lists(st.tuples(day, amount, st.sampled_from((CHAIR, DESK))), max_size=3)
stock = st.dictionaries(st.tuples(st.sampled_from((CHAIR, DESK)), somewhere), amount, max_size=4)


def build(wanted, coming, moved, on_hand) -> World:
    """Of the kit, one is two chairs and a desk."""
    world = World()
    world.products = (*world.products, Product(KIT, "Dining set", "SET", "Units", storable=False, kit=True))
    for promise, ordered, product, warehouse in wanted:
        order = world.order(in_days(promise), warehouse_id=warehouse)
        line = world.line(order, ordered, product=product, move=product != KIT)
        for part, each in ((CHAIR, 2), (DESK, 1)) if product == KIT else ():
            world.move(part, ordered * each, at=in_days(promise), origin=warehouse, sale_line_id=line.id)
    for due, quantity, product, warehouse in coming:
        world.purchase(quantity, at=in_days(due), product=product, warehouse=warehouse)
    for due, quantity, product in moved:
        world.move(product, quantity, at=in_days(due), origin=NORTH, target=MAIN)
    for (product, warehouse), quantity in on_hand.items():
        world.stock(quantity, product=product, warehouse=warehouse)
    return world


def told(projection: Projection):
    return projection.lines, projection.pools, projection.empty


def only(snapshot: Snapshot, product_id: int) -> Snapshot:
    """The snapshot of somebody who sees no other product; order lines stay, as a kit's line names the kit."""
    return replace(
        snapshot,
        moves=[move for move in snapshot.moves if move.product_id == product_id],
        purchase_lines=[line for line in snapshot.purchase_lines if line.product_id == product_id],
        levels={key: level for key, level in snapshot.levels.items() if key[0] == product_id},
    )


@given(lines, receipts, transfers, stock)
@quick
def test_a_product_is_projected_from_its_own_records_alone(wanted, coming, moved, on_hand):
    snapshot = build(wanted, coming, moved, on_hand).snapshot()
    for product_id in (CHAIR, DESK):
        assert project_product(snapshot, product_id, TERMS) == project_product(only(snapshot, product_id), product_id, TERMS)


@given(lines, receipts, transfers, stock, stock)
@quick
def test_projecting_the_changed_products_anew_is_projecting_all(wanted, coming, moved, before, after):
    old, new = (build(wanted, coming, moved, on_hand).snapshot() for on_hand in (before, after))
    changed = {key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    kept = project(old, TERMS).replacing(project_product(new, product_id, TERMS) for product_id in sorted(changed))
    assert told(kept) == told(project(new, TERMS))


@given(lines, receipts, transfers, stock, st.integers(1, 9))
@quick
def test_where_the_clock_alone_changes_nothing_no_date_changes(wanted, coming, moved, on_hand, days):
    snapshot = build(wanted, coming, moved, on_hand).snapshot()
    later = replace(snapshot, now=in_days(days))
    before, after = project(snapshot, TERMS), project(later, TERMS)
    for product_id in known_products(snapshot) - before.due(later.now):
        was, is_ = before.products[product_id].outlooks, after.products[product_id].outlooks
        for old, new in zip(was, is_, strict=True):
            assert (old.allocation, old.ready == NOW) == (new.allocation, new.ready == later.now)
            assert old.ready in (NOW, new.ready)


@pytest.mark.parametrize(("due", "changes_at"), [(4, in_days(4)), (-4, NOW)])
def test_a_date_depends_on_the_clock_from_the_day_its_supply_is_due(due, changes_at):
    world = World()
    world.line(world.order(), 10)
    world.purchase(10, at=in_days(due))
    assert world.projection().products[CHAIR].next_change == changes_at


def test_without_supply_no_date_depends_on_the_clock():
    world = World()
    world.line(world.order(), 10)
    world.stock(10)
    projection = world.projection()
    assert projection.due(in_days(1000)) == set()


def test_a_product_that_is_gone_leaves_nothing_behind():
    world = World()
    line = world.line(world.order(), 10)
    other = world.line(world.order(), 10, product=DESK)
    projection = world.projection().replacing([project_product(World().snapshot(), CHAIR, TERMS)])
    assert (line.id in projection.lines, other.id in projection.lines) == (False, True)
