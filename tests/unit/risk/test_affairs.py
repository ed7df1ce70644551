"""What carriers say, approvals that wait, and jobs that fail."""

from dataclasses import replace

import pytest

from agent.domain.findings import Severity
from agent.domain.records import Record
from agent.domain.sales import Segment
from agent.risk.rows import finding_row
from tests.unit.risk.builders import A_MOMENT, NOW, World, in_days
from tests.unit.risk.events import approval, failure, shipment


@pytest.mark.parametrize(("eta", "told"), [(5, False), (5.5, False), (6, True)])
def test_a_shipment_is_late_when_it_comes_on_a_later_day_than_promised(eta, told):
    world = World()
    shipment(world, world.order(in_days(5)), "in_transit", in_days(eta))
    assert world.kinds() == (["carrier_delay"] if told else [])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("exception", "reports a problem with MA/OUT/00077"),
        ("attempt_failed", "could not deliver MA/OUT/00077"),
        ("returned", "is bringing MA/OUT/00077 back"),
    ],
)
def test_what_goes_wrong_is_said_whatever_the_date(status, words):
    world = World()
    order = world.order(in_days(5))
    sent = shipment(world, order, status, None, said="pallet broken")
    found = world.one("carrier_delay")
    assert found.summary == f"{order.name} for Acme is promised for 2026-08-08, but the carrier {words}."
    assert (found.order, found.subject) == (order.record, sent.picking)
    assert ("said", "pallet broken") in [(fact.field, fact.value) for fact in found.evidence]


@pytest.mark.parametrize("status", ["registered", "in_transit", "out_for_delivery", "unknown"])
def test_a_shipment_on_its_way_in_time_is_no_news(status):
    world = World()
    shipment(world, world.order(in_days(5)), status, in_days(3))
    shipment(world, world.order(None), status, in_days(30), tracking="TR2")
    assert world.kinds() == []


@pytest.mark.parametrize(
    ("segment", "status", "eta", "severity"),
    [
        (Segment.STANDARD, "in_transit", 6, Severity.HIGH),
        (Segment.STANDARD, "in_transit", 11, Severity.HIGH),
        (Segment.STANDARD, "in_transit", 12, Severity.CRITICAL),
        (Segment.STRATEGIC, "in_transit", 6, Severity.CRITICAL),
        (Segment.STANDARD, "exception", 3, Severity.MEDIUM),
        (Segment.STANDARD, "exception", None, Severity.HIGH),
        (Segment.STANDARD, "returned", None, Severity.CRITICAL),
    ],
)
def test_a_shipment_is_as_grave_as_the_promise_it_breaks(segment, status, eta, severity):
    world = World()
    order = world.order(in_days(5), world.customer("Acme", segment))
    shipment(world, order, status, None if eta is None else in_days(eta))
    assert world.one("carrier_delay").severity is severity


@pytest.mark.parametrize(
    ("said", "eta", "told"),
    [(-30, None, True), (-30.01, None, False), (-45, -30, True), (-45, -30.01, False), (-45, 3, True)],
)
def test_a_carriers_last_word_counts_for_a_month_after_it_and_after_the_day_it_names(said, eta, told):
    world = World()
    shipment(world, world.order(in_days(-60)), "exception", None if eta is None else in_days(eta), occurred_at=in_days(said))
    assert ("carrier_delay" in world.kinds(carrier_report_days=30)) is told


def test_a_late_shipment_says_how_late_and_a_page_is_linked_only_for_what_the_erp_has():
    world = World()
    order = world.order(in_days(5))
    shipment(world, order, "exception", in_days(7))
    found = world.one("carrier_delay")
    assert found.summary == (
        f"{order.name} for Acme is promised for 2026-08-08, but the carrier reports a problem with MA/OUT/00077 "
        "and expects to bring it on 2026-08-10 (2 days late)."
    )
    pages = {fact["field"]: fact["url"] for fact in finding_row(found, lambda record: f"erp/{record.model}")["evidence"]}
    assert pages["eta"] is None
    assert pages["commitment_date"] == "erp/sale.order"


def test_an_approval_is_overdue_from_the_moment_after_its_time():
    for due, told in ((NOW, False), (NOW - A_MOMENT, True)):
        world = World()
        approval(world, Record("sale.order", 99, "S00099"), due)
        assert world.kinds() == (["approval_overdue"] if told else [])


def test_an_overdue_approval_endangers_its_order_and_is_graver_when_the_promise_breaks():
    for reserved, severity in ((10, Severity.MEDIUM), (0, Severity.HIGH)):
        world = World()
        order = world.order(in_days(5))
        world.line(order, reserved=reserved)
        approval(world, order.record, in_days(-2))
        found = world.one("approval_overdue")
        assert found.summary == (
            f"P12 (move promise date, {order.name}) waits for sales manager since 2026-07-31 and should have been decided on "
            "2026-08-01 (2 days ago)."
        )
        assert (found.severity, found.order, found.subject.name) == (severity, order.record, "P12")
        assert order.id in found.order_ids


def test_an_approval_about_a_purchase_names_the_orders_that_wait_for_it():
    world = World()
    order = world.order(in_days(2))
    world.line(order, 10)
    purchase = world.purchase(10, at=in_days(4))
    approval(world, purchase.record, in_days(-2))
    found = world.one("approval_overdue")
    assert (found.severity, [each.order for each in found.affects]) == (Severity.HIGH, [order.record])


def test_an_approval_about_a_transfer_belongs_to_the_order_it_delivers():
    world = World()
    order = world.order()
    world.line(order, reserved=10)
    picking = world.picking(order, in_days(2))
    approval(world, picking.record, in_days(-2))
    assert world.one("approval_overdue").order == order.record


@pytest.mark.parametrize(("times", "told"), [(2, False), (3, True)])
def test_jobs_of_one_kind_that_fail_as_often_as_the_policy_says_are_told(times, told):
    world = World()
    for _ in range(times):
        failure(world, in_days(-0.1))
    failure(world, in_days(-0.1), task="publish events")
    assert world.kinds(failure_count=3) == (["integration_errors"] if told else [])


def test_older_failures_are_forgotten():
    for oldest, told in ((in_days(-1), True), (in_days(-1) - A_MOMENT, False)):
        world = World()
        for at in (NOW, in_days(-0.5), oldest):
            failure(world, at)
        assert bool(world.kinds(failure_window_hours=24)) is told


def test_the_most_frequent_reason_is_told_and_the_trouble_stays_the_same_as_failures_age():
    world = World()
    for reason in ("the server does not answer.", "the token is too old.", "the server does not answer."):
        failure(world, in_days(-0.1), reason=reason)
    found = world.one("integration_errors")
    assert found.summary == "read mail was given up 3 times in 24 hours; 2 times: the server does not answer."
    world.affairs["failures"] = [replace(one, id=one.id + 50) for one in world.affairs["failures"]]
    assert world.one("integration_errors").fingerprint == found.fingerprint
