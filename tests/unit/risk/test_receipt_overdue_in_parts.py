"""receipt_overdue: several receipts, goods that go straight to the customer, vendors with other terms."""

from dataclasses import replace

from tests.unit.risk.builders import A_MOMENT, CHAIR, MAIN, NORTH, in_days, units
from tests.unit.risk.purchasing_world import PurchasingWorld

OVERDUE = "receipt_overdue"


def in_two_receipts(first_at, second_at) -> PurchasingWorld:
    """10 chairs that were promised for five days ago, 4 on one receipt and 6 on another."""
    world = PurchasingWorld()
    line = world.purchase(10, at=in_days(-5), receipt_at=max(first_at, second_at))
    world.moves[-1] = replace(world.moves[-1], demand=units(6), expected_at=second_at)
    world.move(CHAIR, 4, at=first_at, target=MAIN, purchase_line_id=line.id)
    return world


def test_of_two_receipts_the_one_that_was_not_moved_to_a_later_day_is_overdue():
    (found,) = in_two_receipts(in_days(-5), in_days(3)).of_kind(OVERDUE)
    assert "was due on 2026-07-29 (5 days ago) and has not come: 4 Units of Blue Chair." in found.summary


def test_two_overdue_receipts_are_all_that_is_outstanding_since_the_first():
    (found,) = in_two_receipts(in_days(-4), in_days(-3)).of_kind(OVERDUE)
    assert "10 Units of Blue Chair" in found.summary
    assert found.since == in_days(-4)


def test_who_waits_for_the_receipt_that_was_moved_does_not_wait_for_the_overdue_one():
    world = in_two_receipts(in_days(-5), in_days(3))
    early, late = world.order(in_days(8)), world.order(in_days(9))
    world.line(early, 4)
    world.line(late, 6)
    (found,) = world.of_kind(OVERDUE)
    assert [affected.order.name for affected in found.affects] == [early.name]


def test_goods_sent_back_to_the_vendor_are_not_awaited():
    world = PurchasingWorld()
    line = world.purchase(10, at=in_days(-5), receipt_at=in_days(3))
    world.move(CHAIR, 2, at=in_days(-5), origin=MAIN, purchase_line_id=line.id)
    assert not world.of_kind(OVERDUE)


def test_what_goes_straight_to_the_customer_is_overdue_like_anything_else():
    for due, found in ((in_days(-1), 0), (in_days(-1) - A_MOMENT, 1)):
        world = PurchasingWorld()
        order = world.order(in_days(0.5))
        line = world.line(order, 10, move=False)
        bought = world.purchase(10, at=due, for_lines=(line.id,))
        world.moves[-1] = replace(world.moves[-1], to_warehouse_id=None, sale_line_id=line.id)
        overdue = world.of_kind(OVERDUE, receipt_grace_days=1)
        assert len(overdue) == found
        for finding in overdue:
            assert (finding.subject, finding.warehouse_id) == (bought.record, None)
            assert [affected.order.name for affected in finding.affects] == [order.name]


def test_the_purchase_names_the_warehouse_where_its_receipts_do_not():
    world = PurchasingWorld()
    bought = world.purchase(10, at=in_days(-5))
    world.moves[-1] = replace(world.moves[-1], to_warehouse_id=None)
    world.order_of(bought, warehouse_id=NORTH)
    (found,) = world.of_kind(OVERDUE)
    assert found.warehouse_id == NORTH


def test_a_class_of_vendors_may_be_given_more_grace():
    world = PurchasingWorld()
    world.purchase(at=in_days(-5))
    assert world.of_kind(OVERDUE, {"receipt_grace_days": 5})
    world.vendor_class("patient")
    assert not world.of_kind(OVERDUE, {"receipt_grace_days": 5})


def test_a_confirmed_purchase_of_which_no_receipt_is_known_but_its_day_is_late_as_a_whole():
    world = PurchasingWorld()
    world.purchase(10, at=in_days(-5), received=4)
    world.moves.clear()
    (found,) = world.of_kind(OVERDUE)
    assert "6 Units of Blue Chair" in found.summary
