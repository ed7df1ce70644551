"""Goods did not pass a quality check."""

from collections.abc import Iterator
from datetime import timedelta

from agent.domain.findings import Affected, Evidence, Finding, FindingKind, Severity
from agent.domain.history import QualityFailure
from agent.domain.stock import Picking
from agent.risk.operations import Operations, affected, worst_of
from agent.risk.wording import day, waiting_orders


def quality_failed(operations: Operations) -> Iterator[Finding]:
    """One finding for each check that failed within the policy's window, with the orders that count on that transfer."""
    history = operations.snapshot.history
    for failure in history.quality_failures if history else ():
        picking = operations.snapshot.pickings_by_id.get(failure.picking.id) if failure.picking else None
        warehouse_id = picking.warehouse_id if picking else None
        window = timedelta(days=operations.thresholds(warehouse_id).event_window_days)
        if operations.now - window <= failure.at <= operations.now:
            yield _finding(operations, failure, picking, warehouse_id)


def _finding(operations: Operations, failure: QualityFailure, picking: Picking | None, warehouse_id: int | None) -> Finding:
    orders = _orders(operations, failure, picking)
    lot = f" (lot {failure.lot})" if failure.lot else ""
    where = f" in {failure.picking.name}" if failure.picking else ""
    return Finding(
        kind=FindingKind.QUALITY_FAILED,
        severity=worst_of(orders, Severity.MEDIUM),
        subject=failure.record,
        since=failure.at,
        summary=f"{failure.product_name}{lot} did not pass quality check {failure.record.name}{where} "
        f"on {day(failure.at, operations.zone(warehouse_id))}{waiting_orders(orders)}.",
        evidence=tuple(_evidence(failure)),
        affects=orders,
        warehouse_id=warehouse_id,
    )


def _orders(operations: Operations, failure: QualityFailure, picking: Picking | None) -> tuple[Affected, ...]:
    """Those that the transfer brings this product for, or the one that it delivers."""
    if picking is None:
        return ()
    waiting = operations.waiting_by_picking.get(picking.id, ())
    found = affected(each for each in waiting if failure.product_id in (None, each.peg.supply.product_id))
    own = operations.situations_by_order.get(picking.sale_order_id) if picking.sale_order_id else None
    if own is None or own.order.id in {order.order.id for order in found}:
        return found
    goods = [line for line in own.lines if failure.product_id in (None, line.product_id)] or own.lines
    return (own.affected(goods, Severity.HIGH if own.promised_within_horizon() else Severity.MEDIUM), *found)


def _evidence(failure: QualityFailure) -> Iterator[Evidence]:
    yield Evidence(failure.record, "result", "failed")
    yield Evidence(failure.record, "date", failure.at.isoformat())
    if failure.picking:
        yield Evidence(failure.record, "picking_id", failure.picking.name)
    if failure.lot:
        yield Evidence(failure.record, "lot_id", failure.lot)
