"""What will come in: receipts, transfers from other warehouses and purchases, each with the day it can be counted on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.purchasing import PurchaseLine
from agent.domain.records import Record
from agent.domain.stock import Move
from agent.risk.product_records import ProductRecords
from agent.risk.snapshot import grouped
from agent.risk.steps import put_aways
from agent.risk.terms import Terms


@dataclass(frozen=True, slots=True)
class Supply:
    """Goods of one product that are on their way, in the stocking unit."""

    source: Record
    """The purchase or the transfer that brings them."""
    product_id: int
    warehouse_id: int | None
    """None: straight to the customer, or the purchase is not confirmed."""
    amount: Decimal
    due: datetime
    """As announced. For a purchase the later of the vendor's promise (`date_planned`) and the receipt's date: in Odoo moving one
    does not move the other, and its own forecast sees the receipt alone. For one that is not confirmed: if it were confirmed now.
    """
    expected: datetime | None
    """When it can leave again, to count on: never past. None when the purchase is not confirmed, or the sending warehouse has
    nothing to send."""
    move: Move | None
    purchase: PurchaseLine | None


def arrives(move: Move) -> bool:
    """Whether the move brings goods into a warehouse, or from a vendor straight to a customer."""
    if move.to_warehouse_id is None:
        return move.from_warehouse_id is None and move.purchase_line_id is not None
    return move.to_warehouse_id != move.from_warehouse_id


def supplies(records: ProductRecords, terms: Terms) -> list[Supply]:
    """Every supply of the product, as announced. What is overdue is expected after the grace from now.

    A confirmed purchase counts by its open receipts alone: what has none was cancelled or sent back.
    """
    coming = [_of_move(records, move, terms) for move in records.moves if arrives(move)]
    coming += [_of_put_away(records, step, terms) for step in put_aways(records)]
    coming += [_of_draft(records.now, line) for line in records.purchase_lines if not line.confirmed]
    return coming


def supplies_by_sale_line(records: ProductRecords, coming: Sequence[Supply]) -> dict[int, list[Supply]]:
    """Sale order line id → the supplies made for it: purchases that name it, and what its moves wait for."""
    if not coming:
        return {}
    by_move = grouped(coming, lambda supply: supply.move.id if supply.move else None)
    own: dict[int, dict[int, Supply]] = {}
    for supply in coming:
        for line_id in supply.purchase.for_sale_line_ids if supply.purchase else ():
            own.setdefault(line_id, {})[id(supply)] = supply
    for line_id, moves in records.moves_by_sale_line.items():
        for move_id in _upstream(records, moves):
            for supply in by_move.get(move_id, ()):
                own.setdefault(line_id, {})[id(supply)] = supply
    return {line_id: list(found.values()) for line_id, found in own.items()}


def _upstream(records: ProductRecords, moves: Sequence[Move]) -> Iterator[int]:
    """Ids of all moves that these wait for, and of those among them that come from a vendor straight to the customer."""
    seen: set[int] = set()
    waiting = [
        move
        for move in moves
        if (move.waits_for or move.purchase_line_id is not None) and (move.to_warehouse_id is None or not arrives(move))
    ]
    yield from (move.id for move in waiting if move.purchase_line_id is not None)
    while waiting:
        for move_id in waiting.pop().waits_for:
            if move_id in seen:
                continue
            seen.add(move_id)
            yield move_id
            if earlier := records.moves_by_id.get(move_id):
                waiting.append(earlier)


def _of_move(records: ProductRecords, move: Move, terms: Terms) -> Supply:
    purchase = records.purchase_lines_by_id.get(move.purchase_line_id) if move.purchase_line_id is not None else None
    due = max(move.expected_at, purchase.vendor_promise_date) if purchase else move.expected_at
    source = purchase.record if purchase else _transfer(move)
    arrival = due
    if due < records.now:
        arrival = records.now + terms.grace(move.to_warehouse_id, purchase.vendor_id if purchase else None)
    expected = terms.ships(move.to_warehouse_id, arrival)
    return Supply(source, move.product_id, move.to_warehouse_id, move.demand.amount, due, expected, move, purchase)


def _of_put_away(records: ProductRecords, step: Move, terms: Terms) -> Supply:
    """The goods are in the house: however late the step is, they can be had now."""
    expected = terms.ships(step.to_warehouse_id, max(step.expected_at, records.now))
    return Supply(
        _transfer(step), step.product_id, step.to_warehouse_id, step.reserved.amount, step.expected_at, expected, step, None
    )


def _of_draft(now: datetime, line: PurchaseLine) -> Supply:
    """The vendor needs as long from the day it is ordered as the draft allows for, so what is not ordered yet comes later."""
    due = line.vendor_promise_date
    if line.ordered_at is not None and line.ordered_at < now:
        due = max(due, now + (line.vendor_promise_date - line.ordered_at))
    return Supply(line.record, line.product_id, None, line.outstanding.amount, due, None, None, line)


def _transfer(move: Move) -> Record:
    if move.picking_id is None:
        return Record("stock.move", move.id, move.reference)
    return Record("stock.picking", move.picking_id, move.reference)
