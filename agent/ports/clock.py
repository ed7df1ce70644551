"""Time, as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
#: Returns the present as an aware datetime in UTC.


def utc_now() -> datetime:
    return datetime.now(UTC)
