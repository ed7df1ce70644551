"""An order's terms, its carriage and its invoices, as agent.ports.erp_details.sales."""

from collections.abc import Sequence
from typing import Any

from agent.domain.order_terms import Carriage, CreditNote, Invoice, LineTerms
from agent.domain.records import Record
from agent.errors import ErpIncomplete
from integrations.odoo.noun import Noun
from integrations.odoo.search import literal
from integrations.odoo.values import exact, money, quantity

_LEFT = ("done", "cancel")


class SalesDetails(Noun):
    def line_terms(self, order_id: int) -> list[LineTerms]:
        unit = self.dialect.sale_line_unit
        fields = ["order_id", "product_id", "product_uom_qty", "qty_delivered", "qty_invoiced", "price_unit", "discount"]
        fields += ["price_subtotal", "currency_id", unit]
        fields += [each for each in ("purchase_price", "is_delivery") if self.pages.has_field("sale.order.line", each)]
        wanted = [("order_id", "=", order_id), ("display_type", "=", False), ("product_id", "!=", False)]
        rows = [row for row in self.pages.search("sale.order.line", wanted, fields) if not row.get("is_delivery")]
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        units = self.lookups.units.by_id(row[unit] for row in rows)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        terms = []
        for row in rows:
            stocked, sold_in, currency = products[row["product_id"]], units[row[unit]], currencies[row["currency_id"]]
            today = stocked.cost * sold_in.factor / stocked.factor if currency == self.own_currency else 0.0
            cost = (row.get("purchase_price") or today) * row["product_uom_qty"]
            terms.append(
                LineTerms(
                    id=row["id"],
                    order_id=row["order_id"],
                    product=stocked.product.name,
                    code=stocked.product.code,
                    quantity=quantity(row["product_uom_qty"], sold_in.name),
                    delivered=quantity(row["qty_delivered"], sold_in.name),
                    invoiced=quantity(row["qty_invoiced"], sold_in.name),
                    unit_price=exact(row["price_unit"]),
                    discount_percent=exact(row["discount"]),
                    value=money(row["price_subtotal"], currency),
                    cost=money(cost, currency) if cost else None,
                )
            )
        return terms

    def order_tags(self, order_id: int) -> list[str] | None:
        """Since 17 the field is shown to salespeople only, who may write."""
        if not self.pages.has_field("sale.order", "tag_ids"):
            return None
        rows = self.pages.read("sale.order", [order_id], ["tag_ids"])
        tags = self.pages.read("crm.tag", [tag for row in rows.values() for tag in row["tag_ids"]], ["name"])
        return sorted(row["name"] for row in tags.values())

    def sale_tags(self) -> list[Record]:
        return self._named("crm.tag")

    def carriers(self) -> list[Record]:
        self._need_carriers()
        return self._named("delivery.carrier")

    def carriage(self, order: Record) -> Carriage:
        self._need_carriers()
        row = self.pages.read("sale.order", [order.id], ["carrier_id", "currency_id"])[order.id]
        charged = [("order_id", "=", order.id), ("is_delivery", "=", True)]
        lines = self.pages.search("sale.order.line", charged, ["price_unit", "product_uom_qty"])
        unsent = [("sale_id", "=", order.id), ("state", "not in", _LEFT), ("picking_type_code", "=", "outgoing")]
        fields = ["name", *(["carrier_id"] if self.pages.has_field("stock.picking", "carrier_id") else [])]
        deliveries = self.pages.search("stock.picking", unsent, fields)
        known = self.pages.read(
            "delivery.carrier", [each["carrier_id"] for each in [row, *deliveries] if each.get("carrier_id")], ["name"]
        )
        names = {key: carrier["name"] for key, carrier in known.items()}
        currency = self.lookups.currencies.by_id([row["currency_id"]])[row["currency_id"]]
        freight = sum(line["price_unit"] * line["product_uom_qty"] for line in lines)
        carrier = row["carrier_id"]
        return Carriage(
            carrier=Record("delivery.carrier", carrier, names[carrier]) if carrier in names else None,
            freight=money(freight, currency) if freight else None,
            deliveries=tuple(Record("stock.picking", each["id"], each["name"]) for each in deliveries),
            carriers_of_deliveries=tuple(names.get(each.get("carrier_id") or 0) for each in deliveries),
        )

    def customer_invoices(self, names: Sequence[str]) -> list[Invoice]:
        fields = ["name", "partner_id", "state", "amount_total", "currency_id", "payment_state"]
        rows = self.pages.search_where("account.move", "name", names, [("move_type", "=", "out_invoice")], fields)
        customers = self.lookups.companies.by_id(row["partner_id"] for row in rows)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        return [
            Invoice(
                row["id"],
                row["name"],
                customers[row["partner_id"]].id,
                row["state"],
                money(row["amount_total"], currencies[row["currency_id"]]),
                row["payment_state"] or "not_paid",
            )
            for row in rows
        ]

    def credit_notes(self, invoice_id: int, marker: str) -> list[CreditNote]:
        wanted: list[Any] = [("reversed_entry_id", "=", invoice_id), ("move_type", "=", "out_refund")]
        wanted += [("ref", "like", literal(marker))] if marker else []
        rows = self.pages.search("account.move", wanted, ["name", "state", "amount_total", "currency_id"])
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        notes = [
            CreditNote(
                row["id"],
                row["name"] if row["name"] and row["name"] != "/" else "draft",
                invoice_id,
                row["state"],
                money(row["amount_total"], currencies[row["currency_id"]]),
            )
            for row in rows
        ]
        return notes[::-1]

    def _need_carriers(self) -> None:
        if not self.pages.has_field("sale.order", "carrier_id"):
            raise ErpIncomplete("This Odoo keeps no carriers: its module Delivery Costs (`delivery`) is not installed.")

    def _named(self, model: str) -> list[Record]:
        rows = self.pages.search(model, [], ["name"])
        return sorted((Record(model, row["id"], row["name"]) for row in rows), key=lambda record: record.name)
