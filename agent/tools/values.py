"""Money and days as tools tell them."""

from datetime import datetime

from agent.domain.money import Money


def money(amount: Money) -> dict[str, str]:
    """With two decimals, as a text: no model rounds it."""
    return {"amount": f"{amount.amount:.2f}", "currency": amount.currency}


def day(moment: datetime | None) -> str | None:
    """ISO 8601, by the offset it comes with: that of the warehouse it is about, or UTC."""
    return moment.date().isoformat() if moment else None
