"""A day that makes no sense is refused with what would."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.asked_days import FARTHEST, arrival, since_when
from agent.errors import PreconditionFailed

NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


def test_something_may_still_come_today_though_its_hour_is_past():
    assert arrival(NOW.replace(hour=12), NOW) == NOW.replace(hour=12)
    assert arrival(NOW + FARTHEST, NOW) == NOW + FARTHEST


def test_nothing_comes_yesterday():
    with pytest.raises(PreconditionFailed, match=r"2026-11-26 is past.* ask about today or a later day"):
        arrival(NOW - timedelta(days=1), NOW)


def test_nothing_is_announced_for_years_ahead():
    with pytest.raises(PreconditionFailed, match="2999-01-01 is too far away; ask about a day up to 2028-11-26"):
        arrival(datetime(2999, 1, 1, tzinfo=UTC), NOW)


def test_what_happened_since_a_time_to_come_is_no_question():
    assert since_when(NOW, NOW) == NOW
    with pytest.raises(PreconditionFailed, match=r"2026-11-27 15:01 is still to come; .* like 2026-11-26"):
        since_when(NOW + timedelta(minutes=1), NOW)
