"""What came of purchases."""

from collections.abc import Iterable
from datetime import datetime

from agent.domain.history import Receipt
from agent.domain.records import Record
from integrations.odoo.lookups import received_in
from integrations.odoo.noun import Noun
from integrations.odoo.pages import Row
from integrations.odoo.values import moment, money, quantity, stored

_DONE = ("state", "=", "done")


class Receipts(Noun):
    def receipts(self, since: datetime) -> list[Receipt]:
        if not self.pages.has_field("stock.move", "purchase_line_id"):
            return []
        arrivals = self._last_arrivals(since)
        unit = self.dialect.purchase_line_unit
        fields = ["order_id", "product_id", "product_qty", "qty_received", "date_planned", "price_subtotal", unit]
        lines = list(self.pages.read("purchase.order.line", arrivals, fields).values())
        products = self.lookups.products.by_id(line["product_id"] for line in lines)
        lines = [line for line in lines if line["product_id"] and products[line["product_id"]].goods]
        units = self.lookups.units.by_id(line[unit] for line in lines)
        fields = ["name", "partner_id", "date_approve", "date_order", "picking_type_id", "currency_id"]
        orders = self.pages.read("purchase.order", (line["order_id"] for line in lines), fields)
        vendors = self.lookups.companies.by_id(order["partner_id"] for order in orders.values())
        currencies = self.lookups.currencies.by_id(order["currency_id"] for order in orders.values())
        types = self.lookups.picking_types.by_id(order["picking_type_id"] for order in orders.values())
        pickings = self.pages.read("stock.picking", (arrivals[line["id"]]["picking_id"] for line in lines), ["name"])
        expected = self._still_expected(line["id"] for line in lines if line["qty_received"] < line["product_qty"])
        receipts = []
        for line in lines:
            order, stocked, arrival = orders[line["order_id"]], products[line["product_id"]], arrivals[line["id"]]
            product, rate = stocked.product, units[line[unit]].factor / stocked.factor
            vendor, picking = vendors[order["partner_id"]], pickings.get(arrival["picking_id"])
            purchase = Record("purchase.order", order["id"], order["name"])
            receipts.append(
                Receipt(
                    purchase_line_id=line["id"],
                    purchase=purchase,
                    picking=Record("stock.picking", picking["id"], picking["name"]) if picking else purchase,
                    vendor_id=vendor.id,
                    vendor_name=vendor.name,
                    product_id=product.id,
                    product_name=product.name,
                    ordered=quantity(line["product_qty"] * rate, product.unit),
                    received=quantity(line["qty_received"] * rate, product.unit),
                    open=line["id"] in expected,
                    ordered_at=moment(order["date_approve"] or order["date_order"]),
                    promised_at=moment(line["date_planned"] or order["date_order"]),
                    arrived_at=moment(arrival["date"]),
                    warehouse_id=received_in(types[order["picking_type_id"]]),
                    value=money(line["price_subtotal"], currencies[order["currency_id"]]),
                )
            )
        return receipts

    def _last_arrivals(self, since: datetime) -> dict[int, Row]:
        """Purchase line → the last move that brought some of it."""
        came = [_DONE, ("date", ">=", stored(since)), ("purchase_line_id", "!=", False), ("location_id.usage", "=", "supplier")]
        rows = self.pages.search("stock.move", came, ["purchase_line_id", "picking_id", "date"])
        return {row["purchase_line_id"]: row for row in sorted(rows, key=lambda row: (row["date"], row["id"]))}

    def _still_expected(self, line_ids: Iterable[int]) -> set[int]:
        """Purchase lines with an unfinished receipt."""
        unfinished = [("state", "not in", ["done", "cancel"]), ("location_dest_id.usage", "!=", "supplier")]
        rows = self.pages.search_where("stock.move", "purchase_line_id", line_ids, unfinished, ["purchase_line_id"])
        return {row["purchase_line_id"] for row in rows}
