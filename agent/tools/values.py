"""Money and days as tools tell them."""

from datetime import UTC, datetime

from agent.domain.money import Money


def money(amount: Money) -> dict[str, str]:
    """With two decimals, as a text: no model rounds it."""
    return {"amount": f"{amount.amount:.2f}", "currency": amount.currency}


def day(moment: datetime | None) -> str | None:
    """The day in UTC, ISO 8601."""
    return moment.astimezone(UTC).date().isoformat() if moment else None
