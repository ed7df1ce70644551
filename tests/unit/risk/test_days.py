"""Days are those of the warehouse. On 3 August 2026 at nine (UTC) it is ten in Lisbon and nine in the evening in Auckland."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.calendars import WarehouseCalendar, day_of, days_between, told_in
from agent.domain.findings import OptionKind
from agent.domain.records import Record
from agent.risk.customer_update import customer_update
from agent.risk.rows import order_row
from agent.risk.situation import situations
from agent.risk.tree import tree
from tests.unit.risk.builders import MAIN, NORTH, NOW, POLICY, World
from tests.unit.risk.events import approval, finished, shipment
from tests.unit.risk.test_zones import queue

LISBON, AUCKLAND = ZoneInfo("Europe/Lisbon"), ZoneInfo("Pacific/Auckland")
BOTH = {"MA": WarehouseCalendar(LISBON), "NO": WarehouseCalendar(AUCKLAND)}
ZONES = {MAIN: LISBON, NORTH: AUCKLAND}
everywhere = pytest.mark.parametrize("warehouse", [MAIN, NORTH], ids=["Lisbon", "Auckland"])


def at(warehouse: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """In August, by the clock of that warehouse."""
    return datetime(2026, 8, day, hour, minute, tzinfo=ZONES[warehouse]).astimezone(UTC)


def promised(warehouse: int, promise: datetime, reserved: float = 0) -> World:
    world = World(calendars=BOTH)
    world.line(world.order(promise, warehouse_id=warehouse), 10, reserved=reserved)
    return world


@everywhere
def test_a_promise_for_local_midnight_is_told_by_the_day_that_begins_then(warehouse):
    world = promised(warehouse, at(warehouse, 6))
    world.purchase(10, at=at(warehouse, 9), warehouse=warehouse)
    found = world.one("promise_at_risk")
    assert "is promised for 2026-08-06," in found.summary
    assert "can ship on 2026-08-09 at the earliest (3 days late)" in found.summary


@everywhere
@pytest.mark.parametrize(("days", "words"), [(0, "(today)"), (1, "(1 day ago)"), (2, "(2 days ago)")])
def test_a_missed_promise_is_as_many_days_late_as_the_warehouse_counts(warehouse, days, words):
    world = promised(warehouse, at(warehouse, 3 - days, 0, 30))
    assert words in world.one("promise_missed").summary
    assert world.risks()[0].days_late == days


@everywhere
@pytest.mark.parametrize(("hour", "day", "told"), [(23, 6, False), (0, 7, True)])
def test_a_carrier_is_late_when_the_next_day_has_begun_at_the_warehouse(warehouse, hour, day, told):
    world = World(calendars=BOTH)
    order = world.order(at(warehouse, 6, 12), warehouse_id=warehouse)
    shipment(world, order, "in_transit", at(warehouse, day, hour, 30), warehouse_id=warehouse)
    assert ("carrier_delay" in world.kinds()) is told


@everywhere
def test_a_receipt_is_overdue_since_the_warehouses_day(warehouse):
    world = World(calendars=BOTH)
    world.purchases[:] = [replace(world.purchase(10, at=at(warehouse, 1), warehouse=warehouse), warehouse_id=warehouse)]
    assert "was due on 2026-08-01 (2 days ago)" in world.one("receipt_overdue").summary


@everywhere
def test_dates_of_an_order_carry_the_offset_of_its_warehouse(warehouse):
    world = promised(warehouse, at(warehouse, 6))
    world.purchase(10, at=at(warehouse, 9), warehouse=warehouse)
    (risk,) = world.risks()
    row = order_row(risk, NOW, lambda record: None)
    assert (row["promise_date"][:10], row["projected_date"][:10]) == ("2026-08-06", "2026-08-09")
    assert datetime.fromisoformat(row["promise_date"]) == at(warehouse, 6)


@everywhere
def test_a_promise_is_moved_to_the_warehouses_noon(warehouse):
    world = promised(warehouse, at(warehouse, 6))
    world.purchase(10, at=at(warehouse, 9), warehouse=warehouse)
    (risk,) = world.risks()
    (option,) = [option for option in risk.options if option.kind is OptionKind.MOVE_PROMISE_DATE]
    assert option.summary.startswith(f"Promise {risk.order.name} for 2026-08-09 instead of 2026-08-06 (3 days later)")
    assert datetime.fromisoformat(option.arguments["promise_date"]) == at(warehouse, 9, 12)


@everywhere
def test_another_vendors_lead_time_is_counted_in_the_warehouses_days(warehouse):
    world = promised(warehouse, at(warehouse, 4))
    world.price(5, lead_days=3)
    (risk,) = world.risks()
    (option,) = [option for option in risk.options if option.kind is OptionKind.BUY_ELSEWHERE]
    assert option.ready_date == at(warehouse, 6, 12)


@everywhere
def test_the_tree_and_what_a_customer_is_told_name_the_warehouses_days(warehouse):
    world = promised(warehouse, at(warehouse, 6))
    world.purchase(10, at=at(warehouse, 9), warehouse=warehouse)
    (situation,) = situations(world.snapshot(), world.projection(), POLICY.limits)
    top = tree(situation)
    assert "2026-08-06" in (told := customer_update(situation, situation.lines))
    assert "2026-08-09" in told
    assert top.said.endswith("promised for 2026-08-06")
    assert top.ready is not None
    assert top.ready.date() == date(2026, 8, 9)


def test_who_works_in_one_zone_only_has_its_days_everywhere():
    for calendars, told in (({"NO": BOTH["NO"]}, "2026-08-02"), (BOTH, "2026-08-01")):
        world = World(calendars=calendars)
        approval(world, Record("sale.order", 99, "S00099"), at(NORTH, 2, 3))
        assert f"should have been decided on {told}" in world.one("approval_overdue").summary


def test_a_queue_is_compared_with_itself_at_the_same_hour_though_clocks_were_changed():
    """Every day five transfers wait from eight to one; the clocks of Lisbon changed yesterday."""
    now = datetime(2026, 10, 26, 12, 30, tzinfo=LISBON)
    world = World(calendars=BOTH)
    for day in (now - timedelta(days=number) for number in range(1, 60)):
        begun = day.replace(hour=8, minute=0)
        for _ in range(5):
            finished(world, begun.astimezone(UTC), begun.replace(hour=13).astimezone(UTC))
        for _ in range(10):
            finished(world, begun.astimezone(UTC), begun.astimezone(UTC))
    begun = now.replace(hour=8, minute=0).astimezone(UTC)
    queue(world, 0, 5, scheduled_at=begun, created_at=begun)
    assert "zone_bottleneck" not in world.kinds_at(now.astimezone(UTC))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from([UTC, LISBON, AUCKLAND, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])


@given(moments, moments, zones)
def test_days_between_are_those_of_a_wall_calendar(one, other, zone):
    assert days_between(one, other, zone) == -days_between(other, one, zone)
    assert day_of(one, zone) + timedelta(days=days_between(one, other, zone)) == day_of(other, zone)


@given(moments, zones)
def test_what_is_told_in_a_zone_is_the_same_moment_and_names_its_day(moment, zone):
    told = told_in(moment, zone)
    assert told == moment
    assert told is not None
    assert told.date() == day_of(moment, zone)
