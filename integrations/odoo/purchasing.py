"""Purchase lines and what they were bought for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from agent.domain.purchasing import PurchaseLine
from integrations.odoo.along import Link, Row
from integrations.odoo.bought import OF_ORDERS, Bought, bought
from integrations.odoo.noun import Noun
from integrations.odoo.pages import batches
from integrations.odoo.values import moment

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
        return self._purchase_lines(*self._alive("product_id", product_ids))

    def purchase_lines_again(self, purchase_ids: Sequence[int], line_ids: Sequence[int]) -> list[PurchaseLine]:
        rows, orders = self._alive("order_id", purchase_ids)
        more, others = self._alive("id", line_ids)
        return self._purchase_lines(list({row["id"]: row for row in (*rows, *more)}.values()), orders | others)

    def _purchase_lines(self, rows: list[Row], orders: Mapping[int, Row]) -> list[PurchaseLine]:
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        rows = [row for row in rows if products[row["product_id"]].goods and row["qty_received"] < row["product_qty"]]
        named, moves = bought(self, rows, products, orders), self._movements(rows)
        expected, sold = self._receipts_expected(moves.values()), _sale_lines_behind(rows, moves)
        coming = (row for row in rows if row["id"] in expected or named.order(row)["state"] not in _CONFIRMED)
        return [_line(row, named, expected.get(row["id"]), sold[row["id"]]) for row in coming]

    def _alive(self, field: str, values: Sequence[int] | None) -> tuple[list[Row], dict[int, Row]]:
        """Whole, or those whose `field` is one of the values, with the orders that came along."""
        sold_as = [_SOLD_AS] if self.pages.has_field("purchase.order.line", _SOLD_AS) else []
        fields = ["order_id", "product_id", "product_qty", "qty_received", "price_subtotal", "date_planned", "move_dest_ids"]
        fields += [self.dialect.purchase_line_unit, *sold_as]
        if values is None:
            return self.pages.search("purchase.order.line", _ALIVE, fields), {}
        along = {"order_id": Link("purchase.order", OF_ORDERS, {"partner_id": self.lookups.partner})}
        rows, found = self.pages.search_along("purchase.order.line", field, values, _ALIVE, fields, along)
        self.lookups.learn(found)
        return rows, found.get("purchase.order", {})

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


def _line(row: Row, named: Bought, expected: datetime | None, sold: tuple[int, ...]) -> PurchaseLine:
    order, vendor, product = named.order(row), named.vendor(row), named.product(row)
    return PurchaseLine(
        row["id"],
        order["id"],
        order["name"],
        order["state"],
        vendor.id,
        vendor.name,
        product.id,
        product.name,
        named.quantity(row, "product_qty"),
        named.quantity(row, "qty_received"),
        named.promised_at(row),
        expected,
        sold,
        ordered_at=named.ordered_at(row),
        warehouse_id=named.warehouse_id(row),
        value=named.value(row),
    )


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
