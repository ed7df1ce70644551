"""A purchase has not come when it should have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind
from agent.domain.purchasing import PurchaseLine
from agent.domain.stock import Move
from agent.risk.operations import Operations, Waiting, affected, worst_of
from agent.risk.snapshot import Snapshot, grouped
from agent.risk.supply import arrives
from agent.risk.wording import ago, amount, day, listed, waiting_orders


@dataclass(frozen=True, slots=True)
class Overdue:
    """What of one purchase line is late: all of it, or the receipts that were announced for an earlier day than others."""

    line: PurchaseLine
    due: datetime
    amount: Decimal
    moves: frozenset[int]

    def holds_up(self, waiting: Waiting) -> bool:
        supply = waiting.peg.supply
        return (
            supply.purchase is not None
            and supply.purchase.id == self.line.id
            and (not supply.move or supply.move.id in self.moves)
        )


def receipt_overdue(operations: Operations) -> Iterator[Finding]:
    """One finding for each confirmed purchase that is past its date by more than the policy's grace, whoever waits for it.

    What goes straight to the customer is overdue like anything else.
    """
    snapshot = operations.snapshot
    coming = (line for line in snapshot.purchase_lines if line.confirmed and line.outstanding and line.receipt_expected_at)
    for lines in grouped(coming, lambda line: line.order_id).values():
        warehouse_id = _warehouse(snapshot, lines)
        grace = operations.thresholds(warehouse_id, lines[0].vendor_id).receipt_grace_days
        deadline = operations.now - timedelta(days=grace)
        late = [found for line in lines if (found := _overdue(snapshot, line, deadline))]
        if late:
            yield _finding(operations, sorted(late, key=lambda found: found.due), warehouse_id)


def _overdue(snapshot: Snapshot, line: PurchaseLine, deadline: datetime) -> Overdue | None:
    if line.vendor_promise_date >= deadline:
        return None
    moves = [move for move in snapshot.moves_by_purchase_line.get(line.id, ()) if arrives(move)]
    late = [move for move in moves if move.expected_at < deadline]
    if moves and not late:
        return None
    if not moves and _due(line, line.receipt_expected_at) >= deadline:
        return None
    due = min((_due(line, move.expected_at) for move in late), default=_due(line, line.receipt_expected_at))
    return Overdue(line, due, _amount(line, moves, late), frozenset(move.id for move in late))


def _due(line: PurchaseLine, receipt_at: datetime | None) -> datetime:
    """As announced: moving the receipt does not move the vendor's promise, nor the other way round."""
    return max(line.vendor_promise_date, receipt_at or line.vendor_promise_date)


def _amount(line: PurchaseLine, moves: Sequence[Move], late: Sequence[Move]) -> Decimal:
    if len(late) == len(moves):
        return line.outstanding.amount
    return sum((move.demand.amount for move in late), Decimal(0))


def _warehouse(snapshot: Snapshot, lines: Sequence[PurchaseLine]) -> int | None:
    """Where it comes to; of what goes straight to the customer, the one that its purchase names, if any."""
    moves = (move for line in lines for move in snapshot.moves_by_purchase_line.get(line.id, ()))
    named = chain((line.warehouse_id for line in lines), (move.to_warehouse_id for move in moves))
    found = next((warehouse_id for warehouse_id in named if warehouse_id is not None), None)
    purchase = snapshot.purchases_by_id.get(lines[0].order_id)
    return purchase.warehouse_id if purchase and found is None else found


def _finding(operations: Operations, late: Sequence[Overdue], warehouse_id: int | None) -> Finding:
    zone = operations.zone(warehouse_id)
    first, due = late[0].line, late[0].due
    waiting = operations.waiting_by_purchase.get(first.order_id, ())
    orders = affected(each for each in waiting if any(found.holds_up(each) for found in late))
    goods = listed([f"{amount(found.amount, found.line.ordered.unit)} of {found.line.product_name}" for found in late], most=2)
    return Finding(
        kind=FindingKind.RECEIPT_OVERDUE,
        severity=worst_of(orders),
        subject=first.record,
        since=due,
        summary=f"{first.order_name} from {first.vendor_name} was due on {day(due, zone)} "
        f"({ago(days_between(due, operations.now, zone))}) and has not come: {goods}{waiting_orders(orders)}.",
        evidence=tuple(_evidence(late)),
        affects=orders,
        warehouse_id=warehouse_id,
    )


def _evidence(late: Sequence[Overdue]) -> Iterator[Evidence]:
    yield Evidence(late[0].line.record, "partner_id", late[0].line.vendor_name)
    for found in late:
        line = found.line
        yield Evidence(line.line_record, "date_planned", line.vendor_promise_date.isoformat())
        yield Evidence(line.line_record, "qty_received", f"{line.received} of {line.ordered}")
        if line.receipt_expected_at:
            yield Evidence(line.line_record, "receipt date", line.receipt_expected_at.isoformat())
