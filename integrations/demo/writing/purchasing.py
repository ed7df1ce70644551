"""Changes of purchases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from agent.domain.records import Record
from agent.domain.stock_changes import PurchaseGoods
from agent.errors import ErpRefused
from integrations.demo.company import CURRENCY
from integrations.demo.writing.base import Change, Writing

SET_DATE = "UPDATE demo.purchase_line SET vendor_promise_date = %(moment)s WHERE id = %(line)s AND order_id = %(id)s"
SET_PRICE = "UPDATE demo.purchase_line SET unit_price = %(price)s WHERE id = %(line)s AND order_id = %(id)s"
TOUCH = "UPDATE demo.purchase_order SET changed_at = now() WHERE id = %(id)s"
SET_VENDOR = """
UPDATE demo.purchase_order SET vendor_id = %(vendor)s, changed_at = now() WHERE id = %(id)s AND state IN ('draft', 'sent')
"""
NEW_ORDER = """
INSERT INTO demo.purchase_order (id, name, vendor_id, state, ordered_at, warehouse_id, buyer, acknowledged, changed_at, origin)
SELECT n.id, 'P' || lpad(n.number::text, 5, '0'), %(id)s, 'draft', now(), %(warehouse)s, 'Expediter', false, now(), %(marker)s
FROM (SELECT max(id) + 1 AS id, max(substr(name, 2)::int) + 1 AS number FROM demo.purchase_order) n RETURNING id
"""
NEW_LINE = """
INSERT INTO demo.purchase_line (id, order_id, product_id, ordered, received, unit_price, vendor_promise_date)
SELECT (SELECT max(id) + 1 FROM demo.purchase_line), %(order)s, %(product)s, %(quantity)s, 0, %(price)s, %(arrives)s
"""
CONFIRM = "UPDATE demo.purchase_order SET state = 'purchase', changed_at = now() WHERE id = %(id)s AND state = ANY (%(states)s)"
RECEIPT = """
INSERT INTO demo.picking (id, name, kind, state, scheduled_at, created_at, warehouse_id, zone_id, purchase_order_id)
SELECT n.id, w.code || '/IN/' || lpad(n.id::text, 5, '0'), 'receipt', 'assigned', (
    SELECT max(vendor_promise_date) FROM demo.purchase_line WHERE order_id = o.id), now(), w.id, z.id, o.id
FROM demo.purchase_order o JOIN demo.warehouse w ON w.id = o.warehouse_id
JOIN demo.zone z ON z.warehouse_id = w.id AND z.kind = 'receipt', (SELECT max(id) + 1 AS id FROM demo.picking) n
WHERE o.id = %(id)s ORDER BY z.id LIMIT 1 RETURNING id
"""
RECEIPT_MOVES = """
INSERT INTO demo.move (id, product_id, picking_id, state, demand, reserved, expected_at, from_location_id, to_location_id,
    purchase_line_id)
SELECT (SELECT max(id) FROM demo.move) + row_number() OVER (ORDER BY l.id), l.product_id, %(picking)s, 'assigned', l.ordered,
    l.ordered, l.vendor_promise_date, (SELECT min(id) FROM demo.location WHERE usage = 'vendor'),
    (SELECT min(s.id) FROM demo.location s WHERE s.warehouse_id = o.warehouse_id), l.id
FROM demo.purchase_line l JOIN demo.purchase_order o ON o.id = l.order_id WHERE o.id = %(id)s
"""
CANCEL = """
UPDATE demo.purchase_order SET state = 'cancel', changed_at = now() WHERE id = %(id)s AND state <> 'cancel'
AND NOT EXISTS (SELECT 1 FROM demo.purchase_line WHERE order_id = %(id)s AND received > 0)
"""
CANCEL_MOVES = """
UPDATE demo.move SET state = 'cancel', reserved = 0 WHERE state <> 'done'
AND picking_id IN (SELECT id FROM demo.picking WHERE purchase_order_id = %(id)s)
"""
CANCEL_RECEIPTS = "UPDATE demo.picking SET state = 'cancel' WHERE purchase_order_id = %(id)s AND state <> 'done'"


class PurchasingWriting(Writing):
    def set_vendor_dates(self, purchase: Record, lines: Mapping[int, datetime]) -> None:
        with self._in_one(purchase) as change:
            for line, moment in lines.items():
                change(SET_DATE, line=line, moment=moment)
            change(TOUCH)

    def create_purchase(
        self, vendor: Record, warehouse_id: int, goods: Sequence[PurchaseGoods], arrives: datetime, marker: str
    ) -> None:
        if any(each.price.currency != CURRENCY for each in goods):
            raise ErpRefused(f"The demo distributor buys in {CURRENCY} only.")
        with self._in_one(vendor) as change:
            [order] = change.rows(NEW_ORDER, warehouse=warehouse_id, marker=marker)
            for each in goods:
                change(
                    NEW_LINE, order=order.id, product=each.product_id, quantity=each.quantity, price=each.price.amount,
                    arrives=arrives,
                )  # fmt: skip

    def confirm_purchase(self, purchase: Record) -> None:
        with self._in_one(purchase) as change:
            _confirm(change, ["draft", "sent"])

    def approve_purchase(self, purchase: Record) -> None:
        with self._in_one(purchase) as change:
            _confirm(change, ["to approve"])

    def cancel_purchase(self, purchase: Record) -> None:
        with self._in_one(purchase) as change:
            change(CANCEL)
            change.every(CANCEL_MOVES)
            change.every(CANCEL_RECEIPTS)

    def set_vendor(self, purchase: Record, vendor: Record, prices: Mapping[int, Decimal]) -> None:
        with self._in_one(purchase) as change:
            change(SET_VENDOR, vendor=vendor.id)
            for line, price in prices.items():
                change(SET_PRICE, line=line, price=price)


def _confirm(change: Change, states: list[str]) -> None:
    change(CONFIRM, states=states)
    [picking] = change.rows(RECEIPT)
    change.every(RECEIPT_MOVES, picking=picking.id)
