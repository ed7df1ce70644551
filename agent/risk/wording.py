"""Words and numbers the way a warehouse lead says them."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from agent.domain.calendars import day_of
from agent.domain.findings import Affected
from agent.domain.quantity import Quantity


def day(moment: datetime, zone: tzinfo) -> str:
    return day_of(moment, zone).isoformat()


def days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def ago(number: int) -> str:
    return "today" if number <= 0 else f"{days(number)} ago"


def amount(number: Decimal, unit: str) -> str:
    """`4 Units`; at most four decimals, no trailing zeros."""
    return str(Quantity(round(number, 4), unit))


def listed(parts: Sequence[str], most: int = 3) -> str:
    """`a, b and c`; what is beyond `most` is counted: `a, b, c and 2 more`."""
    shown = list(parts[:most])
    if len(parts) > most:
        return f"{', '.join(shown)} and {len(parts) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def waiting_orders(orders: Sequence[Affected], most: int = 3) -> str:
    """`; S00042 waits for it` or `; S00042, S00043 and 2 more wait for it`; empty when nobody does."""
    if not orders:
        return ""
    return f"; {listed([order.order.name for order in orders], most)} {'waits' if len(orders) == 1 else 'wait'} for it"
