"""A quotation went out and nobody asked again."""

from collections.abc import Iterator
from datetime import timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.sales import SaleOrder
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations
from agent.risk.terms import scope_of
from agent.risk.wording import ago, day


def quotation_stale(operations: Operations) -> Iterator[Finding]:
    """Of kind `order_stale`: one finding for each that waits beyond the policy and is not yet so old that it is forgotten."""
    for quotation in operations.snapshot.quotations:
        limits = _limits(operations, quotation)
        oldest = operations.now - timedelta(days=limits.quotation_forgotten_days)
        if oldest <= quotation.ordered_at < operations.now - timedelta(days=limits.quotation_stale_days):
            yield _finding(operations, quotation, limits)


def _limits(operations: Operations, quotation: SaleOrder) -> Thresholds:
    customer = operations.snapshot.customers.get(quotation.customer_id)
    scope = scope_of(operations.snapshot, quotation.warehouse_id, segment=customer.segment if customer else None)
    return operations.limits.at(scope)


def _finding(operations: Operations, quotation: SaleOrder, limits: Thresholds) -> Finding:
    zone = operations.zone(quotation.warehouse_id)
    sent = quotation.ordered_at
    whose = f"; {quotation.salesperson} has it" if quotation.salesperson else "; nobody has it"
    return Finding(
        kind=FindingKind.ORDER_STALE,
        severity=Severity.MEDIUM if quotation.amount.amount >= limits.weighty_order_value else Severity.LOW,
        subject=quotation.record,
        since=sent,
        summary=f"Quotation {quotation.name} over {quotation.amount} for {quotation.customer_name} is from {day(sent, zone)} "
        f"({ago(days_between(sent, operations.now, zone))}) and has no answer{whose}.",
        warehouse_id=quotation.warehouse_id,
        evidence=(
            Evidence(quotation.record, "state", quotation.state),
            Evidence(quotation.record, "date_order", sent.isoformat()),
            Evidence(quotation.record, "user_id", quotation.salesperson or "nobody"),
        ),
        at_stake=quotation.amount,
    )
