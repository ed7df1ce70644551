"""promise_missed and promise_at_risk, at their boundaries."""

import pytest

from agent.domain.findings import Severity
from agent.domain.sales import Segment
from tests.unit.risk.builders import A_MOMENT, DESK, NOW, World, in_days


def test_a_promise_is_missed_from_the_moment_after_it():
    for promise, missed in ((NOW - A_MOMENT, True), (NOW, False), (NOW + A_MOMENT, False)):
        world = World()
        world.line(world.order(promise=promise), reserved=10)
        assert ("promise_missed" in world.kinds()) is missed


@pytest.mark.parametrize("given", [{"state": "draft"}, {"state": "cancel"}, {"complete": True}, {"promise_date": None}])
def test_an_order_that_owes_nothing_by_then_misses_nothing(given):
    world = World()
    world.line(world.order(**{"promise_date": in_days(-2), **given}), reserved=10)
    assert "promise_missed" not in world.kinds()


def test_a_partly_delivered_order_still_misses_its_promise():
    world = World()
    order = world.order(promise=in_days(-2))
    world.line(order, 10, delivered=10)
    world.line(order, 10, delivered=9, product=DESK, reserved=1)
    found = world.one("promise_missed")
    assert found.summary == f"{order.name} for Acme was promised for 2026-08-01 (2 days ago); still to ship: 1 Units of Oak Desk."
    assert [(fact.field, fact.value) for fact in found.evidence] == [
        ("commitment_date", "2026-08-01T09:00:00+00:00"),
        ("product_uom_qty", "10 Units"),
        ("qty_delivered", "9 Units"),
    ]
    assert found.since == order.promise_date


def test_an_order_is_silent_once_the_last_goods_were_delivered():
    world = World()
    order = world.order(promise=in_days(-2))
    world.line(order, 10, delivered=10)
    world.line(order, 1, goods=False, delivered=0)
    assert world.risks() == []


def test_a_long_delay_and_a_strategic_customer_are_critical():
    for days, segment, severity in (
        (6, Segment.STANDARD, Severity.HIGH),
        (7, Segment.STANDARD, Severity.CRITICAL),
        (1, Segment.STRATEGIC, Severity.CRITICAL),
    ):
        world = World()
        world.line(world.order(in_days(-days), world.customer(segment=segment)), reserved=10)
        assert world.one("promise_missed").severity == severity


def test_a_promise_is_at_risk_when_the_goods_come_after_it():
    for arrival, at_risk in ((in_days(5) - A_MOMENT, False), (in_days(5), False), (in_days(5) + A_MOMENT, True)):
        world = World()
        world.line(world.order(promise=in_days(5)))
        world.purchase(at=arrival)
        assert world.kinds() == (["promise_at_risk"] if at_risk else [])


def test_a_promise_beyond_the_horizon_is_not_looked_at():
    for promise, at_risk in ((in_days(14), True), (in_days(14) + A_MOMENT, False)):
        world = World()
        world.line(world.order(promise=promise))
        world.purchase(at=in_days(20))
        assert ("promise_at_risk" in world.kinds(at_risk_horizon_days=14)) is at_risk


def test_a_promise_that_is_past_is_missed_and_no_longer_at_risk():
    for promise, kind in ((NOW, "promise_at_risk"), (NOW - A_MOMENT, "promise_missed")):
        world = World()
        world.line(world.order(promise=promise))
        world.purchase(at=in_days(3))
        assert world.kinds() == [kind]


def test_the_summary_names_what_it_waits_for():
    world = World()
    order = world.order(promise=in_days(5))
    world.line(order, 10, reserved=4)
    purchase = world.purchase(6, at=in_days(9))
    found = world.one("promise_at_risk")
    assert found.summary == (
        f"{order.name} for Acme is promised for 2026-08-08, but 6 Units of Blue Chair can ship on 2026-08-12 at the earliest "
        f"(4 days late), waiting for {purchase.order_name} from Nordholz."
    )
    assert ("date_planned", "2026-08-12T09:00:00+00:00") in [(fact.field, fact.value) for fact in found.evidence]
    (risk,) = world.risks()
    assert (risk.projected_date, risk.days_late) == (in_days(9), 4)


def test_a_vendor_date_that_was_moved_without_the_receipt_counts():
    """Odoo leaves the receipt, its forecast and its delay alerts where they were."""
    world = World()
    world.line(world.order(promise=in_days(5)))
    world.purchase(at=in_days(9), receipt_at=in_days(2))
    assert world.kinds() == ["promise_at_risk"]


def test_an_overdue_receipt_puts_the_promise_at_risk_only_when_the_grace_breaks_it():
    for promise, at_risk in ((in_days(1), False), (in_days(1) - A_MOMENT, True)):
        world = World()
        world.line(world.order(promise=promise))
        world.purchase(at=in_days(-0.5))
        assert ("promise_at_risk" in world.kinds(receipt_grace_days=1)) is at_risk


def test_days_late_are_calendar_days_to_the_projected_date_or_to_today():
    world = World()
    world.line(world.order(promise=in_days(-3)), reserved=10)
    world.line(world.order(promise=in_days(-4)), product=DESK)
    assert [(risk.days_late, risk.projected_date) for risk in world.risks()] == [(4, None), (3, NOW)]


def test_healthy_orders_stay_silent():
    world = World()
    world.line(world.order(promise=in_days(1)), reserved=10)
    world.line(world.order(promise=in_days(2)), 5)
    world.line(world.order(promise=in_days(9)), 5)
    world.line(world.order(promise=None), 5, product=DESK)
    world.stock(20, reserved=10)
    world.purchase(5, at=in_days(2), product=DESK)
    assert world.risks() == []
