"""A transfer inside a warehouse, or between two of them, is late."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind
from agent.domain.records import Record
from agent.domain.stock import Move, Picking, PickingKind
from agent.risk.operations import Operations, Waiting, affected, worst_of
from agent.risk.snapshot import grouped
from agent.risk.wording import ago, amount, day, listed, waiting_orders

STATES = {"assigned": "ready to move", "confirmed": "waiting for stock"}


def transfer_overdue(operations: Operations) -> Iterator[Finding]:
    """One finding for each that is late by more than the policy's grace, whoever waits for it.

    What belongs to a customer's order is `picking_stalled`, to a purchase `receipt_overdue`; what waits for another transfer is
    told there.
    """
    late = [picking for picking in operations.snapshot.pickings if picking.state in STATES and _late(operations, picking)]
    after = _after(operations) if late else {}
    for picking in late:
        if picking.kind is PickingKind.INTERNAL or _between_warehouses(operations, picking, after):
            yield _finding(operations, picking, after)


def _due(picking: Picking) -> datetime:
    """Nothing is late before it exists."""
    return max(picking.scheduled_at, picking.created_at)


def _late(operations: Operations, picking: Picking) -> bool:
    if picking.sale_order_id is not None or picking.purchase_order_id is not None:
        return False
    grace = operations.thresholds(picking.warehouse_id).transfer_grace_hours
    return _due(picking) < operations.now - timedelta(hours=grace)


def _after(operations: Operations) -> Mapping[int, Sequence[Move]]:
    """Move → those that wait for it."""
    pairs = ((earlier, move) for move in operations.snapshot.moves for earlier in move.waits_for)
    return {key: [move for _, move in found] for key, found in grouped(pairs, lambda pair: pair[0]).items()}


def _between_warehouses(operations: Operations, picking: Picking, after: Mapping[int, Sequence[Move]]) -> bool:
    """The leg out of one warehouse, or the leg into another; what comes from outside or goes there is none."""
    for move in operations.snapshot.moves_by_picking.get(picking.id, ()):
        if move.sale_line_id is None and move.purchase_line_id is None:
            if move.from_warehouse_id is None:
                return move.to_warehouse_id is not None and bool(move.waits_for)
            return any(later.to_warehouse_id not in (None, move.from_warehouse_id) for later in after.get(move.id, ()))
    return False


def _waiting(operations: Operations, moves: Sequence[Move], after: Mapping[int, Sequence[Move]]) -> list[Waiting]:
    """Order lines that count on what these bring, themselves or by the leg that follows."""
    legs = [*moves, *(later for move in moves for later in after.get(move.id, ()))]
    bringing = {move.picking_id: None for move in legs if move.picking_id is not None}
    products = {move.product_id for move in moves}
    waiting = [each for key in bringing for each in operations.waiting_by_picking.get(key, ())]
    return [each for each in waiting if each.peg.supply.product_id in products]


def _finding(operations: Operations, picking: Picking, after: Mapping[int, Sequence[Move]]) -> Finding:
    zone = operations.zone(picking.warehouse_id)
    moves, due = operations.snapshot.moves_by_picking.get(picking.id, ()), _due(picking)
    orders = affected(_waiting(operations, moves, after))
    planned = f"{day(due, zone)} ({ago(days_between(due, operations.now, zone))})"
    return Finding(
        kind=FindingKind.TRANSFER_OVERDUE,
        severity=worst_of(orders),
        subject=picking.record,
        since=due,
        summary=f"{picking.name}{_goods(operations, moves)} was planned for {planned} and is "
        f"{STATES[picking.state]}{waiting_orders(orders)}.",
        evidence=tuple(_evidence(picking, moves)),
        affects=orders,
        warehouse_id=picking.warehouse_id,
    )


def _goods(operations: Operations, moves: Sequence[Move]) -> str:
    known = operations.snapshot.products
    goods = [f"{amount(m.demand.amount, m.demand.unit)} of {known[m.product_id].name}" for m in moves if m.product_id in known]
    return f" with {listed(goods, most=2)}" if goods else ""


def _evidence(picking: Picking, moves: Sequence[Move]) -> Iterator[Evidence]:
    yield Evidence(picking.record, "state", picking.state)
    yield Evidence(picking.record, "scheduled_date", picking.scheduled_at.isoformat())
    yield Evidence(picking.record, "user_id", picking.responsible or "nobody")
    for move in moves:
        yield Evidence(Record("stock.move", move.id, move.reference), "reserved", f"{move.reserved} of {move.demand}")
