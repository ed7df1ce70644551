"""Lines of bills and invoices beside the order lines they stand for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from agent.domain.history import InvoicedLine, InvoiceKind
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING, Quantity
from agent.domain.records import Record
from integrations.odoo.along import Row
from integrations.odoo.lookups import Stocked
from integrations.odoo.noun import Noun
from integrations.odoo.values import exact, moment, money, quantity


@dataclass(frozen=True, slots=True)
class Side:
    """How buying and selling name the same things."""

    kind: InvoiceKind
    document: str
    """Type of the bill or invoice."""
    credit_note: str
    link: str
    """From the document's line to the order's."""
    lines: str
    orders: str
    ordered: str
    fulfilled: str


BOUGHT = Side(
    InvoiceKind.BILL, "in_invoice", "in_refund", "purchase_line_id", "purchase.order.line", "purchase.order", "product_qty",
    "qty_received",
)  # fmt: skip
SOLD = Side(
    InvoiceKind.INVOICE, "out_invoice", "out_refund", "sale_line_ids", "sale.order.line", "sale.order", "product_uom_qty",
    "qty_delivered",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What a document's line is compared with, in the stocking unit."""

    order: Record
    stocked: Stocked
    fulfilled: Quantity
    price: Money
    invoiced: Decimal
    """By Odoo's own count, which takes drafts for invoiced."""


class Documents(Noun):
    def invoiced_lines(self, since: datetime) -> list[InvoicedLine]:
        sides = [side for side in (BOUGHT, SOLD) if self.pages.has_field("account.move.line", side.link)]
        return [line for side in sides for line in self._lines_of(side, since)]

    def _lines_of(self, side: Side, since: datetime) -> list[InvoicedLine]:
        recent = ("move_id.invoice_date", ">=", since.astimezone(UTC).date().isoformat())
        rows = self.pages.search("account.move.line", [*_posted(side, side.document), recent], _fields(side))
        ordered = self._order_lines(side, (_linked(row, side) for row in rows))
        rows = [row for row in rows if row["quantity"] and _linked(row, side) in ordered]
        units = self.lookups.units.by_id(row["product_uom_id"] for row in rows)
        documents = self.pages.read("account.move", (row["move_id"] for row in rows), ["name", "invoice_date", "partner_id"])
        partners = self.lookups.companies.by_id(document["partner_id"] for document in documents.values())
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        invoiced = self._invoiced(side, rows, ordered, recent)
        found = []
        for row in rows:
            line, document = ordered[_linked(row, side)], documents[row["move_id"]]
            product, rate = line.stocked.product, units[row["product_uom_id"]].factor / line.stocked.factor
            partner = partners[document["partner_id"]]
            found.append(
                InvoicedLine(
                    id=row["id"],
                    kind=side.kind,
                    document=Record("account.move", document["id"], document["name"]),
                    order=line.order,
                    partner_id=partner.id,
                    partner_name=partner.name,
                    product_id=product.id,
                    product_name=product.name,
                    invoiced=Quantity(invoiced[_linked(row, side)], product.unit),
                    fulfilled=line.fulfilled,
                    quantity=quantity(row["quantity"] * rate, product.unit),
                    price=money(row["price_subtotal"] / (row["quantity"] * rate), currencies[row["currency_id"]]),
                    ordered_price=line.price,
                    at=moment(document["invoice_date"]),
                )
            )
        return found

    def _order_lines(self, side: Side, ids: Iterable[int]) -> dict[int, OrderLine]:
        """Those of goods."""
        unit = self.dialect.purchase_line_unit if side is BOUGHT else self.dialect.sale_line_unit
        fields = ["order_id", "product_id", "price_subtotal", "qty_invoiced", side.ordered, side.fulfilled, unit]
        rows = [row for row in self.pages.read(side.lines, ids, fields).values() if row["product_id"] and row[side.ordered]]
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        units = self.lookups.units.by_id(row[unit] for row in rows)
        orders = self.pages.read(side.orders, (row["order_id"] for row in rows), ["name", "currency_id"])
        currencies = self.lookups.currencies.by_id(order["currency_id"] for order in orders.values())
        found = {}
        for row in rows:
            stocked, order = products[row["product_id"]], orders[row["order_id"]]
            rate = units[row[unit]].factor / stocked.factor
            if stocked.goods:
                found[row["id"]] = OrderLine(
                    order=Record(side.orders, order["id"], order["name"]),
                    stocked=stocked,
                    fulfilled=quantity(row[side.fulfilled] * rate, stocked.product.unit),
                    price=money(row["price_subtotal"] / (row[side.ordered] * rate), currencies[order["currency_id"]]),
                    invoiced=exact(row["qty_invoiced"] * rate),
                )
        return found

    def _invoiced(
        self, side: Side, rows: Sequence[Row], ordered: dict[int, OrderLine], recent: tuple[str, str, str]
    ) -> dict[int, Decimal]:
        """Order line → the quantity on all its posted documents; older ones are asked for where the recent do not add up."""
        sums = self._summed(side, rows, ordered)
        unsure = [key for key in sums if abs(sums[key] - ordered[key].invoiced) > ROUNDING]
        older = ("move_id.invoice_date", "<", recent[2])
        before = self._of(side, unsure, [*_posted(side, side.document), older])
        returned = self._of(side, unsure, _posted(side, side.credit_note))
        more, less = self._summed(side, before, ordered), self._summed(side, returned, ordered)
        return {key: amount + more[key] - less[key] for key, amount in sums.items()}

    def _of(self, side: Side, line_ids: Sequence[int], domain: list[Any]) -> list[Row]:
        return self.pages.search_where("account.move.line", side.link, line_ids, domain, _fields(side))

    def _summed(self, side: Side, rows: Sequence[Row], ordered: dict[int, OrderLine]) -> defaultdict[int, Decimal]:
        units = self.lookups.units.by_id(row["product_uom_id"] for row in rows)
        sums: defaultdict[int, Decimal] = defaultdict(Decimal)
        for row in rows:
            if (line := ordered.get(_linked(row, side))) is not None:
                sums[_linked(row, side)] += exact(row["quantity"] * units[row["product_uom_id"]].factor / line.stocked.factor)
        return sums


def _posted(side: Side, document: str) -> list[Any]:
    return [
        ("parent_state", "=", "posted"),
        ("move_id.move_type", "=", document),
        ("product_id", "!=", False),
        (side.link, "!=", False),
    ]


def _fields(side: Side) -> list[str]:
    return ["move_id", "quantity", "product_uom_id", "price_subtotal", "currency_id", side.link]


def _linked(row: Row, side: Side) -> int:
    """The order line; of several the first."""
    link = row[side.link]
    return int(link[0]) if isinstance(link, list) else int(link)
