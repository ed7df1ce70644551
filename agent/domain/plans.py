"""What to do about several orders at once."""

from dataclasses import dataclass
from datetime import datetime

from agent.domain.findings import Option
from agent.domain.money import Money
from agent.domain.records import Record


@dataclass(frozen=True, slots=True)
class PlanStep:
    """The option chosen for one order, when every order before it in the plan has what it was given."""

    order: Record
    customer_name: str
    promise_date: datetime | None
    value: Money
    """Of what is still to ship."""
    projected_date: datetime | None
    """If nothing is done; None when nothing is in sight for some line."""
    days_late: int
    """If nothing is done; to today when nothing is in sight."""
    held: bool
    """By the customer's credit: it does not leave, however soon its goods are ready."""
    option: Option | None
    """None when nothing helps, or the policy allows nothing that would."""
    days_late_then: int
    """With the option."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which waiting costs; no unit of stock is used by two of them."""

    as_of: datetime
    steps: tuple[PlanStep, ...]
    not_at_risk: tuple[str, ...]
    """Orders that were asked for and need nothing."""
    not_seen: tuple[str, ...] = ()
