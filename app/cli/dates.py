"""Days as people type them."""

import re
from datetime import UTC, datetime, timedelta

import typer

from agent.planner.dates import read_date

MIDDAY = 12


def midday(text: str) -> datetime:
    """Midday (UTC) of a day given as 2026-12-01 or `next friday`. Raises BadParameter."""
    day = read_date(text, datetime.now(UTC).date())
    if day is None:
        raise typer.BadParameter(f"{text!r} is not a date I can read; write it like 2026-12-01 or `next friday`.")
    return datetime(day.year, day.month, day.day, MIDDAY, tzinfo=UTC)


def ago(text: str) -> datetime:
    """So long ago (`24h`, `3d`), or the start of a day (`2026-12-01`) in this computer's own zone. Raises BadParameter."""
    span = re.fullmatch(r"(\d{1,4})([hd])", text.strip().lower())
    try:
        if span:
            return datetime.now(UTC) - timedelta(**{"hours" if span[2] == "h" else "days": int(span[1])})
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no time; it looks like 24h, 3d or 2026-12-01.") from None
