"""How a vendor has delivered: receipts as events, lately and before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.findings import Evidence
from agent.domain.history import Receipt
from agent.domain.purchasing import PurchaseLine
from agent.domain.records import Record
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations
from agent.risk.snapshot import grouped


@dataclass(frozen=True, slots=True)
class Past:
    """What came of one vendor's purchases, with the thresholds that hold for it."""

    vendor: Record
    thresholds: Thresholds
    recent: Sequence[Receipt]
    earlier: Sequence[Receipt]

    @property
    def warehouse_id(self) -> int | None:
        """Of the recent receipts, when they all came to one."""
        found = {receipt.warehouse_id for receipt in self.recent}
        return next(iter(found)) if len(found) == 1 else None


def pasts(operations: Operations) -> Iterator[Past]:
    """Of each vendor that something ever came from. What is still open has no outcome yet."""
    history = operations.snapshot.history
    if history is None:
        return
    closed = (receipt for receipt in history.receipts if not receipt.open)
    for vendor_id, receipts in grouped(closed, lambda receipt: receipt.vendor_id).items():
        last = max(receipts, key=lambda receipt: receipt.arrived_at)
        thresholds = operations.thresholds(last.warehouse_id, vendor_id)
        yield _past(Record("res.partner", vendor_id, last.vendor_name), thresholds, receipts, operations.now)


def _past(vendor: Record, thresholds: Thresholds, receipts: Sequence[Receipt], now: datetime) -> Past:
    window = now - timedelta(days=thresholds.trend_window_days)
    oldest = now - timedelta(days=thresholds.trend_history_days)
    recent = [receipt for receipt in receipts if receipt.arrived_at >= window]
    return Past(vendor, thresholds, recent, [receipt for receipt in receipts if oldest <= receipt.arrived_at < window])


def together(receipts: Iterable[Receipt]) -> list[list[Receipt]]:
    """Lines that came on one receipt: a single event, for what delays or shortens one of them often does so to all."""
    return list(grouped(receipts, lambda receipt: (receipt.picking.model, receipt.picking.id)).values())


def to_come(operations: Operations, vendor_id: int) -> list[PurchaseLine]:
    """Confirmed purchase lines of the vendor with goods on their way, by the vendor's promise."""
    lines = operations.snapshot.purchase_lines_by_vendor.get(vendor_id, ())
    coming = (line for line in lines if line.confirmed and line.outstanding and line.receipt_expected_at)
    return sorted(coming, key=lambda line: (line.vendor_promise_date, line.id))


def mostly(products: Sequence[Iterable[str]]) -> str:
    """`, mostly Oak Desk` when at least half of several bad events are about it; `products` are each event's goods."""
    counts = Counter(name for names in products for name in set(names))
    if len(products) < 2 or not counts:
        return ""
    name, number = max(counts.items(), key=lambda found: (found[1], found[0]))
    return f", mostly {name}" if number > 1 and number * 2 >= len(products) else ""


def evidence_of(receipt: Receipt) -> Iterator[Evidence]:
    line = Record("purchase.order.line", receipt.purchase_line_id, f"{receipt.purchase.name}, {receipt.product_name}")
    yield Evidence(receipt.picking, "date_done", receipt.arrived_at.isoformat())
    yield Evidence(line, "date_planned", receipt.promised_at.isoformat())
    yield Evidence(line, "qty_received", f"{receipt.received} of {receipt.ordered}")
