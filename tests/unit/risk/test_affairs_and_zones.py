"""Carriers, approvals, jobs and the queues of zones."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.records import Record
from agent.domain.sales import Segment
from agent.domain.stock import PickingKind
from agent.risk.rows import finding_row
from tests.unit.risk.builders import A_MOMENT, NOW, World, except_where, in_days
from tests.unit.risk.events import PICK, approval, failure, finished, shipment


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


def queue(world, hours, number=6, **given_):
    for _ in range(number):
        entered = NOW - timedelta(hours=hours)
        plain = {"kind": PickingKind.INTERNAL, "sale_order_id": None, "created_at": entered, "zone": PICK, "state": "waiting"}
        world.picking(world.order(), entered, **{**plain, **given_})
        world.orders.pop()


def usual_queue(world, hours=4, number=3, weeks=8):
    """At each weekly look so many transfers had waited so long."""
    for week in range(1, weeks + 1):
        moment = NOW - timedelta(weeks=week)
        for _ in range(number):
            finished(world, moment - timedelta(hours=hours), moment + timedelta(hours=1))


def test_a_queue_much_older_than_its_own_past_is_a_bottleneck():
    world = World()
    usual_queue(world)
    queue(world, 26)
    found = world.one("zone_bottleneck")
    assert found.summary == (
        "6 transfers wait in Main: Pick, half of them for more than 26 hours, where 5 hours is usual; at this time of day they "
        "had waited so long on none of the 56 days of the last 8 weeks (fairly sure)."
    )
    assert (found.subject, found.severity) == (PICK, Severity.MEDIUM)
    assert found.trend is not None
    assert (found.trend.bad, found.trend.of, found.trend.bad_before, found.trend.of_before) == (1, 1, 0, 56)


@pytest.mark.parametrize(("number", "told"), [(4, False), (5, True)])
def test_a_short_queue_is_no_bottleneck(number, told):
    world = World()
    usual_queue(world)
    queue(world, 26, number)
    assert ("zone_bottleneck" in world.kinds(zone_queue_minimum=5)) is told


@pytest.mark.parametrize(("hours", "told"), [(7.5, False), (7.6, True)])
def test_a_queue_a_little_older_than_usual_is_no_bottleneck(hours, told):
    world = World()
    usual_queue(world)
    queue(world, hours)
    assert ("zone_bottleneck" in world.kinds(zone_age_percent=50)) is told


@pytest.mark.parametrize(("weeks", "told"), [(3, False), (4, True)])
def test_a_zone_with_too_little_past_is_not_judged(weeks, told):
    world = World()
    usual_queue(world, weeks=weeks)
    queue(world, 26)
    assert ("zone_bottleneck" in world.kinds(zone_history_weeks=8)) is told


def test_other_zones_other_states_and_what_is_not_due_yet_do_not_count():
    for given_ in ({"zone": replace(PICK, id=32)}, {"zone": None}, {"state": "draft"}, {"scheduled_at": in_days(1)}):
        world = World()
        usual_queue(world)
        queue(world, 26, **given_)
        assert "zone_bottleneck" not in world.kinds()


def test_a_warehouse_may_expect_longer_queues():
    world = World()
    usual_queue(world)
    queue(world, 26)
    assert "zone_bottleneck" not in world.kinds_under(except_where({"warehouse": "MA"}, zone_queue_minimum=7))
    assert "zone_bottleneck" in world.kinds_under(except_where({"warehouse": "NO"}, zone_queue_minimum=7))


def test_orders_in_the_queue_that_are_promised_before_it_moves_on_are_named():
    for promise, named in ((26 / 24, True), (27 / 24, False)):
        world = World()
        usual_queue(world)
        queue(world, 26, 5)
        order = world.order(in_days(promise))
        world.line(order, reserved=10)
        queue(world, 26, 1, sale_order_id=order.id)
        assert [each.order for each in world.one("zone_bottleneck").affects] == ([order.record] if named else [])


@given(st.floats(1, 200), st.floats(1, 200))
@settings(max_examples=40, deadline=None)
def test_an_older_queue_is_never_better(one, other):
    told = []
    for hours in sorted((one, other)):
        world = World()
        usual_queue(world)
        queue(world, hours)
        told.append("zone_bottleneck" in world.kinds())
    assert told != [True, False]


MONDAY = NOW - timedelta(days=NOW.weekday(), hours=NOW.hour, minutes=NOW.minute)


def working_zone(now, transfers=8, weekly=False):
    """Each working day transfers are due at eight, done between nine and one; `weekly`: those of Fridays on Monday at ten."""
    world = World()
    first = (now - timedelta(weeks=9)).replace(hour=8, minute=0)
    for day in (first + timedelta(days=number) for number in range(9 * 7 + 1)):
        for number in range(transfers if day.weekday() < 5 else 0):
            done = day + timedelta(hours=1, minutes=number * 240 // transfers)
            if weekly and day.weekday() == 4:
                done = day + timedelta(days=3, hours=2)
            if done <= now:
                finished(world, day, done)
            elif day <= now:
                queue(world, (now - day) / timedelta(hours=1), 1, scheduled_at=day, created_at=day)
    return world


@pytest.mark.parametrize("weekly", [False, True])
@pytest.mark.parametrize("hours", range(0, 7 * 24, 3))
def test_what_waits_at_this_time_as_it_always_does_is_no_bottleneck_at_any_hour_of_the_week(hours, weekly):
    now = MONDAY + timedelta(hours=hours, minutes=30)
    assert "zone_bottleneck" not in working_zone(now, weekly=weekly).kinds_at(now)


@pytest.mark.parametrize("hours", range(0, 7 * 24, 5))
def test_what_has_waited_since_yesterday_is_a_bottleneck_at_any_hour_of_the_week(hours):
    now = MONDAY + timedelta(hours=hours, minutes=30)
    world = working_zone(now)
    entered = now - timedelta(hours=20)
    queue(world, 0, 20, scheduled_at=entered, created_at=entered)
    assert "zone_bottleneck" in world.kinds_at(now)


@given(
    now=st.integers(0, 7 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
    due=st.integers(0, 23),
    takes=st.floats(0.1, 30),
    transfers=st.integers(5, 9),
)
@settings(max_examples=60, deadline=None)
def test_a_zone_that_does_the_same_every_day_has_no_bottleneck_at_any_moment(now, due, takes, transfers):
    world = World()
    first = (now - timedelta(weeks=8, days=3)).replace(hour=due, minute=0)
    for entered in (first + timedelta(days=number) for number in range(8 * 7 + 4)):
        done = entered + timedelta(hours=takes)
        for _ in range(transfers):
            if done <= now:
                finished(world, entered, done)
            elif entered <= now:
                queue(world, 0, 1, scheduled_at=entered, created_at=entered)
    assert "zone_bottleneck" not in world.kinds_at(now)


@pytest.mark.parametrize(("hours", "told"), [(3.9, False), (4, True)])
def test_a_young_queue_is_no_bottleneck_even_where_everything_used_to_be_done_at_once(hours, told):
    world = World()
    for day in range(60):
        finished(world, in_days(-day - 0.5), in_days(-day - 0.5))
    queue(world, hours)
    assert ("zone_bottleneck" in world.kinds(zone_age_hours=4)) is told


def test_receipts_that_do_not_come_are_no_queue_of_the_warehouse():
    world = World()
    usual_queue(world)
    queue(world, 26, kind=PickingKind.RECEIPT)
    assert "zone_bottleneck" not in world.kinds()
