"""What came of purchases."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from agent.domain.history import Receipt
from agent.domain.records import Record
from integrations.odoo.along import Row
from integrations.odoo.bought import Bought, bought
from integrations.odoo.noun import Noun
from integrations.odoo.values import moment, stored

_DONE = ("state", "=", "done")


class Receipts(Noun):
    def receipts(self, since: datetime) -> list[Receipt]:
        if not self.pages.has_field("stock.move", "purchase_line_id"):
            return []
        arrivals = self._last_arrivals(since)
        fields = ["order_id", "product_id", "product_qty", "qty_received", "date_planned", "price_subtotal"]
        lines = list(self.pages.read("purchase.order.line", arrivals, [*fields, self.dialect.purchase_line_unit]).values())
        products = self.lookups.products.by_id(line["product_id"] for line in lines)
        lines = [line for line in lines if line["product_id"] and products[line["product_id"]].goods]
        named = bought(self, lines, products)
        pickings = self.pages.read("stock.picking", (arrivals[line["id"]]["picking_id"] for line in lines), ["name"])
        expected = self._still_expected(line["id"] for line in lines if line["qty_received"] < line["product_qty"])
        return [_receipt(line, named, arrivals[line["id"]], pickings, line["id"] in expected) for line in lines]

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


def _receipt(line: Row, named: Bought, arrival: Row, pickings: Mapping[int, Row], still_open: bool) -> Receipt:
    order, vendor, product, picking = (
        named.order(line),
        named.vendor(line),
        named.product(line),
        pickings.get(arrival["picking_id"]),
    )
    purchase = Record("purchase.order", order["id"], order["name"])
    return Receipt(
        purchase_line_id=line["id"],
        purchase=purchase,
        picking=Record("stock.picking", picking["id"], picking["name"]) if picking else purchase,
        vendor_id=vendor.id,
        vendor_name=vendor.name,
        product_id=product.id,
        product_name=product.name,
        ordered=named.quantity(line, "product_qty"),
        received=named.quantity(line, "qty_received"),
        open=still_open,
        ordered_at=named.ordered_at(line),
        promised_at=named.promised_at(line),
        arrived_at=moment(arrival["date"]),
        warehouse_id=named.warehouse_id(line),
        value=named.value(line),
    )
