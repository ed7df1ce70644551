"""How a policy file writes a length of time: `30m`, `4h`, `7d`, `2w`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from agent.guardrails.policy_file import mistake

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def as_duration(value: Any) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,3})([mhdw])", value) if isinstance(value, str) else None
    if not found:
        raise mistake(f"`{value}` is not a duration; write a whole number and m, h, d or w, like 30m, 4h, 7d or 2w")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def duration(length: timedelta) -> str:
    """As a policy writes it: `30m`, `4h`, `7d`, `2w`."""
    minutes = int(length.total_seconds() // 60)
    for sign, unit in (("w", 7 * 24 * 60), ("d", 24 * 60), ("h", 60)):
        if minutes % unit == 0:
            return f"{minutes // unit}{sign}"
    return f"{minutes}m"


Duration = Annotated[timedelta, BeforeValidator(as_duration)]
