"""A purchase has not come when it should have."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from agent.domain.findings import Evidence, Finding, FindingKind
from agent.domain.purchasing import PurchaseLine
from agent.risk.operations import Operations, affected, worst_of
from agent.risk.situation import days_between
from agent.risk.snapshot import grouped
from agent.risk.wording import ago, amount, day, listed, waiting_orders


def receipt_overdue(operations: Operations) -> Iterator[Finding]:
    """One finding for each confirmed purchase that is past its date by more than the policy's grace, whoever waits for it."""
    snapshot = operations.snapshot
    coming = (line for line in snapshot.purchase_lines if line.confirmed and line.outstanding and line.receipt_expected_at)
    for lines in grouped(coming, lambda line: line.order_id).values():
        warehouse_id = _warehouse(operations, lines)
        grace = operations.thresholds(warehouse_id, lines[0].vendor_id).receipt_grace_days
        deadline = operations.now - timedelta(days=grace)
        late = [line for line in lines if _due(line) < deadline]
        if late:
            yield _finding(operations, sorted(late, key=_due), warehouse_id)


def _due(line: PurchaseLine) -> datetime:
    """As announced: moving the receipt does not move the vendor's promise, nor the other way round."""
    return max(line.vendor_promise_date, line.receipt_expected_at or line.vendor_promise_date)


def _warehouse(operations: Operations, lines: Sequence[PurchaseLine]) -> int | None:
    moves = (move for line in lines for move in operations.snapshot.moves_by_purchase_line.get(line.id, ()))
    return next((move.to_warehouse_id for move in moves if move.to_warehouse_id is not None), None)


def _finding(operations: Operations, late: Sequence[PurchaseLine], warehouse_id: int | None) -> Finding:
    first, due = late[0], _due(late[0])
    overdue = {line.id for line in late}
    waiting = [
        each
        for each in operations.waiting_by_purchase.get(first.order_id, ())
        if each.peg.supply.purchase and each.peg.supply.purchase.id in overdue
    ]
    orders = affected(waiting)
    goods = listed([f"{amount(line.outstanding.amount, line.outstanding.unit)} of {line.product_name}" for line in late], most=2)
    return Finding(
        kind=FindingKind.RECEIPT_OVERDUE,
        severity=worst_of(orders),
        subject=first.record,
        since=due,
        summary=f"{first.order_name} from {first.vendor_name} was due on {day(due)} "
        f"({ago(days_between(due, operations.now))}) and has not come: {goods}{waiting_orders(orders)}.",
        evidence=tuple(_evidence(late)),
        affects=orders,
        warehouse_id=warehouse_id,
    )


def _evidence(late: Sequence[PurchaseLine]) -> Iterator[Evidence]:
    yield Evidence(late[0].record, "partner_id", late[0].vendor_name)
    for line in late:
        yield Evidence(line.line_record, "date_planned", line.vendor_promise_date.isoformat())
        yield Evidence(line.line_record, "qty_received", f"{line.received} of {line.ordered}")
        if line.receipt_expected_at:
            yield Evidence(line.line_record, "receipt date", line.receipt_expected_at.isoformat())
