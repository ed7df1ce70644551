"""What was delivered and stands on no invoice."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from agent.domain.history import Uninvoiced
from agent.domain.money import Money
from agent.domain.records import Record
from agent.domain.stock import PickingKind
from integrations.odoo.along import Row
from integrations.odoo.noun import Noun
from integrations.odoo.values import exact, moment

_DELIVERED = [
    ("order_id.state", "in", ["sale", "done"]),
    ("order_id.invoice_status", "=", "to invoice"),
    ("qty_delivered", ">", 0),
    ("qty_to_invoice", ">", 0),
    ("display_type", "=", False),
    ("product_id", "!=", False),
]


class Uninvoicing(Noun):
    def uninvoiced(self) -> list[Uninvoiced]:
        """Of what is invoiced as ordered, only the delivered part counts; services do not."""
        fields = ["order_id", "product_id", "qty_delivered", "qty_invoiced", "qty_to_invoice", "untaxed_amount_to_invoice"]
        lines = self.pages.search("sale.order.line", _DELIVERED, fields)
        products = self.lookups.products.by_id(line["product_id"] for line in lines)
        amounts: defaultdict[int, Decimal] = defaultdict(Decimal)
        for line in lines:
            if products[line["product_id"]].goods:
                amounts[line["order_id"]] += _owed(line)
        owed = {order: amount for order, amount in amounts.items() if amount > 0}
        orders = self.pages.read("sale.order", owed, ["name", "partner_id", "currency_id", "warehouse_id", "write_date"])
        customers = self.lookups.companies.by_id(order["partner_id"] for order in orders.values())
        currencies = self.lookups.currencies.by_id(order["currency_id"] for order in orders.values())
        delivered = self._last_deliveries(orders)
        return [
            Uninvoiced(
                order=Record("sale.order", key, order["name"]),
                customer_name=customers[order["partner_id"]].name,
                amount=Money(owed[key], currencies[order["currency_id"]]),
                delivered_at=delivered.get(key) or moment(order["write_date"]),
                warehouse_id=order["warehouse_id"] or None,
            )
            for key, order in orders.items()
        ]

    def _last_deliveries(self, order_ids: Iterable[int]) -> dict[int, datetime]:
        """The order's own `effective_date` is that of its first delivery."""
        if not self.pages.has_field("stock.picking", "sale_id"):
            return {}
        done = [("state", "=", "done"), ("date_done", "!=", False)]
        rows = self.pages.search_where("stock.picking", "sale_id", order_ids, done, ["sale_id", "date_done", "picking_type_id"])
        types = self.lookups.picking_types.by_id(row["picking_type_id"] for row in rows)
        last: dict[int, datetime] = {}
        for row in rows:
            kind = types[row["picking_type_id"]]
            if kind.kind is PickingKind.DELIVERY or kind.straight_to_customer:
                date = moment(row["date_done"])
                last[row["sale_id"]] = max(date, last.get(row["sale_id"], date))
        return last


def _owed(line: Row) -> Decimal:
    """The untaxed amount of what was delivered and not invoiced."""
    delivered = exact(line["qty_delivered"]) - exact(line["qty_invoiced"])
    share = min(Decimal(1), delivered / exact(line["qty_to_invoice"]))
    return max(Decimal(0), round(exact(line["untaxed_amount_to_invoice"]) * share, 2))
