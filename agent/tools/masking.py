"""Money, taken out of results for people who may not see it."""

import re
from typing import Any

HIDDEN = "(amount hidden)"
_MONEY = re.compile(r"(?:[€$£]\s?)?\d[\d,]*(?:\.\d+)?\s?(?:[A-Z]{3}\b|[€$£])|[€$£]\s?\d[\d,]*(?:\.\d+)?")


def without_money(value: Any) -> Any:
    """The same result with every amount of money taken out, in typed fields and in texts."""
    if isinstance(value, dict):
        if value.keys() == {"amount", "currency"}:
            return None
        return {key: without_money(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_money(item) for item in value]
    return _MONEY.sub(HIDDEN, value) if isinstance(value, str) else value
