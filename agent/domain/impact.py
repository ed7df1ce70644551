"""Which customer orders a cause endangers, and what an order waits for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.money import Money
from agent.domain.records import Record


@dataclass(frozen=True, slots=True)
class ImpactedOrder:
    """A customer's order that waits for the cause, or is served later because of it."""

    order: Record
    customer_id: int
    customer_name: str
    promise_date: datetime | None
    ready_before: datetime | None
    """When the order can ship as things stand; None when nothing is in sight for some line."""
    ready_after: datetime | None
    """The same if the cause comes on the new date; as before where no new date was asked about."""
    days_late: int
    """Of `ready_after`, or of today when nothing is in sight; 0 when it is in time."""
    endangered: bool
    """The promise breaks."""
    goods: str
    """What of it waits, in words."""
    line_ids: tuple[int, ...]
    """Of the order's lines that wait."""
    value: Money
    """Of the goods that wait."""
    score: Decimal
    """0 to 100: what waiting costs."""
    language: str
    """Of the draft, ISO 639-1."""
    draft: str | None
    """To the customer, for a person to review; None where the promise holds."""


@dataclass(frozen=True, slots=True)
class Impact:
    cause: Record
    said: str
    """What the cause is, in one sentence."""
    new_date: datetime | None
    """The date that was asked about."""
    as_of: datetime
    orders: tuple[ImpactedOrder, ...]
    """Endangered ones first, then by what waiting costs."""
    value_endangered: tuple[Money, ...]
    """Of the endangered orders' goods that wait; one sum for each currency."""
    not_seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """Something that is waited for, and what that waits for."""

    record: Record
    said: str
    """In one line: how much of what, and when."""
    ready: datetime | None
    """None when nothing is in sight."""
    waits_for: tuple["Node", ...] = ()
