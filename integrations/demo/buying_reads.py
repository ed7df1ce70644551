"""Purchases as a whole, and who sells to us; the demo distributor keeps no price lists and no reorder rules."""

from collections.abc import Sequence
from datetime import UTC

from agent.domain.money import Money
from agent.domain.purchasing import PurchaseOrder, Vendor, VendorPrice
from agent.domain.stock import ReorderRule
from integrations.demo.access import Reads
from integrations.demo.company import CURRENCY


class BuyingReads(Reads):
    def purchases(self, ids: Sequence[int]) -> list[PurchaseOrder]:
        """The moment of ordering stands for the last change, which is not kept."""
        query = """
            SELECT o.*, v.name AS vendor_name,
                (SELECT coalesce(sum(round(l.ordered * l.unit_price, 2)), 0) FROM demo.purchase_line l
                 WHERE l.order_id = o.id) AS amount
            FROM demo.purchase_order o JOIN demo.partner v ON v.id = o.vendor_id WHERE o.id = ANY (%(ids)s)"""
        return [
            PurchaseOrder(
                id=row.id,
                name=row.name,
                state=row.state,
                vendor_id=row.vendor_id,
                vendor_name=row.vendor_name,
                ordered_at=row.ordered_at.astimezone(UTC),
                changed_at=row.ordered_at.astimezone(UTC),
                amount=Money(row.amount, CURRENCY),
                acknowledged=None,
                buyer=row.buyer,
                warehouse_id=row.warehouse_id,
            )
            for row in self._rows(query, {"ids": list(ids)})
        ]

    def vendors(self, ids: Sequence[int]) -> list[Vendor]:
        query = "SELECT id, name FROM demo.partner WHERE vendor AND id = ANY (%(ids)s)"
        return [Vendor(row.id, row.name, frozenset()) for row in self._rows(query, {"ids": list(ids)})]

    def vendor_prices(self, product_ids: Sequence[int]) -> list[VendorPrice]:
        return []

    def reorder_rules(self) -> list[ReorderRule]:
        return []
