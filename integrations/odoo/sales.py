"""Sale orders, their lines and customers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from agent.domain.money import Money
from agent.domain.sales import Customer, SaleOrder, SaleOrderLine, Segment
from integrations.odoo.along import Row
from integrations.odoo.lookups import Partner
from integrations.odoo.noun import Noun
from integrations.odoo.values import exact, language, moment, moment_or_none, money, quantity, stored

_ORDER_FIELDS = (
    "name", "partner_id", "date_order", "commitment_date", "amount_untaxed", "currency_id", "warehouse_id", "client_order_ref",
    "user_id",
)  # fmt: skip

_GOODS_OR_SERVICE: list[Any] = [("display_type", "=", False), ("product_id", "!=", False)]


class Sales(Noun):
    def open_sale_orders(self, names: Sequence[str] | None = None) -> list[SaleOrder]:
        wanted, fields = self.states.open_orders(), self._order_fields
        if names is None:
            rows = self.pages.search("sale.order", wanted, fields)
        else:
            rows = self._with_customers("name", names, wanted, fields)
        return [order for order in self._orders(rows) if not order.complete]

    def orders_again(self, ids: Sequence[int]) -> list[SaleOrder]:
        rows = self.pages.search_where("sale.order", "id", ids, self.states.open_orders(), self._order_fields)
        return [order for order in self._orders(rows) if not order.complete]

    def sale_orders(self, names: Sequence[str]) -> list[SaleOrder]:
        return self._orders(self.pages.search_where("sale.order", "name", names, [], self._order_fields))

    def sent_quotations(self, since: datetime) -> list[SaleOrder]:
        sent = [("state", "=", "sent"), ("date_order", ">=", stored(since))]
        return self._orders(self.pages.search("sale.order", sent, self._order_fields))

    def sale_order_lines(self, order_ids: Sequence[int]) -> list[SaleOrderLine]:
        return self._lines("order_id", order_ids, [])

    def open_order_lines(self, product_ids: Sequence[int]) -> list[SaleOrderLine]:
        lines = self._lines("product_id", product_ids, self.states.open_orders("order_id."))
        if self.dialect.delivery_status:
            return lines
        complete = self.states.complete(line.order_id for line in lines)
        return [line for line in lines if line.order_id not in complete]

    def _lines(self, field: str, values: Sequence[int], domain: list[Any]) -> list[SaleOrderLine]:
        unit = self.dialect.sale_line_unit
        fields = ["order_id", "product_id", "product_uom_qty", "qty_delivered", "price_subtotal", "currency_id", "discount"]
        fields += ["customer_lead", unit]
        # the cost as it was when the order was taken, in the order's currency and unit: of the module sale_margin
        fields += ["purchase_price"] if self.pages.has_field("sale.order.line", "purchase_price") else []
        # one order names each product about once; of many the same goods would come along again and again
        along = {"product_id": self.lookups.product} if field == "order_id" and len(values) == 1 else {}
        rows, found = self.pages.search_along("sale.order.line", field, values, [*_GOODS_OR_SERVICE, *domain], fields, along)
        self.lookups.learn(found)
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        units = self.lookups.units.by_id(row[unit] for row in rows)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        own_currency = self.own_currency if rows else ""
        lines = []
        for row in rows:
            stocked = products[row["product_id"]]
            product, rate = stocked.product, units[row[unit]].factor / stocked.factor
            currency = currencies[row["currency_id"]]
            today = stocked.cost * rate if currency == own_currency else 0.0
            cost = (row.get("purchase_price") or today) * row["product_uom_qty"]
            lines.append(
                SaleOrderLine(
                    row["id"],
                    row["order_id"],
                    product.id,
                    product.name,
                    stocked.goods,
                    quantity(row["product_uom_qty"] * rate, product.unit),
                    quantity(row["qty_delivered"] * rate, product.unit),
                    money(row["price_subtotal"], currency),
                    exact(row["discount"]),
                    money(cost, currency) if cost else None,
                    lead_days=row["customer_lead"],
                )
            )
        return lines

    def orders_of_lines(self, line_ids: Sequence[int]) -> dict[int, SaleOrder]:
        rows = self._with_customers("order_line", line_ids, [], [*self._order_fields, "order_line"])
        own = {row["id"]: row["order_line"] for row in rows}
        wanted = set(line_ids)
        orders = self._orders({row["id"]: row for row in rows}.values())
        return {line: order for order in orders for line in own[order.id] if line in wanted}

    def _with_customers(self, field: str, values: Sequence[Any], domain: list[Any], fields: Sequence[str]) -> list[Row]:
        """Orders whose `field` is one of `values`; who they are from is known afterwards."""
        along = {"partner_id": self.lookups.partner}
        rows, found = self.pages.search_along("sale.order", field, values, domain, fields, along)
        self.lookups.learn(found)
        return rows

    def customers(self, ids: Sequence[int]) -> list[Customer]:
        known, _ = self.lookups.partners.visible(ids)
        partners = {key: known[key] for key in dict.fromkeys(ids) if key in known}
        tags, _ = self.lookups.tags.visible(tag for partner in partners.values() for tag in partner.tag_ids)
        credit = self._credit([key for key, partner in partners.items() if partner.limited])
        return [_customer(key, partner, tags, *credit.get(key, (None, None))) for key, partner in partners.items()]

    def _credit(self, customer_ids: Sequence[int]) -> dict[int, tuple[Money, Money]]:
        """Customer with a limit → the limit, and what Odoo compares with it; in the currency of the login's own company."""
        if not customer_ids:
            return {}
        currency = self.own_currency
        to_invoice = ["credit_to_invoice"] if self.pages.has_field("res.partner", "credit_to_invoice") else []
        limited = [("credit_limit", ">", 0)]  # it may have been lifted since
        fields = ["credit_limit", "credit", *to_invoice]
        rows = self.pages.search_where("res.partner", "id", customer_ids, limited, fields)
        return {
            row["id"]: (money(row["credit_limit"], currency), money(row["credit"] + row.get("credit_to_invoice", 0), currency))
            for row in rows
        }

    def _orders_by_id(self, ids: Iterable[int]) -> list[SaleOrder]:
        return self._orders(self.pages.read("sale.order", ids, self._order_fields).values())

    def _orders(self, rows: Iterable[Row]) -> list[SaleOrder]:
        rows = list(rows)
        customers = self.lookups.companies.by_id(row["partner_id"] for row in rows)
        currencies = self.lookups.currencies.by_id(row["currency_id"] for row in rows)
        people, _ = self.lookups.users.visible(row["user_id"] for row in rows)
        complete = self.states.complete_rows(rows)
        orders = []
        for row in rows:
            state, locked = self.states.told(row)
            order = SaleOrder(
                row["id"],
                row["name"],
                customers[row["partner_id"]].id,
                customers[row["partner_id"]].name,
                state,
                moment(row["date_order"]),
                moment_or_none(row["commitment_date"]),
                money(row["amount_untaxed"], currencies[row["currency_id"]]),
                row["warehouse_id"] or None,
                row["id"] in complete,
                locked,
                row["client_order_ref"] or None,
                people.get(row["user_id"]),
            )
            orders.append(order)
        return orders

    @property
    def _order_fields(self) -> list[str]:
        return [*_ORDER_FIELDS, *self.states.fields]


def _customer(key: int, partner: Partner, tags: dict[int, str], limit: Money | None, exposure: Money | None) -> Customer:
    return Customer(
        key,
        partner.name,
        _segment(tags.get(tag, "") for tag in partner.tag_ids),
        language(partner.language),
        partner.email,
        limit,
        exposure,
    )


def _segment(tags: Iterable[str]) -> Segment:
    names = {tag.casefold() for tag in tags}
    return next((segment for segment in (Segment.STRATEGIC, Segment.KEY) if segment.value in names), Segment.STANDARD)
