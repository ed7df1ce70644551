"""Money, taken out of results for people who may not see it."""

import re
from typing import Any

from agent.guardrails.statements import CURRENCIES

HIDDEN = "(amount hidden)"
_CURRENCY = rf"(?:(?:{'|'.join(sorted(CURRENCIES))})\b|[€$£])"
_AMOUNT = r"\d[\d.,\u00a0]*"
_MONEY = re.compile(rf"{_AMOUNT}\s?{_CURRENCY}|{_CURRENCY}\s?{_AMOUNT}")


def without_money(value: Any) -> Any:
    """The same result with every amount of money taken out, in typed fields and in texts."""
    if isinstance(value, dict):
        if value.keys() == {"amount", "currency"}:
            return None
        return {key: without_money(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_money(item) for item in value]
    return _MONEY.sub(HIDDEN, value) if isinstance(value, str) else value
