"""transfer_overdue: what moves inside a warehouse or between two, and who waits for it."""

from datetime import timedelta

import pytest

from agent.domain.findings import Severity
from agent.domain.stock import PickingKind
from tests.unit.risk.builders import A_MOMENT, CHAIR, MAIN, NORTH, NOW, World, except_where, in_days

NOBODYS = {"sale_order_id": None, "name": "NO/INT/00007"}


def transfer(world, scheduled, *, origin=NORTH, target=MAIN, kind=PickingKind.INTERNAL, **given):
    picking = world.picking(world.order(), scheduled, **{**NOBODYS, "kind": kind, **given})
    world.orders.pop()
    move = world.move(
        CHAIR, 10, at=scheduled, origin=origin, target=target, picking_id=picking.id, reserved=10, reference=picking.name
    )
    return picking, move


def test_a_transfer_is_overdue_only_after_the_grace():
    for scheduled, told in ((NOW - timedelta(hours=24), False), (NOW - timedelta(hours=24) - A_MOMENT, True)):
        world = World()
        transfer(world, scheduled)
        assert world.kinds(transfer_grace_hours=24) == (["transfer_overdue"] if told else [])


def test_a_warehouse_may_be_given_more_time():
    for code, told in (("MA", False), ("NO", True)):
        world = World()
        transfer(world, in_days(-2), warehouse_id=MAIN)
        assert bool(world.kinds_under(except_where({"warehouse": code}, transfer_grace_hours=72))) is told


def test_a_transfer_nobody_waits_for_is_minor_and_named_with_its_goods():
    world = World()
    picking, _ = transfer(world, in_days(-3))
    found = world.one("transfer_overdue")
    assert found.summary == (
        "NO/INT/00007 with 10 Units of Blue Chair was planned for 2026-07-31 (3 days ago) and is ready to move."
    )
    assert (found.severity, found.subject, found.since, found.affects) == (Severity.LOW, picking.record, in_days(-3), ())
    assert ("reserved", "10 Units of 10 Units") in [(fact.field, fact.value) for fact in found.evidence]


def test_orders_that_wait_for_it_make_it_graver():
    for promise, severity in ((0.5, Severity.HIGH), (5, Severity.MEDIUM)):
        world = World()
        order = world.order(in_days(promise))
        world.line(order, 10)
        world.stock(10, warehouse=NORTH, reserved=10)
        transfer(world, in_days(-3))
        found = world.one("transfer_overdue")
        assert (found.severity, [each.order for each in found.affects]) == (severity, [order.record])
        assert found.summary.endswith(f"; {order.name} waits for it.")


def two_legs(world, scheduled, second_state):
    out, leaving = transfer(world, scheduled, target=None, kind=PickingKind.DELIVERY, name="NO/OUT/00001")
    into = world.picking(
        world.order(), scheduled, kind=PickingKind.RECEIPT, state=second_state, sale_order_id=None, name="MA/IN/00002"
    )
    world.orders.pop()
    world.move(CHAIR, 10, at=scheduled, target=MAIN, picking_id=into.id, waits_for=(leaving.id,), reference=into.name)
    return out, into


def test_the_leg_that_waits_is_told_by_the_leg_it_waits_for_with_the_orders_behind_both():
    world = World()
    order = world.order(in_days(0.5))
    world.line(order, 10)
    world.stock(10, warehouse=NORTH, reserved=10)
    out, _ = two_legs(world, in_days(-3), "waiting")
    found = world.one("transfer_overdue")
    assert found.subject == out.record
    assert [each.order for each in found.affects] == [order.record]


def test_goods_that_left_one_warehouse_and_have_not_come_to_the_other_are_told():
    world = World()
    _, into = two_legs(world, in_days(-3), "assigned")
    world.pickings = [into]
    world.moves = [move for move in world.moves if move.picking_id == into.id]
    assert world.one("transfer_overdue").subject == into.record


@pytest.mark.parametrize(
    "given",
    [
        {"state": "waiting"},
        {"state": "draft"},
        {"created_at": in_days(-0.5)},
        {"purchase_order_id": 5},
        {"kind": PickingKind.RECEIPT, "origin": None},
        {"kind": PickingKind.DELIVERY, "target": None},
    ],
)
def test_what_is_not_ours_to_move_now_is_no_overdue_transfer(given):
    world = World()
    transfer(world, in_days(-3), **given)
    assert world.kinds() == []


def test_a_step_of_an_order_is_told_as_its_picking():
    world = World()
    order = world.order()
    world.line(order, reserved=10)
    world.picking(order, in_days(-4), kind=PickingKind.INTERNAL)
    assert world.kinds() == ["picking_stalled"]
