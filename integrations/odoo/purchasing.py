"""Purchase lines and what they were bought for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from agent.domain.purchasing import PurchaseLine
from integrations.odoo.lookups import received_in
from integrations.odoo.noun import Noun
from integrations.odoo.pages import Row
from integrations.odoo.values import moment, money, quantity

_ALIVE: list[Any] = [
    ("order_id.state", "in", ["draft", "sent", "to approve", "purchase", "done"]),
    ("order_id.receipt_status", "!=", "full"),  # a purchase without a receipt yet has no status, and `!=` finds it
    ("display_type", "=", False),
    ("product_id", "!=", False),
]

#: With the vendor: what comes of it comes with an open receipt, and a rest without one was cancelled or sent back.
_CONFIRMED = ("purchase", "done")

#: The order line that a purchase goes straight to, from the vendor to the customer; empty for what is made to order.
_SOLD_AS = "sale_line_id"


class Purchasing(Noun):
    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        return self._purchase_lines(self._alive("product_id", product_ids))

    def purchase_lines_again(self, purchase_ids: Sequence[int], line_ids: Sequence[int]) -> list[PurchaseLine]:
        rows = [*self._alive("order_id", purchase_ids), *self._alive("id", line_ids)]
        return self._purchase_lines(list({row["id"]: row for row in rows}.values()))

    def _purchase_lines(self, rows: list[Row]) -> list[PurchaseLine]:
        unit = self.dialect.purchase_line_unit
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        rows = [row for row in rows if products[row["product_id"]].goods and row["qty_received"] < row["product_qty"]]
        units = self.lookups.units.by_id(row[unit] for row in rows)
        orders = self.pages.read(
            "purchase.order",
            (row["order_id"] for row in rows),
            ["name", "state", "partner_id", "date_order", "picking_type_id", "currency_id"],
        )
        types = self.lookups.picking_types.by_id(order["picking_type_id"] for order in orders.values())
        vendors = self.lookups.companies.by_id(order["partner_id"] for order in orders.values())
        currencies = self.lookups.currencies.by_id(order["currency_id"] for order in orders.values())
        expected = self._receipts_expected(row["id"] for row in rows)
        sold = self._sale_lines_behind(rows)
        lines = []
        for row in rows:
            order, stocked = orders[row["order_id"]], products[row["product_id"]]
            if order["state"] in _CONFIRMED and row["id"] not in expected:
                continue
            product, rate = stocked.product, units[row[unit]].factor / stocked.factor
            vendor = vendors[order["partner_id"]]
            lines.append(
                PurchaseLine(
                    row["id"],
                    order["id"],
                    order["name"],
                    order["state"],
                    vendor.id,
                    vendor.name,
                    product.id,
                    product.name,
                    quantity(row["product_qty"] * rate, product.unit),
                    quantity(row["qty_received"] * rate, product.unit),
                    moment(row["date_planned"] or order["date_order"]),
                    expected.get(row["id"]),
                    sold.get(row["id"], ()),
                    ordered_at=moment(order["date_order"]),
                    warehouse_id=received_in(types.get(order["picking_type_id"])),
                    value=money(row["price_subtotal"], currencies[order["currency_id"]]),
                )
            )
        return lines

    def _alive(self, field: str, values: Sequence[int] | None) -> list[Row]:
        """Whole, or those whose `field` is one of the values."""
        sold_as = [_SOLD_AS] if self.pages.has_field("purchase.order.line", _SOLD_AS) else []
        fields = ["order_id", "product_id", "product_qty", "qty_received", "price_subtotal", "date_planned", "move_dest_ids"]
        fields += [self.dialect.purchase_line_unit, *sold_as]
        if values is None:
            return self.pages.search("purchase.order.line", _ALIVE, fields)
        return self.pages.search_where("purchase.order.line", field, values, _ALIVE, fields)

    def _receipts_expected(self, line_ids: Iterable[int]) -> dict[int, datetime]:
        """Purchase line → the latest date of its unfinished receipt moves."""
        unfinished = [("state", "not in", ["done", "cancel"]), ("location_dest_id.usage", "!=", "supplier")]
        rows = self.pages.search_where("stock.move", "purchase_line_id", line_ids, unfinished, ["purchase_line_id", "date"])
        latest: dict[int, datetime] = {}
        for row in rows:
            date = moment(row["date"])
            latest[row["purchase_line_id"]] = max(date, latest.get(row["purchase_line_id"], date))
        return latest

    def _sale_lines_behind(self, rows: Iterable[Row]) -> dict[int, tuple[int, ...]]:
        """Purchase line → the sale order lines whose moves wait for it, or that it is sent straight to."""
        direct = {row["id"]: {row[_SOLD_AS]} for row in rows if row.get(_SOLD_AS)}
        waiting = {row["id"]: row["move_dest_ids"] for row in rows if row["move_dest_ids"]}
        if not waiting or not self.pages.has_field("stock.move", "sale_line_id"):
            return {line: tuple(sold) for line, sold in direct.items()}
        moves = self.pages.read("stock.move", (move for ids in waiting.values() for move in ids), ["sale_line_id"])
        behind = {
            line: {moves[move]["sale_line_id"] for move in ids if move in moves and moves[move]["sale_line_id"]}
            for line, ids in waiting.items()
        }
        return {line: tuple(sorted(direct.get(line, set()) | behind.get(line, set()))) for line in direct.keys() | behind.keys()}
