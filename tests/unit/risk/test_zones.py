"""Queues of a warehouse, compared with their own past at this time of the week."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import Severity
from agent.domain.stock import PickingKind
from tests.unit.risk.builders import NOW, World, except_where, in_days
from tests.unit.risk.events import PICK, finished


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
