"""Changes in the warehouse: reservations, transfers between warehouses, returns."""

from collections.abc import Sequence
from decimal import Decimal

from agent.domain.records import Record
from agent.domain.stock_changes import Reserved, ReturnOrder, TransferOrder
from integrations.demo.writing.base import Change, Writing

WAITING = """
SELECT m.id, m.product_id, m.from_location_id, m.demand - m.reserved AS lacking, p.kind = 'storable' AS counted
FROM demo.move m JOIN demo.product p ON p.id = m.product_id
WHERE m.picking_id = %(picking)s AND m.state IN ('confirmed', 'partially_available')
AND NOT EXISTS (SELECT 1 FROM demo.move_origin WHERE move_id = m.id) ORDER BY m.id
"""
FREE = """
SELECT on_hand - reserved AS free FROM demo.stock_level
WHERE product_id = %(product)s AND location_id = %(location)s FOR UPDATE
"""
MOVE = "SELECT product_id, from_location_id, reserved FROM demo.move WHERE id = %(move)s FOR UPDATE"
SET_LEVEL = """
UPDATE demo.stock_level SET reserved = reserved + %(more)s WHERE product_id = %(product)s AND location_id = %(location)s
"""
SET_RESERVED = """
UPDATE demo.move SET reserved = %(reserved)s,
    state = CASE WHEN %(reserved)s >= demand THEN 'assigned' WHEN %(reserved)s > 0 THEN 'partially_available' ELSE 'confirmed' END
WHERE id = %(move)s AND state IN ('confirmed', 'partially_available', 'assigned')
"""
#: Like Odoo shipping as soon as possible: ready once anything of it is.
SETTLE = """
UPDATE demo.picking SET state = CASE WHEN EXISTS (
    SELECT 1 FROM demo.move WHERE picking_id = %(picking)s AND state IN ('assigned', 'partially_available')
) THEN 'assigned' ELSE 'confirmed' END WHERE id = %(picking)s AND state IN ('waiting', 'confirmed', 'assigned')
"""
SET_URGENT = "UPDATE demo.picking SET urgent = %(urgent)s WHERE id = %(id)s AND state NOT IN ('done', 'cancel')"
PICKING = """
INSERT INTO demo.picking (id, name, kind, state, scheduled_at, created_at, warehouse_id, zone_id, origin, returns)
SELECT n.id, w.code || '/' || %(code)s || '/' || lpad(n.id::text, 5, '0'), %(kind)s, %(state)s, now(), now(), w.id, z.id,
    %(origin)s, %(returns)s
FROM demo.warehouse w JOIN demo.zone z ON z.warehouse_id = w.id AND z.kind = %(kind)s,
    (SELECT max(id) + 1 AS id FROM demo.picking) n
WHERE w.id = %(warehouse)s ORDER BY z.id LIMIT 1 RETURNING id
"""
NEW_MOVE = """
INSERT INTO demo.move (id, product_id, picking_id, state, demand, reserved, expected_at, from_location_id, to_location_id,
    returns)
SELECT (SELECT max(id) + 1 FROM demo.move), %(product)s, %(picking)s, %(state)s, %(quantity)s, 0, now(), %(start)s, %(end)s,
    %(returns)s
"""
SHELF = "SELECT min(id) AS id FROM demo.location WHERE warehouse_id = %(warehouse)s"
CAME = """
SELECT m.product_id, m.from_location_id, m.to_location_id, k.kind, k.warehouse_id, k.name
FROM demo.move m JOIN demo.picking k ON k.id = m.picking_id WHERE m.id = %(move)s AND m.state = 'done'
"""
RELEASE = """
UPDATE demo.stock_level s SET reserved = s.reserved - m.reserved FROM demo.move m
WHERE m.picking_id = %(id)s AND s.product_id = m.product_id AND s.location_id = m.from_location_id AND m.reserved > 0
"""
CANCEL_MOVES = "UPDATE demo.move SET state = 'cancel', reserved = 0 WHERE picking_id = %(id)s AND state <> 'done'"
CANCEL = "UPDATE demo.picking SET state = 'cancel' WHERE id = %(id)s AND state <> 'done'"


class StockWriting(Writing):
    def reserve(self, transfer: Record) -> None:
        with self._in_one(transfer) as change:
            _assign(change, transfer.id)

    def set_reserved(self, less: Sequence[Reserved], more: Sequence[Reserved]) -> None:
        changes = (*less, *more)
        with self._in_one(Record("stock.picking", changes[0].transfer_id, "The transfer")) as change:
            for each in changes:
                _reserve(change, each.move_id, each.quantity)
            for transfer in {each.transfer_id for each in changes}:
                change(SETTLE, picking=transfer)

    def set_urgent(self, transfer: Record, urgent: bool) -> None:
        self._write(SET_URGENT, transfer, {"urgent": urgent})

    def create_transfer(self, order: TransferOrder, marker: str) -> None:
        warehouse = Record("stock.warehouse", order.from_warehouse_id, "The warehouse")
        with self._in_one(warehouse) as change:
            shelves = [
                change.rows(SHELF, warehouse=each)[0].id for each in (order.from_warehouse_id, order.to_warehouse_id)
            ]  # fmt: skip
            state = "confirmed" if order.confirmed else "draft"
            [picking] = change.rows(
                PICKING, code="INT", kind="internal", state=state, origin=marker, returns=None, warehouse=warehouse.id
            )
            for goods in order.goods:
                change(
                    NEW_MOVE, product=goods.product_id, quantity=goods.quantity, picking=picking.id, state=state,
                    start=shelves[0], end=shelves[1], returns=None,
                )  # fmt: skip
            if order.confirmed:
                _assign(change, picking.id)

    def create_return(self, order: ReturnOrder, marker: str) -> None:
        with self._in_one(Record("stock.picking", order.transfer_id, "The transfer")) as change:
            came = {move: change.rows(CAME, move=move)[0] for move, _ in order.goods}
            first = next(iter(came.values()))
            back = ("receipt", "IN") if first.kind == "delivery" else ("delivery", "OUT")
            [picking] = change.rows(
                PICKING, code=back[1], kind=back[0], state="confirmed", origin=f"{first.name}, {marker}",
                returns=order.transfer_id, warehouse=first.warehouse_id,
            )  # fmt: skip
            for move, quantity in order.goods:
                change(
                    NEW_MOVE, product=came[move].product_id, quantity=quantity, picking=picking.id, state="confirmed",
                    start=came[move].to_location_id, end=came[move].from_location_id, returns=move,
                )  # fmt: skip
            _assign(change, picking.id)

    def cancel_transfer(self, transfer: Record) -> None:
        with self._in_one(transfer) as change:
            change.every(RELEASE)
            change.every(CANCEL_MOVES)
            change(CANCEL)


def _assign(change: Change, picking: int) -> None:
    """Reserve what is free for each move that lacks something; what comes from outside is always there."""
    for move in change.rows(WAITING, picking=picking):
        levels = change.rows(FREE, product=move.product_id, location=move.from_location_id)
        if levels and move.counted:
            free = max(min(levels[0].free, move.lacking), Decimal(0))
            [held] = change.rows(MOVE, move=move.id)
            if free:
                _reserve(change, move.id, held.reserved + free)
    change.every(SETTLE, picking=picking)


def _reserve(change: Change, move: int, quantity: Decimal) -> None:
    [held] = change.rows(MOVE, move=move)
    change(SET_LEVEL, product=held.product_id, location=held.from_location_id, more=quantity - held.reserved)
    change(SET_RESERVED, move=move, reserved=quantity)
