"""Purchases line by line, as `agent.ports.erp_details.purchasing.PurchasingDetails`."""

from collections import defaultdict
from collections.abc import Sequence

from agent.domain.money import Money
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from integrations.odoo.along import Row
from integrations.odoo.bought import bought
from integrations.odoo.lookups import received_in
from integrations.odoo.noun import Noun
from integrations.odoo.search import literal
from integrations.odoo.values import money

_FIELDS = ["name", "state", "partner_id", "amount_untaxed", "currency_id", "origin", "picking_type_id"]
_GOODS = [("display_type", "=", False), ("product_id", "!=", False)]


class PurchasePapers(Noun):
    def purchase_papers(self, names: Sequence[str]) -> list[PurchasePaper]:
        return self._papers(self.pages.search_where("purchase.order", "name", names, [], _FIELDS))

    def purchases_marked(self, marker: str) -> list[PurchasePaper]:
        return self._papers(self.pages.search("purchase.order", [("origin", "like", literal(marker))], _FIELDS))

    def _papers(self, rows: Sequence[Row]) -> list[PurchasePaper]:
        lines = self._paper_lines([row["id"] for row in rows])
        vendors = self.lookups.companies.by_id(row["partner_id"] for row in rows)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        types = self.lookups.picking_types.by_id(row["picking_type_id"] for row in rows)
        return [
            PurchasePaper(
                id=row["id"],
                name=row["name"],
                state=row["state"],
                vendor=vendors[row["partner_id"]],
                amount=money(row["amount_untaxed"], currencies[row["currency_id"]]),
                origin=row["origin"] or "",
                warehouse_id=received_in(types[row["picking_type_id"]]),
                lines=tuple(lines[row["id"]]),
            )
            for row in rows
        ]

    def _paper_lines(self, orders: Sequence[int]) -> defaultdict[int, list[PaperLine]]:
        fields = ["order_id", "product_id", "product_qty", "qty_received", "price_subtotal", "date_planned"]
        fields.append(self.dialect.purchase_line_unit)
        rows = self.pages.search_where("purchase.order.line", "order_id", orders, _GOODS, fields)
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        named = bought(self, rows, products)
        found: defaultdict[int, list[PaperLine]] = defaultdict(list)
        for row in rows:
            product, ordered, value = named.product(row), named.quantity(row, "product_qty"), named.value(row)
            price = Money(value.amount / ordered.amount if ordered else value.amount, value.currency)
            received, promised = named.quantity(row, "qty_received"), named.promised_at(row)
            line = PaperLine(row["id"], product.id, product.name, product.code, ordered, received, price, promised)
            found[row["order_id"]].append(line)
        return found
