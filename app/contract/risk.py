"""An order at risk."""

from typing import Any

from agent.domain.findings import FindingKind, OptionKind, Severity
from app.contract.model import Amount, Contract, Moment


class EvidenceRow(Contract):
    model: str
    id: int
    name: str
    field: str
    value: str
    url: str | None


class FindingRow(Contract):
    kind: FindingKind
    severity: Severity
    since: Moment
    summary: str
    evidence: tuple[EvidenceRow, ...]


class OrderRiskRow(Contract):
    order: str
    customer: str
    promise_date: Moment | None
    projected_date: Moment | None
    days_late: int
    value_at_risk: Amount
    currency: str
    score: Amount
    findings: tuple[FindingRow, ...]
    options: tuple[dict[str, Any], ...]
    as_of: Moment


class BoardRow(Contract):
    """The last scan: what the API can say without an ERP login."""

    as_of: Moment | None
    """None before the first scan."""
    open_orders: int
    orders: tuple[dict[str, Any], ...]
    """Each as `OrderRiskRow`."""


__all__ = ["BoardRow", "EvidenceRow", "FindingRow", "OptionKind", "OrderRiskRow"]
