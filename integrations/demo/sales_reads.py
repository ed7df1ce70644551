"""Orders, their lines, customers and what they have not paid."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.sales import Customer, Delivery, OverdueInvoice, SaleOrder, SaleOrderLine, Segment
from integrations.demo.access import Reads
from integrations.demo.company import CURRENCY

ORDERS = """
SELECT o.*, p.name AS customer_name FROM demo.sale_order o JOIN demo.partner p ON p.id = o.customer_id
"""
DELIVERIES = """
SELECT o.*, p.name AS customer_name, k.delivered_at FROM demo.sale_order o JOIN demo.partner p ON p.id = o.customer_id
LEFT JOIN LATERAL (SELECT max(done_at) AS delivered_at FROM demo.picking
    WHERE sale_order_id = o.id AND kind = 'delivery' AND state = 'done') k ON true
"""
#: As Odoo's `credit` and `credit_to_invoice` add up: unpaid invoices, and what confirmed orders are not invoiced for.
EXPOSURE = """
(SELECT coalesce(sum(i.residual), 0) FROM demo.invoice i WHERE i.kind = 'invoice' AND i.partner_id = p.id AND i.state = 'posted')
+ (SELECT coalesce(sum(o.amount - coalesce(i.total, 0)), 0) FROM demo.sale_order o
   LEFT JOIN (SELECT sale_order_id, sum(total) AS total FROM demo.invoice WHERE state = 'posted' GROUP BY 1) i
       ON i.sale_order_id = o.id
   WHERE o.customer_id = p.id AND o.state = 'sale')
"""


class SalesReads(Reads):
    def open_sale_orders(self, names: Sequence[str] | None = None) -> list[SaleOrder]:
        query = f"""{ORDERS} WHERE o.state = 'sale' AND o.delivery_status IS DISTINCT FROM 'full'
            AND (%(names)s::text[] IS NULL OR o.name = ANY (%(names)s))"""
        return [_order(row) for row in self._rows(query, {"names": None if names is None else list(names)})]

    def sale_orders(self, names: Sequence[str]) -> list[SaleOrder]:
        return [_order(row) for row in self._rows(f"{ORDERS} WHERE o.name = ANY (%(names)s)", {"names": list(names)})]

    def sent_quotations(self, since: datetime) -> list[SaleOrder]:
        rows = self._rows(f"{ORDERS} WHERE o.state = 'sent' AND o.ordered_at >= %(since)s", {"since": since})
        return [_order(row) for row in rows]

    def orders_of_lines(self, line_ids: Sequence[int]) -> dict[int, SaleOrder]:
        query = """
            SELECT l.id AS line_id, o.*, p.name AS customer_name FROM demo.sale_order_line l
            JOIN demo.sale_order o ON o.id = l.order_id JOIN demo.partner p ON p.id = o.customer_id
            WHERE l.id = ANY (%(ids)s)"""
        return {row.line_id: _order(row) for row in self._rows(query, {"ids": list(line_ids)})}

    def deliveries_of(self, order_ids: Sequence[int]) -> list[Delivery]:
        rows = self._rows(f"{DELIVERIES} WHERE o.id = ANY (%(ids)s)", {"ids": list(order_ids)})
        return [_delivery(row) for row in rows]

    def completed_since(self, since: datetime) -> list[Delivery]:
        query = f"{DELIVERIES} WHERE o.delivery_status = 'full' AND k.delivered_at >= %(since)s"
        return [_delivery(row) for row in self._rows(query, {"since": since})]

    def sale_order_lines(self, order_ids: Sequence[int]) -> list[SaleOrderLine]:
        return self._lines("l.order_id = ANY (%(ids)s)", order_ids)

    def open_order_lines(self, product_ids: Sequence[int]) -> list[SaleOrderLine]:
        is_open = "o.state = 'sale' AND o.delivery_status IS DISTINCT FROM 'full'"
        return self._lines(f"l.product_id = ANY (%(ids)s) AND {is_open}", product_ids)

    def _lines(self, condition: str, ids: Sequence[int]) -> list[SaleOrderLine]:
        query = f"""
            SELECT l.*, p.name AS product_name, p.kind, p.unit, o.currency, round(l.ordered * p.cost, 2) AS cost
            FROM demo.sale_order_line l
            JOIN demo.product p ON p.id = l.product_id JOIN demo.sale_order o ON o.id = l.order_id
            WHERE {condition}"""  # noqa: S608 - constants
        return [
            SaleOrderLine(
                id=row.id,
                order_id=row.order_id,
                product_id=row.product_id,
                product_name=row.product_name,
                goods=row.kind != "service",
                ordered=Quantity(row.ordered, row.unit),
                delivered=Quantity(row.delivered, row.unit),
                value=Money(row.value, row.currency),
                discount_percent=row.discount,
                cost=Money(row.cost, CURRENCY),
            )
            for row in self._rows(query, {"ids": list(ids)})
        ]

    def customers(self, ids: Sequence[int]) -> list[Customer]:
        query = f"SELECT p.*, {EXPOSURE} AS exposure FROM demo.partner p WHERE p.customer AND p.id = ANY (%(ids)s)"  # noqa: S608 - constants
        return [
            Customer(
                id=row.id,
                name=row.name,
                segment=Segment(row.segment),
                language=row.language,
                email=row.email,
                credit_limit=None if row.credit_limit is None else Money(row.credit_limit, CURRENCY),
                exposure=Money(row.exposure, CURRENCY),
            )
            for row in self._rows(query, {"ids": list(ids)})
        ]

    def overdue_invoices(self, now: datetime, customer_ids: Sequence[int] | None = None) -> list[OverdueInvoice]:
        query = """
            SELECT * FROM demo.invoice WHERE kind = 'invoice' AND state = 'posted' AND residual > 0 AND due < %(today)s
            AND (%(ids)s::int[] IS NULL OR partner_id = ANY (%(ids)s))"""
        ids = None if customer_ids is None else list(customer_ids)
        return [
            OverdueInvoice(
                id=row.id,
                name=row.name,
                customer_id=row.partner_id,
                due=datetime.combine(row.due, time(), UTC),
                residual=Money(row.residual, row.currency),
            )
            for row in self._rows(query, {"today": now.astimezone(UTC).date(), "ids": ids})
        ]


def _delivery(row: Any) -> Delivery:
    return Delivery(_order(row), row.delivered_at and row.delivered_at.astimezone(UTC))


def _order(row: Any) -> SaleOrder:
    return SaleOrder(
        id=row.id,
        name=row.name,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        state=row.state,
        ordered_at=row.ordered_at.astimezone(UTC),
        promise_date=row.promise_date and row.promise_date.astimezone(UTC),
        amount=Money(row.amount, row.currency),
        warehouse_id=row.warehouse_id,
        complete=row.delivery_status == "full",
        locked=row.locked,
        customer_reference=row.customer_reference,
        salesperson=row.salesperson,
    )
