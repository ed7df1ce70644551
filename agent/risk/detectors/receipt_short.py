"""Less came than was ordered and the rest is not expected any more, or more came than was wanted."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from agent.domain.findings import Affected, Evidence, Finding, FindingKind
from agent.domain.history import Receipt
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.guardrails.policy import Thresholds
from agent.risk.demand import each_once, lacking
from agent.risk.operations import Operations, worst_of
from agent.risk.snapshot import grouped
from agent.risk.supply import arrives
from agent.risk.wording import amount, day, listed, waiting_orders


def receipt_short(operations: Operations) -> Iterator[Finding]:
    """One finding for each purchase that was received lately with materially less or more of something than ordered.

    Orders that wait are those that nothing else covers.
    """
    history = operations.snapshot.history
    if history is None:
        return
    oldest = operations.now - timedelta(days=operations.limits.longest(["event_window_days"]))
    recent = (receipt for receipt in history.receipts if receipt.arrived_at >= oldest)
    for receipts in grouped(recent, lambda receipt: receipt.purchase.id).values():
        thresholds = operations.thresholds(receipts[0].warehouse_id, receipts[0].vendor_id)
        since = operations.now - timedelta(days=thresholds.event_window_days)
        news = (receipt for receipt in receipts if receipt.arrived_at >= since and not _comes_after_all(operations, receipt))
        wrong = [receipt for receipt in news if differs(receipt, thresholds)]
        if wrong:
            yield _finding(operations, sorted(wrong, key=lambda receipt: receipt.arrived_at))


def _comes_after_all(operations: Operations, receipt: Receipt) -> bool:
    """Some of it is missing, and somebody made a receipt for it since the past was read: once a day."""
    moves = operations.snapshot.moves_by_purchase_line.get(receipt.purchase_line_id, ())
    return bool(receipt.missing) and any(arrives(move) for move in moves)


def is_short(receipt: Receipt, thresholds: Thresholds) -> bool:
    """Materially less came, and nothing more is expected."""
    return not receipt.open and _material(receipt.ordered.amount - receipt.received.amount, receipt, thresholds)


def differs(receipt: Receipt, thresholds: Thresholds) -> bool:
    """Short, or materially more than ordered."""
    return is_short(receipt, thresholds) or _material(receipt.received.amount - receipt.ordered.amount, receipt, thresholds)


def _material(difference: Decimal, receipt: Receipt, thresholds: Thresholds) -> bool:
    return difference > ROUNDING and difference * 100 > thresholds.receipt_short_percent * receipt.ordered.amount


def _finding(operations: Operations, wrong: Sequence[Receipt]) -> Finding:
    first = wrong[0]
    short = [receipt for receipt in wrong if receipt.missing]
    orders = _waiting(operations, short)
    goods = listed([_goods(receipt) for receipt in wrong], most=2)
    return Finding(
        kind=FindingKind.RECEIPT_SHORT,
        severity=worst_of(orders),
        subject=first.purchase,
        since=first.arrived_at,
        summary=f"{first.purchase.name} from {first.vendor_name} brought {goods}"
        f"{_rest(operations, short)}{waiting_orders(orders)}.",
        evidence=tuple(_evidence(wrong)),
        affects=orders,
        at_stake=_at_stake(wrong),
        warehouse_id=first.warehouse_id,
    )


def _goods(receipt: Receipt) -> str:
    came = amount(receipt.received.amount, receipt.received.unit) if receipt.received else "nothing"
    return f"{came} of {receipt.product_name} instead of {amount(receipt.ordered.amount, receipt.ordered.unit)}"


def _rest(operations: Operations, short: Sequence[Receipt]) -> str:
    """What becomes of the rest: it does not come any more, though something else may bring the same goods."""
    if not short:
        return ""
    keys = {(receipt.product_id, receipt.warehouse_id): receipt.product_name for receipt in short}
    coming = (
        (supply.expected, supply.source.name, name)
        for (product_id, warehouse_id), name in keys.items()
        if warehouse_id is not None and (pool := operations.projection.pools.get((product_id, warehouse_id)))
        for supply, left in pool.supplies
        if left > ROUNDING and supply.expected is not None
    )
    first = min(coming, default=None)
    if first is None:
        return ", and no more is expected"
    by = day(first[0], operations.zone(short[0].warehouse_id))
    return f", and the rest is not expected any more; {first[1]} brings more of {first[2]} by {by}"


def _waiting(operations: Operations, short: Sequence[Receipt]) -> tuple[Affected, ...]:
    missing = {(receipt.product_id, receipt.warehouse_id) for receipt in short}
    return each_once(
        order for product, warehouse in sorted(missing, key=str) for order in lacking(operations, product, warehouse)
    )


def _at_stake(wrong: Sequence[Receipt]) -> Money | None:
    """The value of what is missing or too much."""
    values = [
        receipt.value.share(abs(receipt.ordered.amount - receipt.received.amount), receipt.ordered.amount)
        for receipt in wrong
        if receipt.value
    ]
    return Money(sum((value.amount for value in values), Decimal(0)), values[0].currency) if values else None


def _evidence(wrong: Sequence[Receipt]) -> Iterator[Evidence]:
    yield Evidence(wrong[0].purchase, "partner_id", wrong[0].vendor_name)
    for receipt in wrong:
        line = Record("purchase.order.line", receipt.purchase_line_id, receipt.product_name)
        yield Evidence(line, "product_qty", str(receipt.ordered))
        yield Evidence(line, "qty_received", str(receipt.received))
        yield Evidence(receipt.picking, "date_done", receipt.arrived_at.isoformat())
