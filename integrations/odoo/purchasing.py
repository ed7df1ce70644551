"""Purchase lines and what they were bought for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from agent.domain.purchasing import PurchaseLine
from integrations.odoo.lookups import received_in
from integrations.odoo.noun import Noun
from integrations.odoo.pages import Row, batches
from integrations.odoo.values import moment, money, quantity

_OVER = ["done", "cancel"]
_UNFINISHED = ("state", "not in", _OVER)

#: Asked for, or confirmed with something of it still to move.
_ALIVE: list[Any] = [
    "|",
    ("order_id.state", "in", ["draft", "sent", "to approve"]),
    "&",
    ("order_id.state", "in", ["purchase", "done"]),
    ("move_ids.state", "not in", _OVER),
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
            ["name", "state", "partner_id", "date_order", "date_approve", "picking_type_id", "currency_id"],
        )
        types = self.lookups.picking_types.by_id(order["picking_type_id"] for order in orders.values())
        vendors = self.lookups.companies.by_id(order["partner_id"] for order in orders.values())
        currencies = self.lookups.currencies.by_id(order["currency_id"] for order in orders.values())
        moves = self._movements(rows)
        expected, sold = self._receipts_expected(moves.values()), _sale_lines_behind(rows, moves)
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
                    sold[row["id"]],
                    ordered_at=moment(order["date_approve"] or order["date_order"]),
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

    def _movements(self, lines: Sequence[Row]) -> dict[int, Row]:
        """The unfinished moves of these lines, and the moves that wait for them.

        A line names the moves it was bought for; in 14 only until it is confirmed, and from then on its receipt does.
        """
        sold_as = ["sale_line_id"] if self.pages.has_field("stock.move", "sale_line_id") else []
        fields = ["purchase_line_id", "date", "state", "location_dest_id", "move_dest_ids", *sold_as]
        moves: dict[int, Row] = {}
        for batch in batches(lines, key=lambda line: line["id"]):
            waiting = [move for line in batch for move in line["move_dest_ids"]]
            own = ["&", ("purchase_line_id", "in", [line["id"] for line in batch]), _UNFINISHED]
            moves |= {row["id"]: row for row in self.pages.search("stock.move", ["|", ("id", "in", waiting), *own], fields)}
        behind = {each for move in moves.values() if move["purchase_line_id"] for each in move["move_dest_ids"]}
        return moves | self.pages.read("stock.move", behind - moves.keys(), fields)

    def _receipts_expected(self, moves: Iterable[Row]) -> dict[int, datetime]:
        """Purchase line → the latest date of its unfinished receipt moves; goods on their way back to the vendor are none."""
        own = [move for move in moves if move["purchase_line_id"] and move["state"] not in _OVER]
        places = self.lookups.locations.by_id(move["location_dest_id"] for move in own)
        latest: dict[int, datetime] = {}
        for move in own:
            if places[move["location_dest_id"]].usage != "supplier":
                date = moment(move["date"])
                latest[move["purchase_line_id"]] = max(date, latest.get(move["purchase_line_id"], date))
        return latest


def _sale_lines_behind(lines: Iterable[Row], moves: Mapping[int, Row]) -> dict[int, tuple[int, ...]]:
    """Purchase line → the sale order lines whose moves wait for it, or that it is sent straight to."""
    waiting = {line["id"]: set(line["move_dest_ids"]) for line in lines}
    for move in moves.values():
        if move["purchase_line_id"] in waiting:
            waiting[move["purchase_line_id"]].update(move["move_dest_ids"])
    found: dict[int, tuple[int, ...]] = {}
    for line in lines:
        direct = {line[_SOLD_AS]} if line.get(_SOLD_AS) else set()
        behind = {moves[move].get("sale_line_id") for move in waiting[line["id"]] if move in moves}
        found[line["id"]] = tuple(sorted(each for each in direct | behind if each))
    return found
