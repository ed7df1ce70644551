"""What is wrong with an order, on what evidence, and what can be done."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agent.domain.money import Money
from agent.domain.records import Record


class FindingKind(StrEnum):
    """The catalogue's names; each has one detector."""

    PROMISE_MISSED = "promise_missed"
    PROMISE_AT_RISK = "promise_at_risk"
    NO_SUPPLY = "no_supply"
    RECEIPT_OVERDUE = "receipt_overdue"
    PICKING_STALLED = "picking_stalled"
    CREDIT_HOLD = "credit_hold"


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact and the record and field it was read from."""

    record: Record
    field: str
    value: str
    """As a person reads it: dates in ISO 8601, quantities with unit, money with currency."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble with one order. The fingerprint is the same as long as the trouble is the same."""

    kind: FindingKind
    severity: Severity
    order_id: int
    subject: Record
    """The record the trouble sits in: the order, a line's product, a purchase, a picking."""
    since: datetime
    summary: str
    """One sentence a warehouse lead would say."""
    evidence: tuple[Evidence, ...]

    @property
    def fingerprint(self) -> str:
        return f"{self.kind}:{self.order_id}:{self.subject.model}:{self.subject.id}"


class OptionKind(StrEnum):
    SHIP_AVAILABLE = "ship_available"
    MOVE_STOCK = "move_stock"
    MOVE_PROMISE_DATE = "move_promise_date"


@dataclass(frozen=True, slots=True)
class Harm:
    """Someone else who would pay for an option."""

    order: Record
    customer_name: str
    days: int
    value: Money


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be done about an order at risk, with what it brings and what it costs."""

    kind: OptionKind
    summary: str
    ready_date: datetime | None
    """When the order, or the part named in the summary, could ship if this were done."""
    cost: Money | None
    """Out of pocket; None when nothing is known to be paid."""
    harms: tuple[Harm, ...]
    approval: str
    """Who would have to approve, in words; from the policy."""
    action: str | None = None
    """The action that a proposal would use, where one exists."""
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderRisk:
    """One order at risk, ranked by what waiting costs."""

    order: Record
    customer_name: str
    promise_date: datetime | None
    projected_date: datetime | None
    """When its last line can ship as things stand; None when some line has no supply at all."""
    days_late: int
    """Whole calendar days from promise to projected date, or to today when nothing is in sight; 0 when on time."""
    value_at_risk: Money
    score: Decimal
    """0 to 100, two decimals; higher is more urgent."""
    findings: tuple[Finding, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class RiskReport:
    """The orders at risk, most urgent first."""

    as_of: datetime
    open_orders: int
    orders: tuple[OrderRisk, ...]
    not_seen: tuple[str, ...] = ()
    """A sentence for each thing that was not looked at, and why."""
