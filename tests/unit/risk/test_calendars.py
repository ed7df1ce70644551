"""When a warehouse ships, and what that does to dates."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.calendars import WarehouseCalendar
from agent.domain.findings import OptionKind
from tests.unit.risk.builders import CHAIR, MAIN, NORTH, NOW, World, in_days

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = frozenset(range(5))
OFFICE = WarehouseCalendar(
    BERLIN, WEEKDAYS, holidays=frozenset({date(2026, 8, 10)}), opens=time(8), cut_off=time(14), transit_days={"MA": 3}
)
"""Of the days around NOW (Monday 3 August 2026): the next Monday is a holiday."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In August, by the clock of Berlin."""
    return datetime(2026, 8, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("there", "leaves"),
    [
        (at(3, 9), at(3, 9)),
        (at(3, 14), at(3, 14)),
        (at(3, 14, 1), at(4, 8)),
        (at(3, 6), at(3, 8)),
        (at(7, 14, 1), at(11, 8)),
        (at(8, 10), at(11, 8)),
        (at(10, 10), at(11, 8)),
    ],
    ids=["in hours", "at the cut-off", "after it", "before opening", "Friday evening", "Saturday", "a holiday"],
)
def test_goods_leave_on_a_working_day_before_the_cut_off(there, leaves):
    assert OFFICE.ships(there) == leaves


def test_a_day_is_the_warehouses_own_day():
    """Saturday 23:30 in London is Sunday in Berlin, and Friday 23:30 is Saturday."""
    open_on_sunday = WarehouseCalendar(BERLIN, frozenset({6}))
    saturday_night = datetime(2026, 8, 8, 22, 30, tzinfo=UTC)
    assert open_on_sunday.ships(saturday_night) == saturday_night


calendars = st.builds(
    WarehouseCalendar,
    zone=st.sampled_from([UTC, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]),
    working_days=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2026, 3, 1), date(2026, 11, 30)), max_size=20),
    opens=st.sampled_from([time(), time(2, 30), time(8)]),
    cut_off=st.sampled_from([None, time(9), time(17, 30)]),
)
A_YEAR = (datetime(2026, 3, 1), datetime(2026, 11, 30))  # noqa: DTZ001 - Hypothesis adds the zone
moments = st.datetimes(*A_YEAR, timezones=st.just(UTC))
quick = settings(max_examples=200, deadline=None)


@given(calendars, moments, moments)
@quick
def test_what_comes_later_never_leaves_earlier(calendar, one, other):
    first, second = sorted((one, other))
    assert first <= calendar.ships(first) <= calendar.ships(second)
    assert calendar.ships(calendar.ships(first)) == calendar.ships(first)


@given(calendars, moments, st.timedeltas(timedelta(), timedelta(days=9)))
@quick
def test_until_it_changes_the_answer_is_the_same(calendar, moment, later):
    """In hours goods leave at once, whenever that is; outside they leave at the next opening."""
    until = calendar.holds_until(moment)
    assert until >= moment
    if moment + later <= until:
        assert calendar.ships(moment + later) == max(calendar.ships(moment), moment + later)


@given(moments)
def test_without_any_rule_it_is_always_open(moment):
    assert WarehouseCalendar().ships(moment) == moment


def office_world() -> World:
    world = World()
    world.calendars = {"MA": OFFICE, "NO": OFFICE}
    return world


def test_a_receipt_on_saturday_ships_on_the_next_working_day():
    world = office_world()
    line = world.line(world.order(promise=in_days(9)), 10)
    world.purchase(10, at=at(8, 10))
    assert world.outlook(line).ready == at(11, 8)


def test_stock_ships_now_in_hours_and_otherwise_when_the_warehouse_opens():
    for opens, ready in ((time(8), NOW), (time(13), at(3, 13))):
        world = World()
        world.calendars = {"MA": WarehouseCalendar(BERLIN, opens=opens)}
        line = world.line(world.order(), 10)
        world.stock(10)
        assert world.outlook(line).ready == ready


def test_another_warehouses_calendar_is_not_ours():
    world = World()
    world.calendars = {"NO": OFFICE}
    line = world.line(world.order(promise=in_days(9)), 10)
    world.purchase(10, at=at(8, 10))
    assert world.outlook(line).ready == at(8, 10)


def test_what_goes_straight_to_the_customer_knows_no_warehouse():
    world = office_world()
    line = world.line(world.order(promise=in_days(9)), 10, move=False)
    purchase = world.purchase(10, at=at(8, 10), receipt=False)
    world.move(CHAIR, 10, at=at(8, 10), sale_line_id=line.id, purchase_line_id=purchase.id)
    assert world.outlook(line).ready == at(8, 10)


def test_a_delay_over_the_weekend_puts_a_promise_at_risk():
    world = office_world()
    world.line(world.order(promise=at(10, 12)), 10)
    world.purchase(10, at=at(7, 15))
    assert "can ship on 2026-08-11 at the earliest (1 day late)" in world.one("promise_at_risk").summary


def test_a_transfer_takes_its_transit_days_and_ships_when_the_receiver_works():
    """Sent from North on Monday, three days on the road; Thursday 6 August is a working day."""
    world = office_world()
    line = world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH)
    world.move(CHAIR, 10, origin=NORTH, target=MAIN, at=in_days(1))
    assert world.outlook(line).ready == NOW + timedelta(days=3)


def test_a_transfer_that_is_planned_for_later_comes_later():
    world = office_world()
    line = world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH)
    world.move(CHAIR, 10, origin=NORTH, target=MAIN, at=at(12, 9))
    assert world.outlook(line).ready == at(12, 9)


def test_stock_offered_from_another_warehouse_counts_its_transit():
    """Three days from Monday instead of the usual two."""
    world = office_world()
    world.line(world.order(), 10)
    world.stock(10, warehouse=NORTH)
    [option] = [option for risk in world.risks() for option in risk.options if option.kind is OptionKind.MOVE_STOCK]
    assert option.ready_date == NOW + timedelta(days=3)
    assert "from North (3 days transit)" in option.summary


def test_a_date_that_holds_until_the_cut_off_is_looked_at_anew_then():
    world = office_world()
    world.line(world.order(), 10)
    world.stock(10)
    assert world.projection().products[CHAIR].next_change == at(3, 14)
