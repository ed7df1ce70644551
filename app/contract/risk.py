"""An order at risk."""

from typing import Any

from agent.domain.finding_life import FindingState
from agent.domain.findings import FindingKind, OptionKind, Severity
from app.contract.model import Contract, Moment


class EvidenceRow(Contract):
    model: str
    id: int
    name: str
    field: str
    value: str
    url: str | None


class FindingRow(Contract):
    id: int | None = None
    """By which people take it on; None when it was found just now and no scan has published it."""
    state: FindingState | None = None
    fingerprint: str
    kind: FindingKind
    severity: Severity
    since: Moment
    summary: str
    evidence: tuple[EvidenceRow, ...]


class CostRow(Contract):
    amount: float
    currency: str


class HarmRow(Contract):
    order: str
    customer: str
    days: int
    value: float | None
    currency: str


class OptionRow(Contract):
    kind: OptionKind
    summary: str
    ready_date: Moment | None
    cost: CostRow | None
    harms: tuple[HarmRow, ...]
    approval: str
    whole: bool
    """False: only the part that the summary names can ship on the ready date."""
    action: str | None
    arguments: dict[str, Any]


class ImpactedOrderRow(Contract):
    order: str
    customer: str
    promise_date: Moment | None
    ready_before: Moment | None
    ready_after: Moment | None
    days_late: int
    endangered: bool
    goods: str
    value: CostRow
    score: float
    language: str
    draft: str | None


class ImpactRow(Contract):
    cause: str
    said: str
    url: str | None
    new_date: Moment | None
    value_endangered: tuple[CostRow, ...]
    orders: tuple[ImpactedOrderRow, ...]
    as_of: Moment


class NodeRow(Contract):
    name: str
    said: str
    ready: Moment | None
    url: str | None
    waits_for: tuple["NodeRow", ...]


class PlanStepRow(Contract):
    order: str
    customer: str
    promise_date: Moment | None
    value: CostRow
    projected_date: Moment | None
    days_late: int
    held: bool
    """By the customer's credit."""
    option: OptionRow | None
    days_late_then: int
    as_of: Moment


class OrderRiskRow(Contract):
    order_id: int
    order: str
    url: str | None
    customer: str
    promise_date: Moment | None
    projected_date: Moment | None
    days_late: int
    value_at_risk: float | None
    """None for whoever may not see prices."""
    currency: str
    score: float
    findings: tuple[FindingRow, ...]
    options: tuple[OptionRow, ...]
    as_of: Moment


class BoardRow(Contract):
    """The last scan: what the API can say without an ERP login."""

    as_of: Moment | None
    """None before the first scan."""
    last_full: Moment | None
    """When everything was last read anew."""
    open_orders: int
    """Of all warehouses."""
    at_risk: int
    """Of the warehouse that was asked about, else of all."""
    not_seen: tuple[str, ...]
    """A sentence for each thing that was not looked at."""
    orders: tuple[OrderRiskRow, ...]
