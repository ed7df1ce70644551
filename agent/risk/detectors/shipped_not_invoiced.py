"""Goods went out and no invoice followed."""

from collections.abc import Iterator
from datetime import timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.history import Uninvoiced
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations
from agent.risk.terms import scope_of
from agent.risk.wording import ago, day


def shipped_not_invoiced(operations: Operations) -> Iterator[Finding]:
    """One finding for each order with goods delivered longer ago than the policy gives for the invoice."""
    history = operations.snapshot.history
    for left in history.uninvoiced if history else ():
        limits = _limits(operations, left)
        if left.delivered_at < operations.now - timedelta(days=limits.invoicing_days) and left.amount.amount > 0:
            yield _finding(operations, left, limits)


def _limits(operations: Operations, left: Uninvoiced) -> Thresholds:
    order = operations.snapshot.orders.get(left.order.id)
    customer = operations.snapshot.customers.get(order.customer_id) if order else None
    return operations.limits.at(scope_of(operations.snapshot, left.warehouse_id, segment=customer.segment if customer else None))


def _finding(operations: Operations, left: Uninvoiced, limits: Thresholds) -> Finding:
    zone = operations.zone(left.warehouse_id)
    shipped = left.delivered_at
    return Finding(
        kind=FindingKind.SHIPPED_NOT_INVOICED,
        severity=Severity.MEDIUM if left.amount.amount >= limits.weighty_order_value else Severity.LOW,
        order=left.order,
        subject=left.order,
        since=shipped,
        summary=f"{left.amount} of {left.order.name} went to {left.customer_name} on {day(shipped, zone)} "
        f"({ago(days_between(shipped, operations.now, zone))}) and no invoice stands for it.",
        evidence=(
            Evidence(left.order, "effective_date", shipped.isoformat()),
            Evidence(left.order, "delivered and not invoiced", str(left.amount)),
        ),
        at_stake=left.amount,
        warehouse_id=left.warehouse_id,
    )
