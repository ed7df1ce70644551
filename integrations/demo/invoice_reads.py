"""Bills and invoices beside what was received and delivered: the other half of agent.ports.erp_history.ErpHistory."""

from datetime import UTC, datetime, time
from typing import Any

from agent.domain.history import InvoicedLine, InvoiceKind, Uninvoiced
from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from integrations.demo.access import Reads

#: A service is invoiced when it is ordered, which is nobody's delivery.
UNINVOICED = """
WITH owed AS (
    SELECT l.order_id, sum((l.delivered - coalesce(i.quantity, 0)) * l.unit_price * (100 - l.discount) / 100) AS amount
    FROM demo.sale_order_line l JOIN demo.product p ON p.id = l.product_id AND p.kind <> 'service'
    LEFT JOIN (SELECT x.sale_line_id, sum(x.quantity) AS quantity FROM demo.invoice_line x
               JOIN demo.invoice d ON d.id = x.invoice_id AND d.state = 'posted' GROUP BY 1) i ON i.sale_line_id = l.id
    WHERE l.delivered > coalesce(i.quantity, 0) GROUP BY 1)
SELECT o.id, o.name, o.currency, o.warehouse_id, c.name AS customer_name, round(owed.amount, 2) AS amount,
    (SELECT max(k.done_at) FROM demo.picking k WHERE k.sale_order_id = o.id AND k.state = 'done') AS delivered_at
FROM owed JOIN demo.sale_order o ON o.id = owed.order_id AND o.state = 'sale' JOIN demo.partner c ON c.id = o.customer_id
"""
INVOICED = """
SELECT x.id, x.quantity, x.unit_price, d.id AS document_id, d.name AS document_name, d.kind, d.issued, d.currency,
    d.partner_id, c.name AS partner_name, p.id AS product_id, p.name AS product_name, p.unit,
    coalesce(s.order_id, b.order_id) AS order_id, coalesce(so.name, bo.name) AS order_name,
    coalesce(s.delivered, b.received) AS fulfilled,
    coalesce(s.unit_price * (100 - s.discount) / 100, b.unit_price) AS ordered_price,
    (SELECT sum(y.quantity) FROM demo.invoice_line y JOIN demo.invoice e ON e.id = y.invoice_id AND e.state = 'posted'
     WHERE y.sale_line_id = x.sale_line_id OR y.purchase_line_id = x.purchase_line_id) AS invoiced
FROM demo.invoice_line x JOIN demo.invoice d ON d.id = x.invoice_id AND d.state = 'posted'
JOIN demo.partner c ON c.id = d.partner_id
LEFT JOIN demo.sale_order_line s ON s.id = x.sale_line_id LEFT JOIN demo.sale_order so ON so.id = s.order_id
LEFT JOIN demo.purchase_line b ON b.id = x.purchase_line_id LEFT JOIN demo.purchase_order bo ON bo.id = b.order_id
JOIN demo.product p ON p.id = coalesce(s.product_id, b.product_id) AND p.kind <> 'service'
WHERE d.issued >= %(since)s
"""


class InvoiceReads(Reads):
    def uninvoiced(self) -> list[Uninvoiced]:
        return [
            Uninvoiced(
                order=Record("sale.order", row.id, row.name),
                customer_name=row.customer_name,
                amount=Money(row.amount, row.currency),
                delivered_at=row.delivered_at.astimezone(UTC),
                warehouse_id=row.warehouse_id,
            )
            for row in self._rows(UNINVOICED)
        ]

    def invoiced_lines(self, since: datetime) -> list[InvoicedLine]:
        return [_line(row) for row in self._rows(INVOICED, {"since": since.astimezone(UTC).date()})]


def _line(row: Any) -> InvoicedLine:
    bought = row.kind == "bill"
    return InvoicedLine(
        id=row.id,
        kind=InvoiceKind.BILL if bought else InvoiceKind.INVOICE,
        document=Record("account.move", row.document_id, row.document_name),
        order=Record("purchase.order" if bought else "sale.order", row.order_id, row.order_name),
        partner_id=row.partner_id,
        partner_name=row.partner_name,
        product_id=row.product_id,
        product_name=row.product_name,
        invoiced=Quantity(row.invoiced, row.unit),
        fulfilled=Quantity(row.fulfilled, row.unit),
        quantity=Quantity(row.quantity, row.unit),
        price=Money(row.unit_price, row.currency),
        ordered_price=Money(row.ordered_price, row.currency),
        at=datetime.combine(row.issued, time(), UTC),
    )
