"""When quiet hours end, by the clock of whoever keeps them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.quiet_hours import QuietHours, quiet_hours
from agent.errors import PreconditionFailed

NIGHT, NOON = quiet_hours("22:00", "06:30", "Europe/Berlin"), quiet_hours("12:00", "13:00", "Europe/Berlin")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-20 20:59", None),  # 21:59 there
        ("2026-11-20 21:00", "2026-11-21 05:30"),
        ("2026-11-21 05:29", "2026-11-21 05:30"),
        ("2026-11-21 05:30", None),
        ("2026-07-20 20:00", "2026-07-21 04:30"),  # summer time
        ("2026-10-24 22:00", "2026-10-25 05:30"),  # the clock is set back that night
    ],
)
def test_hours_over_midnight_end_in_the_morning(now: str, end: str | None) -> None:
    assert NIGHT.end(moment(now)) == (moment(end) if end else None)


@pytest.mark.parametrize(("now", "end"), [("2026-11-20 11:30", "2026-11-20 12:00"), ("2026-11-20 12:00", None)])
def test_hours_of_a_day_end_that_day(now: str, end: str | None) -> None:
    assert NOON.end(moment(now)) == (moment(end) if end else None)


@given(MOMENTS, st.sampled_from([NIGHT, NOON, quiet_hours("20:00", "02:30", "Europe/Berlin")]))
def test_the_end_is_later_than_now_and_less_than_a_night_away(now: datetime, hours: QuietHours) -> None:
    if (end := hours.end(now)) is not None:
        assert now < end <= now + timedelta(hours=10)


def test_the_end_waits_for_the_hour_that_the_clock_passes_twice() -> None:
    hours = quiet_hours("20:00", "02:30", "Europe/Berlin")
    assert hours.end(moment("2026-10-25 01:15")) == moment("2026-10-25 01:30")


@pytest.mark.parametrize(
    ("begins", "ends", "zone"),
    [
        ("22:00", "22:00", "Europe/Berlin"),
        ("25:00", "06:00", "Europe/Berlin"),
        ("22:00", "", "UTC"),
        ("22:00", "06:00", "../etc"),
    ],
)
def test_what_makes_no_sense_is_refused(begins: str, ends: str, zone: str) -> None:
    with pytest.raises(PreconditionFailed):
        quiet_hours(begins, ends, zone)
