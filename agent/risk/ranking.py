"""What waiting costs, as a score from 0 to 100.

Four parts are added, none of which can make up for all others:

* up to 40 points for lateness: `days / (days + critical_days_late)`, half of them at the policy's critical delay;
* up to 30 for the value still to ship: `value / (value + weighty_order_value)`, half of them at the policy's weighty order;
* 15 for a strategic customer, 8 for a key customer;
* 15 for a critical worst finding, 10 for high, 5 for medium, 2 for low.

Each part never falls as its cause grows, so neither does the score. Values are compared as numbers in each order's own currency.
"""

from collections.abc import Iterable
from decimal import Decimal

from agent.domain.findings import OrderRisk, Severity
from agent.domain.sales import Segment
from agent.guardrails.policy import Thresholds

LATENESS = Decimal(40)
VALUE = Decimal(30)
SEGMENT = {Segment.STRATEGIC: Decimal(15), Segment.KEY: Decimal(8), Segment.STANDARD: Decimal(0)}
SEVERITY = {Severity.CRITICAL: Decimal(15), Severity.HIGH: Decimal(10), Severity.MEDIUM: Decimal(5), Severity.LOW: Decimal(2)}
HUNDREDTH = Decimal("0.01")


def score(days_late: int, value: Decimal, segment: Segment, worst: Severity, thresholds: Thresholds) -> Decimal:
    """Two decimals; see the module for what each part earns. Negative days or values count as none."""
    lateness = LATENESS * _saturating(Decimal(days_late), Decimal(thresholds.critical_days_late))
    weight = VALUE * _saturating(value, Decimal(thresholds.weighty_order_value))
    return (lateness + weight + SEGMENT[segment] + SEVERITY[worst]).quantize(HUNDREDTH)


def ranked(orders: Iterable[OrderRisk]) -> tuple[OrderRisk, ...]:
    """Most urgent first; of equal scores the more valuable, then the lower order number."""
    return tuple(sorted(orders, key=lambda risk: (-risk.score, -risk.value_at_risk.amount, risk.order.name)))


def _saturating(amount: Decimal, half: Decimal) -> Decimal:
    """From 0 towards 1, one half at `half`."""
    return amount / (amount + half) if amount > 0 else Decimal(0)
