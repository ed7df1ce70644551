"""What calendar entries (ICS) say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from icalendar import Calendar, Component

from integrations.email.files.found import Unreadable

MOST_ENTRIES = 50
_SAID = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "STATUS", "ORGANIZER", "DESCRIPTION")


def read(content: bytes) -> Iterator[str]:
    """`Summary: …`, `Dtstart: 2026-11-20 09:00 UTC`, and what else an entry has of them."""
    found = False
    for calendar in Calendar.from_ical(content, multiple=True):
        if method := calendar.get("METHOD"):
            yield f"Method: {method}"
        for entry in islice(calendar.walk("VEVENT"), MOST_ENTRIES):
            found = True
            yield from _entry(entry)
    if not found:
        raise Unreadable("it holds no appointment")


def _entry(entry: Component) -> Iterator[str]:
    for name in _SAID:
        value = entry.get(name)
        if value is not None:
            yield f"{name.title()}: {_said(value)}"


def _said(value: object) -> str:
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment.tzinfo else f"{moment:%Y-%m-%d %H:%M}"
    return moment.isoformat() if moment is not None else " ".join(str(value).removeprefix("mailto:").split())
