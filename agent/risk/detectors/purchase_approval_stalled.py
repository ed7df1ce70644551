"""A purchase that nobody approves."""

from collections.abc import Iterator
from datetime import timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind
from agent.domain.purchasing import PurchaseOrder
from agent.risk.operations import Operations, affected, worst_of
from agent.risk.wording import ago, day, waiting_orders


def purchase_approval_stalled(operations: Operations) -> Iterator[Finding]:
    """One finding for each purchase `to approve` for longer than the policy's hours; any change of it starts them anew."""
    for purchase in operations.snapshot.purchases:
        if purchase.state == "to approve":
            hours = operations.thresholds(purchase.warehouse_id, purchase.vendor_id).purchase_approval_hours
            if purchase.changed_at < operations.now - timedelta(hours=hours):
                yield _finding(operations, purchase)


def _finding(operations: Operations, purchase: PurchaseOrder) -> Finding:
    zone = operations.zone(purchase.warehouse_id)
    since = purchase.changed_at
    orders = affected(operations.waiting_by_purchase.get(purchase.id, ()))
    buyer = f", bought by {purchase.buyer}," if purchase.buyer else ""
    return Finding(
        kind=FindingKind.PURCHASE_APPROVAL_STALLED,
        severity=worst_of(orders),
        subject=purchase.record,
        since=since,
        summary=f"{purchase.name} from {purchase.vendor_name} over {purchase.amount}{buyer} has waited for approval since "
        f"{day(since, zone)} ({ago(days_between(since, operations.now, zone))}){waiting_orders(orders)}.",
        evidence=(
            Evidence(purchase.record, "state", purchase.state),
            Evidence(purchase.record, "write_date", since.isoformat()),
            Evidence(purchase.record, "amount_untaxed", str(purchase.amount)),
            Evidence(purchase.record, "user_id", purchase.buyer or "nobody"),
        ),
        affects=orders,
        warehouse_id=purchase.warehouse_id,
    )
