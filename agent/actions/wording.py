"""Dates and texts as previews show them. The same on every machine: a proposal's hash covers them."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from agent.errors import PreconditionFailed

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(at: datetime | None) -> str:
    """`Fri 20 Nov 2026, 17:00 UTC`; `none` without one. Not strftime, which follows the machine's locale."""
    if at is None:
        return "none"
    utc = at.astimezone(UTC)
    return f"{WEEKDAYS[utc.weekday()]} {utc.day} {MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def day(on: date) -> str:
    """`Fri 20 Nov 2026`."""
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}"


def stored(at: datetime | None) -> str | None:
    """A moment as content holds it: ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat() if at else None


def in_utc(wanted: datetime) -> datetime:
    """To the second. Raises PreconditionFailed for a moment of the first or last day that has no place in UTC."""
    try:
        return wanted.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise PreconditionFailed(f"{wanted.isoformat()} lies outside of all calendars; give another date.") from None


def number(amount: Decimal) -> str:
    """As content holds it: without an exponent and without zeros that say nothing."""
    return f"{amount.normalize():f}" if amount else "0"


def said_of(key: str, value: Any) -> str:
    """A value of a content, as a person reads it; the key of a moment ends in `_date`."""
    if value is None:
        return "none"
    return moment(datetime.fromisoformat(value)) if key.endswith("_date") else str(value)


def days(count: int) -> str:
    return "1 day" if abs(count) == 1 else f"{abs(count)} days"


def clean_text(text: str) -> str:
    """Without control and invisible formatting characters (which can hide or reorder words); line breaks stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")).strip()
