"""What was bought and has not all come, from whom, at which prices, and when it is bought again."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine, PurchaseOrder, Vendor, VendorPrice
from agent.domain.quantity import Quantity
from agent.domain.stock import ReorderRule
from integrations.demo.access import Reads
from integrations.demo.company import CURRENCY

#: The rest of a confirmed line comes only while a move is to bring it: a short delivery may have been closed.
OPEN = """
o.state <> 'cancel' AND l.received < l.ordered AND (o.state NOT IN ('purchase', 'done') OR EXISTS (
    SELECT 1 FROM demo.move m WHERE m.purchase_line_id = l.id AND m.state NOT IN ('draft', 'done', 'cancel')))
"""


class BuyingReads(Reads):
    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        query = f"""
            SELECT l.*, o.name AS order_name, o.state, o.ordered_at, o.warehouse_id, o.vendor_id, v.name AS vendor_name,
                p.name AS product_name, p.unit, round(l.ordered * l.unit_price, 2) AS value,
                (SELECT max(m.expected_at) FROM demo.move m
                 WHERE m.purchase_line_id = l.id AND m.state NOT IN ('draft', 'done', 'cancel')) AS receipt_expected_at
            FROM demo.purchase_line l JOIN demo.purchase_order o ON o.id = l.order_id
            JOIN demo.partner v ON v.id = o.vendor_id JOIN demo.product p ON p.id = l.product_id
            WHERE {OPEN} AND (%(ids)s::int[] IS NULL OR l.product_id = ANY (%(ids)s))"""  # noqa: S608 - constants
        ids = None if product_ids is None else list(product_ids)
        return [_line(row) for row in self._rows(query, {"ids": ids})]

    def purchases(self, ids: Sequence[int]) -> list[PurchaseOrder]:
        query = """
            SELECT o.*, v.name AS vendor_name, a.amount FROM demo.purchase_order o JOIN demo.partner v ON v.id = o.vendor_id
            JOIN (SELECT order_id, sum(round(ordered * unit_price, 2)) AS amount FROM demo.purchase_line GROUP BY 1) a
                ON a.order_id = o.id
            WHERE o.id = ANY (%(ids)s)"""
        return [
            PurchaseOrder(
                id=row.id,
                name=row.name,
                state=row.state,
                vendor_id=row.vendor_id,
                vendor_name=row.vendor_name,
                ordered_at=row.ordered_at.astimezone(UTC),
                changed_at=row.changed_at.astimezone(UTC),
                amount=Money(row.amount, CURRENCY),
                acknowledged=row.acknowledged,
                buyer=row.buyer,
                warehouse_id=row.warehouse_id,
            )
            for row in self._rows(query, {"ids": list(ids)})
        ]

    def vendors(self, ids: Sequence[int]) -> list[Vendor]:
        rows = self._rows("SELECT id, name, tags FROM demo.partner WHERE vendor AND id = ANY (%(ids)s)", {"ids": list(ids)})
        return [Vendor(row.id, row.name, frozenset(tag.casefold() for tag in row.tags)) for row in rows]

    def vendor_prices(self, product_ids: Sequence[int]) -> list[VendorPrice]:
        query = """
            SELECT s.*, v.name AS vendor_name FROM demo.vendor_price s JOIN demo.partner v ON v.id = s.vendor_id
            WHERE s.product_id = ANY (%(ids)s) AND (s.valid_until IS NULL OR s.valid_until >= current_date)
            ORDER BY s.product_id, s.id"""
        return [
            VendorPrice(
                id=row.id,
                vendor_id=row.vendor_id,
                vendor_name=row.vendor_name,
                product_id=row.product_id,
                price=Money(row.price, CURRENCY),
                minimum=row.minimum,
                lead_days=row.lead_days,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
            )
            for row in self._rows(query, {"ids": list(product_ids)})
        ]

    def reorder_rules(self) -> list[ReorderRule]:
        query = "SELECT r.*, p.unit FROM demo.reorder_rule r JOIN demo.product p ON p.id = r.product_id"
        return [
            ReorderRule(
                id=row.id,
                name=row.name,
                product_id=row.product_id,
                warehouse_id=row.warehouse_id,
                minimum=Quantity(row.minimum, row.unit),
                maximum=Quantity(row.maximum, row.unit),
                lead_days=row.lead_days,
            )
            for row in self._rows(query)
        ]


def _line(row: Any) -> PurchaseLine:
    return PurchaseLine(
        id=row.id,
        order_id=row.order_id,
        order_name=row.order_name,
        order_state=row.state,
        vendor_id=row.vendor_id,
        vendor_name=row.vendor_name,
        product_id=row.product_id,
        product_name=row.product_name,
        ordered=Quantity(row.ordered, row.unit),
        received=Quantity(row.received, row.unit),
        vendor_promise_date=row.vendor_promise_date.astimezone(UTC),
        receipt_expected_at=row.receipt_expected_at and row.receipt_expected_at.astimezone(UTC),
        for_sale_line_ids=() if row.for_sale_line_id is None else (row.for_sale_line_id,),
        value=Money(row.value, CURRENCY),
        ordered_at=row.ordered_at.astimezone(UTC),
        warehouse_id=row.warehouse_id,
    )
