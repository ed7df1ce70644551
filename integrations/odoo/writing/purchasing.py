"""Changes of purchases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.domain.records import Record
from agent.domain.stock_changes import PurchaseGoods
from agent.errors import ErpRefused
from integrations.odoo.noun import Noun
from integrations.odoo.values import stored
from integrations.odoo.writing.base import Writing


class PurchasingWriting(Writing):
    def set_vendor_dates(self, purchase: Record, lines: Mapping[int, datetime]) -> None:
        self._write_lines(purchase, {line: {"date_planned": stored(moment)} for line, moment in lines.items()})

    def create_purchase(
        self, vendor: Record, warehouse_id: int, goods: Sequence[PurchaseGoods], arrives: datetime, marker: str
    ) -> None:
        noun = Noun(self.connection)
        products = noun.pages.read("product.product", [each.product_id for each in goods], ["name", "uom_id"])
        house = noun.pages.read("stock.warehouse", [warehouse_id], ["in_type_id"])[warehouse_id]
        unit = self.connection.dialect.purchase_line_unit
        lines = [
            {
                "product_id": each.product_id, "product_qty": float(each.quantity), "price_unit": float(each.price.amount),
                "date_planned": stored(arrives), "name": products[each.product_id]["name"],
                unit: products[each.product_id]["uom_id"], **self._nothing_off(),
            }
            for each in goods
        ]  # fmt: skip
        values = {
            "partner_id": vendor.id, "origin": marker, "picking_type_id": house["in_type_id"],
            "currency_id": self._currency(goods[0].price.currency), "order_line": [(0, 0, line) for line in lines],
        }  # fmt: skip
        self.connection.change("purchase.order", "create", vals_list=[values])

    def confirm_purchase(self, purchase: Record) -> None:
        self.connection.change("purchase.order", "button_confirm", ids=[purchase.id])

    def approve_purchase(self, purchase: Record) -> None:
        self.connection.change("purchase.order", "button_approve", ids=[purchase.id])

    def cancel_purchase(self, purchase: Record) -> None:
        self.connection.change("purchase.order", "button_cancel", ids=[purchase.id])

    def set_vendor(self, purchase: Record, vendor: Record, prices: Mapping[int, Decimal]) -> None:
        """Prices are what is paid for the stocking unit; Odoo keeps one for the line's own."""
        noun, unit = Noun(self.connection), self.connection.dialect.purchase_line_unit
        rows = noun.pages.read("purchase.order.line", prices, ["product_id", unit])
        products = noun.lookups.products.by_id(row["product_id"] for row in rows.values())
        units = noun.lookups.units.by_id(row[unit] for row in rows.values())
        rates = {key: units[row[unit]].factor / products[row["product_id"]].factor for key, row in rows.items()}
        lines = {key: {"price_unit": float(price) * rates[key], **self._nothing_off()} for key, price in prices.items()}
        self._write_lines(purchase, lines, partner_id=vendor.id)

    def _nothing_off(self) -> dict[str, float]:
        """A discount that stayed on a line, or came from the vendor's price list, would make it cheaper than was approved."""
        return dict.fromkeys(self.connection.dialect.purchase_discount, 0.0)

    def _write_lines(self, purchase: Record, lines: Mapping[int, dict[str, Any]], **values: Any) -> None:
        changes = [(1, line, changed) for line, changed in lines.items()]
        # from 17 on Odoo would otherwise make dates, names and discounts anew for another vendor
        as_it_is = {"skip_uom_conversion": True}
        vals = {**values, "order_line": changes}
        self.connection.change("purchase.order", "write", ids=[purchase.id], vals=vals, context=as_it_is)

    def _currency(self, name: str) -> int:
        found: list[int] = self.connection.ask("res.currency", "search", domain=[("name", "=", name)], limit=1)
        if not found:
            raise ErpRefused(f"The currency {name} is not active in Odoo; a purchase cannot be made in it.")
        return found[0]
