"""Days as people type them."""

from datetime import UTC, datetime

import typer

from agent.planner.dates import read_date

MIDDAY = 12


def midday(text: str) -> datetime:
    """Midday (UTC) of a day given as 2026-12-01 or `next friday`. Raises BadParameter."""
    day = read_date(text, datetime.now(UTC).date())
    if day is None:
        raise typer.BadParameter(f"{text!r} is not a date I can read; write it like 2026-12-01 or `next friday`.")
    return datetime(day.year, day.month, day.day, MIDDAY, tzinfo=UTC)
