"""A proposal that nobody decided in the time the policy gives."""

from collections.abc import Iterator

from agent.domain.affairs import WaitingApproval
from agent.domain.calendars import days_between
from agent.domain.findings import Affected, Evidence, Finding, FindingKind, Severity
from agent.domain.records import Record
from agent.risk.operations import Operations, affected, worst_of
from agent.risk.wording import ago, day, waiting_orders


def approval_overdue(operations: Operations) -> Iterator[Finding]:
    """One finding for each proposal past its step's SLA.

    It endangers the order that it would change, or those that count on the purchase or transfer that it would change.
    """
    affairs = operations.snapshot.affairs
    for approval in affairs.approvals if affairs else ():
        if approval.due_at < operations.now:
            yield _finding(operations, approval)


def _finding(operations: Operations, approval: WaitingApproval) -> Finding:
    zone = operations.zone(None)
    order, waiting = _order(operations, approval.subject), _waiting(operations, approval.subject)
    own = operations.situations_by_order.get(order.id) if order else None
    due = approval.due_at
    return Finding(
        kind=FindingKind.APPROVAL_OVERDUE,
        severity=Severity.HIGH if own and own.breaks_promise else worst_of(waiting, Severity.MEDIUM),
        order=order,
        subject=approval.proposal,
        since=due,
        summary=f"{approval.proposal.name} ({approval.action.replace('_', ' ')}, {approval.subject.name}) waits for "
        f"{approval.waits_for} since {day(approval.proposed_at, zone)} and should have been decided on {day(due, zone)} "
        f"({ago(days_between(due, operations.now, zone))}){waiting_orders(waiting)}.",
        evidence=(
            Evidence(approval.proposal, "proposed_at", approval.proposed_at.isoformat()),
            Evidence(approval.proposal, "due_at", due.isoformat()),
            Evidence(approval.proposal, "waits_for", approval.waits_for),
        ),
        affects=waiting,
        warehouse_id=own.order.warehouse_id if own else None,
    )


def _order(operations: Operations, subject: Record) -> Record | None:
    if subject.model == "sale.order":
        return subject
    picking = operations.snapshot.pickings_by_id.get(subject.id) if subject.model == "stock.picking" else None
    order = operations.snapshot.orders.get(picking.sale_order_id) if picking and picking.sale_order_id else None
    return order.record if order else None


def _waiting(operations: Operations, subject: Record) -> tuple[Affected, ...]:
    """Orders that count on what the subject brings."""
    by_subject = {"purchase.order": operations.waiting_by_purchase, "stock.picking": operations.waiting_by_picking}
    return affected(by_subject.get(subject.model, {}).get(subject.id, ()))
