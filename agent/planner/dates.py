"""Dates as people write them in a question."""

import re
from datetime import date, timedelta

from agent.guardrails.statements import WEEKDAYS, Kind, statements

_RELATIVE = re.compile(
    r"\b(?:(?P<day>today|tomorrow|the day after tomorrow)|in (?P<count>\d+|a|one|two|three) (?P<unit>day|week)s?"
    r"|(?P<next>next|this|coming|on)?\s*(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?P<later>\d+) days? later|next (?P<week>week))\b",
    re.I,
)
SATURDAY = 5
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3}


def read_date(text: str, today: date) -> date | None:
    """The first date named; one without a year is the next such day. `next friday` is the Friday of next week.

    None when no date is named, or one that does not exist.
    """
    for said in statements(text):
        if said.kind is Kind.DATE:
            return _absolute(said.year, said.month, said.day, today)
    match = _RELATIVE.search(text)
    return _relative(match, today) if match else None


def end_of_week(today: date) -> date:
    """The Sunday that ends the working week; on a weekend people mean the week that is about to begin."""
    sunday = today + timedelta(days=6 - today.weekday())
    return sunday + timedelta(days=7) if today.weekday() >= SATURDAY else sunday


def _absolute(year: int, month: int, day: int, today: date) -> date | None:
    try:
        named = date(year or today.year, month, day)
        return named if year or named >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _relative(match: re.Match[str], today: date) -> date:
    if match["day"]:
        return today + timedelta(days={"today": 0, "tomorrow": 1}.get(match["day"].lower(), 2))
    if match["count"]:
        count = _COUNTS.get(match["count"].lower()) or int(match["count"])
        return today + timedelta(days=count * (7 if match["unit"].lower() == "week" else 1))
    if match["later"]:
        return today + timedelta(days=int(match["later"]))
    monday = today - timedelta(days=today.weekday())
    if match["week"]:
        return monday + timedelta(days=7)
    weekday = WEEKDAYS.index(match["weekday"].lower())
    if (match["next"] or "").lower() == "next":
        return monday + timedelta(days=7 + weekday)
    return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
