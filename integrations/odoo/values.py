"""Odoo's JSON values as exact ones."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from agent.domain.money import Money
from agent.domain.quantity import Quantity


def moment(text: str) -> datetime:
    """Odoo's naive `2026-01-31 08:00:00`, which is UTC, or its date `2026-01-31`, as an aware datetime."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moment_or_none(text: str | bool) -> datetime | None:
    return moment(text) if isinstance(text, str) and text else None


@lru_cache(maxsize=65_536)
def exact(number: float) -> Decimal:
    """A stored float as the decimal it stands for; what lies beyond six places is binary noise."""
    whole = int(number)
    return Decimal(whole) if whole == number else Decimal(repr(round(number, 6)))


@lru_cache(maxsize=65_536)  # a few thousand different ones, shared by all records
def quantity(number: float, unit: str) -> Quantity:
    return Quantity(exact(number), unit)


@lru_cache(maxsize=65_536)  # as above
def money(number: float, currency: str) -> Money:
    return Money(exact(number), currency)


def language(code: str | None) -> str:
    """Odoo's `de_CH` or `sr@latin` as ISO 639-1; English where none is set."""
    return (code or "en").split("_")[0].split("@")[0]


def stored(moment: datetime) -> str:
    """An aware datetime as Odoo stores it: naive, UTC, whole seconds. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be stored")
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
