"""What each order line still needs of one product: how much, where from, and in which order lines are served."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.quantity import ROUNDING
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.domain.stock import Move
from agent.risk.pools import ZERO, turn
from agent.risk.product_records import ProductRecords
from agent.risk.supply import arrives


@dataclass(frozen=True, slots=True)
class Need:
    """Of one order line, in the stocking unit of the product that is shipped: the line's own, or a part of its kit."""

    line: SaleOrderLine
    order: SaleOrder
    warehouse_id: int | None
    need_by: datetime
    outstanding: Decimal
    reserved: Decimal
    urgent: bool


def needs_of(records: ProductRecords) -> list[Need]:
    """Lines with something left to ship, those served first in front."""
    return sorted(_needs(records), key=lambda need: turn(need.urgent, need.need_by, need.order.ordered_at, need.line.id))


def _needs(records: ProductRecords) -> Iterator[Need]:
    for line in records.lines:
        moves = records.moves_by_sale_line.get(line.id, ())
        if line.product_id == records.product_id:
            outstanding = line.ordered.amount - line.delivered.amount
        else:
            outstanding = sum((move.demand.amount for move in _last_steps(moves)), ZERO)
        if line.goods and outstanding > ROUNDING:
            leaving = [move for move in moves if not arrives(move)]
            yield _need(line, records.orders[line.order_id], outstanding, leaving)


def _need(line: SaleOrderLine, order: SaleOrder, outstanding: Decimal, leaving: Sequence[Move]) -> Need:
    """Goods leave from where the delivery says; several steps in one warehouse are one need."""
    warehouse_id, reserved = order.warehouse_id, ZERO
    here = [move for move in leaving if move.from_warehouse_id == warehouse_id]
    if leaving and not here:
        warehouse_id = leaving[0].from_warehouse_id
        here = [move for move in leaving if move.from_warehouse_id == warehouse_id]
    for move in here:
        reserved += move.reserved.amount
    urgent = any([move.urgent for move in leaving])
    return Need(line, order, warehouse_id, _need_by(line, order, leaving), outstanding, min(reserved, outstanding), urgent)


def _need_by(line: SaleOrderLine, order: SaleOrder, leaving: Sequence[Move]) -> datetime:
    """The promise; else the day the delivery is planned for; else what Odoo would plan: the order date and the customer lead."""
    if order.promise_date is not None:
        return order.promise_date
    if leaving:
        return min(move.expected_at for move in leaving)
    return order.ordered_at + timedelta(days=line.lead_days)


def _last_steps(moves: Sequence[Move]) -> list[Move]:
    """Of the moves that take goods to the customer in steps, those that no other one waits for: they say how much is owed."""
    ours = [move for move in moves if move.from_warehouse_id is not None or move.to_warehouse_id is None]
    earlier = {move_id for move in ours for move_id in move.waits_for}
    return [move for move in ours if move.id not in earlier]
