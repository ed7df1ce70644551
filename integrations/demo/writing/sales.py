"""Changes of sale orders."""

from datetime import datetime
from decimal import Decimal

from agent.domain.records import Record
from agent.errors import ErpRefused
from integrations.demo.writing.base import Writing

SET_PROMISE = "UPDATE demo.sale_order SET promise_date = %(promise)s WHERE id = %(id)s"
SET_LOCK = "UPDATE demo.sale_order SET locked = %(locked)s WHERE id = %(id)s"
TAG = """
INSERT INTO demo.order_tag (order_id, tag_id) SELECT id, %(tag)s FROM demo.sale_order WHERE id = %(id)s
ON CONFLICT (order_id, tag_id) DO UPDATE SET worn = true
"""
#: Touches the order whether or not it wears the tag, so that a missing order is noticed.
UNTAG = """
WITH untagged AS (UPDATE demo.order_tag SET worn = false WHERE order_id = %(id)s AND tag_id = %(tag)s)
UPDATE demo.sale_order SET locked = locked WHERE id = %(id)s
"""
#: What was reserved for its deliveries is free again.
CANCEL = """
WITH unsent AS (
    SELECT m.id, m.product_id, m.from_location_id, m.reserved FROM demo.move m JOIN demo.picking k ON k.id = m.picking_id
    WHERE k.sale_order_id = %(id)s AND m.state NOT IN ('done', 'cancel')),
freed AS (
    UPDATE demo.stock_level s SET reserved = s.reserved - back.reserved
    FROM (SELECT product_id, from_location_id, sum(reserved) AS reserved FROM unsent GROUP BY 1, 2) back
    WHERE s.product_id = back.product_id AND s.location_id = back.from_location_id),
moves AS (UPDATE demo.move SET state = 'cancel', reserved = 0 WHERE id IN (SELECT id FROM unsent)),
pickings AS (UPDATE demo.picking SET state = 'cancel' WHERE sale_order_id = %(id)s AND state NOT IN ('done', 'cancel'))
UPDATE demo.sale_order SET state = 'cancel' WHERE id = %(id)s AND NOT locked
"""
#: More is planned for delivery at once; less is left to the warehouse, as in Odoo 14.
SET_TERMS = """
WITH planned AS (
    UPDATE demo.move m SET demand = demand + l.ordered * (%(quantity)s / l.sold_quantity - 1) FROM demo.sale_order_line l
    WHERE l.id = %(id)s AND l.sold_quantity < %(quantity)s AND m.id = (
        SELECT min(id) FROM demo.move WHERE sale_line_id = %(id)s AND state NOT IN ('done', 'cancel')))
UPDATE demo.sale_order_line SET ordered = ordered * %(quantity)s / sold_quantity, sold_quantity = %(quantity)s,
    unit_price = %(price)s * sold_quantity / ordered, discount = %(discount)s
WHERE id = %(id)s
"""
SET_CARRIAGE = "UPDATE demo.sale_order SET carrier_id = %(carrier)s, freight = %(freight)s WHERE id = %(id)s"


class SalesWriting(Writing):
    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        if promise_date.tzinfo is None:
            raise ErpRefused("A promise date needs a time zone.")
        self._write(SET_PROMISE, order, {"promise": promise_date})

    def clear_promise_date(self, order: Record) -> None:
        self._write(SET_PROMISE, order, {"promise": None})

    def tag_order(self, order: Record, tag: Record) -> None:
        self._write(TAG, order, {"tag": tag.id})

    def untag_order(self, order: Record, tag: Record) -> None:
        self._write(UNTAG, order, {"tag": tag.id})

    def lock_order(self, order: Record) -> None:
        self._write(SET_LOCK, order, {"locked": True})

    def unlock_order(self, order: Record) -> None:
        self._write(SET_LOCK, order, {"locked": False})

    def cancel_order(self, order: Record) -> None:
        self._write(CANCEL, order, {})

    def set_line_terms(self, line: Record, quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> None:
        self._write(SET_TERMS, line, {"quantity": quantity, "price": unit_price, "discount": discount_percent})

    def set_carriage(self, order: Record, carrier: Record | None, freight: Decimal | None) -> None:
        self._write(SET_CARRIAGE, order, {"carrier": carrier.id if carrier else None, "freight": freight})
