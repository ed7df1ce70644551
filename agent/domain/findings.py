"""What is wrong with an order, on what evidence, and what can be done."""

from dataclasses import dataclass, field, replace
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
    ALLOCATION_CONFLICT = "allocation_conflict"
    PICKING_STALLED = "picking_stalled"
    BACKORDER_WAITING = "backorder_waiting"
    CARRIER_DELAY = "carrier_delay"
    CREDIT_HOLD = "credit_hold"
    MARGIN_EXCEPTION = "margin_exception"
    ORDER_STALE = "order_stale"
    RECEIPT_OVERDUE = "receipt_overdue"
    RECEIPT_SHORT = "receipt_short"
    PURCHASE_UNCONFIRMED = "purchase_unconfirmed"
    PURCHASE_APPROVAL_STALLED = "purchase_approval_stalled"
    VENDOR_SHORT_TREND = "vendor_short_trend"
    VENDOR_DELAY_TREND = "vendor_delay_trend"
    PRICE_VARIANCE = "price_variance"
    LEAD_TIME_VARIANCE = "lead_time_variance"
    REORDER_BREACH = "reorder_breach"
    DUPLICATE_REPLENISHMENT = "duplicate_replenishment"
    TRANSFER_OVERDUE = "transfer_overdue"
    ZONE_BOTTLENECK = "zone_bottleneck"
    ADJUSTMENT_OUT_OF_TOLERANCE = "adjustment_out_of_tolerance"
    DAMAGE_CLUSTER = "damage_cluster"
    QUALITY_FAILED = "quality_failed"
    SHIPPED_NOT_INVOICED = "shipped_not_invoiced"
    INVOICE_MISMATCH = "invoice_mismatch"
    APPROVAL_OVERDUE = "approval_overdue"
    INTEGRATION_ERRORS = "integration_errors"


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
class Affected:
    """A customer's order that is late, or would be, because of something."""

    order: Record
    customer_name: str
    days: int
    """How long beyond its promise, or longer than without the cause; 0 when it is in time all the same."""
    value: Money
    """Of its goods that wait."""
    severity: Severity | None = None
    """How grave it is for this order; None: as grave as the whole."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Recent events beside the same subject's own past: how many were bad, of how many."""

    bad: int
    of: int
    bad_before: int
    of_before: int
    chance: Decimal
    """Probability (0 to 1) of at least so many bad ones by accident, had nothing changed."""

    @property
    def sureness(self) -> str:
        """`fairly sure` up to one accident in twenty, `sure` up to one in a hundred, else `not sure`."""
        if self.chance <= Decimal("0.01"):
            return "sure"
        return "fairly sure" if self.chance <= Decimal("0.05") else "not sure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble. The fingerprint is the same as long as the trouble is the same, whatever its figures are by then."""

    kind: FindingKind
    severity: Severity
    subject: Record
    """The record the trouble sits in: an order, a product, a purchase, a picking, a vendor, a warehouse."""
    since: datetime
    summary: str
    """One sentence a warehouse lead would say."""
    evidence: tuple[Evidence, ...]
    order: Record | None = None
    """The one order whose own trouble it is; None when it is nobody's or several orders'."""
    affects: tuple[Affected, ...] = ()
    """Orders that wait because of a trouble that is not their own, what waiting costs most first."""
    at_stake: Money | None = None
    """Money that the trouble itself is about (not invoiced, overpaid, written off); orders that wait have their own value."""
    warehouse_id: int | None = None
    trend: Trend | None = None
    """How sure a comparison with the past is."""

    @property
    def fingerprint(self) -> str:
        own = f":{self.order.model}:{self.order.id}" if self.order and self.order != self.subject else ""
        return f"{self.kind}:{self.subject.model}:{self.subject.id}{own}"

    def as_it_hits(self, order_id: int) -> "Finding":
        """The same trouble as one of the orders sees it: how grave it is for that order, and nobody else's wait."""
        return self.as_it_affects(next((affected for affected in self.affects if affected.order.id == order_id), None))

    def as_it_affects(self, hit: Affected | None) -> "Finding":
        """The same, for the one of `affects` that is that order; None: it is not among them, the trouble is its own."""
        return replace(self, severity=hit.severity or self.severity, affects=(hit,)) if hit else self

    @property
    def order_ids(self) -> frozenset[int]:
        """Of every order it endangers."""
        own = (self.order.id,) if self.order else ()
        return frozenset((*own, *(affected.order.id for affected in self.affects)))


class OptionKind(StrEnum):
    SHIP_AVAILABLE = "ship_available"
    TAKE_RESERVATION = "take_reservation"
    MOVE_STOCK = "move_stock"
    EXPEDITE_PURCHASE = "expedite_purchase"
    BUY_ELSEWHERE = "buy_elsewhere"
    MOVE_PROMISE_DATE = "move_promise_date"


@dataclass(frozen=True, slots=True)
class Claim:
    """Stock that an option uses up, in the product's stocking unit: no other option may count on it as well."""

    product_id: int
    warehouse_id: int
    amount: Decimal
    from_line: int | None = None
    """Id of the sale order line that it is reserved for; None: free stock."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be done about an order at risk, with what it brings and what it costs."""

    kind: OptionKind
    summary: str
    ready_date: datetime | None
    """When the order, or the part named in the summary, could ship if this were done."""
    cost: Money | None
    """What it costs over doing nothing; None when nothing is known to be paid."""
    harms: tuple[Affected, ...]
    """Whose promise would be missed for it, or missed by more: by how many days, and for goods of what value."""
    approval: str
    """Who would have to approve, in words; from the policy."""
    whole: bool = True
    """Everything the order still lacks can then ship on the ready date; else only the part that the summary names."""
    claims: tuple[Claim, ...] = ()
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
    """When its last line can ship as things stand; None when some line has no supply at all. Like the promise with the offset of
    the warehouse that delivers it, so that its day is that warehouse's."""
    days_late: int
    """Whole calendar days from promise to projected date, or to today when nothing is in sight; 0 when on time."""
    value_at_risk: Money
    score: Decimal
    """0 to 100, two decimals; higher is more urgent."""
    findings: tuple[Finding, ...]
    options: tuple[Option, ...]
    warehouse_id: int | None = None
    """That delivers it."""


@dataclass(frozen=True, slots=True)
class RiskReport:
    """The orders at risk, most urgent first, and every finding, whether or not an order waits because of it."""

    as_of: datetime
    open_orders: int
    orders: tuple[OrderRisk, ...]
    findings: tuple[Finding, ...] = ()
    """Each trouble once, gravest first."""
    not_seen: tuple[str, ...] = ()
    """A sentence for each thing that was not looked at, and why."""
