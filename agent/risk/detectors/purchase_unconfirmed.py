"""The vendor has not said yes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind
from agent.domain.purchasing import PurchaseOrder
from agent.risk.operations import Operations, affected, worst_of
from agent.risk.snapshot import Snapshot
from agent.risk.wording import ago, day, waiting_orders


def purchase_unconfirmed(operations: Operations) -> Iterator[Finding]:
    """One finding for each purchase that a vendor has had for longer than the policy allows without an answer.

    That is one that was sent and not confirmed, or a confirmed one that the vendor has not acknowledged. The latter tells
    something only where acknowledgements are kept: Odoo takes every order for unacknowledged until somebody says otherwise. Of
    what has begun to arrive the vendor knows.
    """
    snapshot = operations.snapshot
    kept = any(purchase.acknowledged for purchase in snapshot.purchases)
    for purchase in snapshot.purchases:
        asked = _asked(snapshot, purchase, kept)
        if asked is None:
            continue
        hours = operations.thresholds(purchase.warehouse_id, purchase.vendor_id).acknowledgement_hours
        if asked < operations.now - timedelta(hours=hours):
            yield _finding(operations, purchase, asked)


def _asked(snapshot: Snapshot, purchase: PurchaseOrder, kept: bool) -> datetime | None:
    """Since when at the latest the vendor has it; None when no answer is awaited."""
    if purchase.state == "sent":
        return purchase.changed_at
    if purchase.state != "purchase" or purchase.acknowledged is not False or not kept:
        return None
    begun = any(line.received for line in snapshot.purchase_lines_by_order.get(purchase.id, ()))
    return None if begun else purchase.ordered_at


def _finding(operations: Operations, purchase: PurchaseOrder, asked: datetime) -> Finding:
    zone = operations.zone(purchase.warehouse_id)
    orders = affected(operations.waiting_by_purchase.get(purchase.id, ()))
    when = f"{day(asked, zone)} ({ago(days_between(asked, operations.now, zone))})"
    said = (
        f"{purchase.name} was sent to {purchase.vendor_name} and has had no answer since {when}"
        if purchase.state == "sent"
        else f"{purchase.vendor_name} has not acknowledged {purchase.name}, ordered on {when}"
    )
    return Finding(
        kind=FindingKind.PURCHASE_UNCONFIRMED,
        severity=worst_of(orders),
        subject=purchase.record,
        since=asked,
        summary=f"{said}{waiting_orders(orders)}.",
        evidence=tuple(_evidence(purchase)),
        affects=orders,
        warehouse_id=purchase.warehouse_id,
    )


def _evidence(purchase: PurchaseOrder) -> Iterator[Evidence]:
    yield Evidence(purchase.record, "partner_id", purchase.vendor_name)
    yield Evidence(purchase.record, "state", purchase.state)
    if purchase.state == "sent":
        yield Evidence(purchase.record, "write_date", purchase.changed_at.isoformat())
    else:
        yield Evidence(purchase.record, "acknowledged", "no")
        yield Evidence(purchase.record, "date_order", purchase.ordered_at.isoformat())
