"""An order's terms, its carriage and its invoices, as agent.ports.erp_details.sales."""

from collections.abc import Sequence

from agent.domain.money import Money
from agent.domain.order_terms import Carriage, CreditNote, Invoice, LineTerms
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from integrations.demo.access import Reads
from integrations.demo.company import CURRENCY

#: Delivered and invoiced are kept in the stocking unit; a line tells them in the unit it was sold in.
TERMS = """
SELECT l.*, p.name AS product, p.code, o.currency, round(l.ordered * p.cost, 2) AS cost,
    round(l.delivered * l.sold_quantity / l.ordered, 3) AS sent, round(l.unit_price * l.ordered / l.sold_quantity, 4) AS price,
    round(coalesce(i.billed, 0) * l.sold_quantity / l.ordered, 3) AS billed
FROM demo.sale_order_line l
LEFT JOIN (SELECT sale_line_id, sum(quantity) AS billed FROM demo.invoice_line GROUP BY 1) i ON i.sale_line_id = l.id
JOIN demo.product p ON p.id = l.product_id JOIN demo.sale_order o ON o.id = l.order_id
WHERE l.order_id = %(id)s ORDER BY l.id
"""
TAGS = (
    "SELECT t.name FROM demo.order_tag o JOIN demo.tag t ON t.id = o.tag_id WHERE o.order_id = %(id)s AND o.worn ORDER BY t.name"
)
CARRIAGE = """
SELECT o.freight, o.currency, o.carrier_id, c.name AS carrier FROM demo.sale_order o
LEFT JOIN demo.carrier c ON c.id = o.carrier_id WHERE o.id = %(id)s
"""
UNSENT = """
SELECT id, name FROM demo.picking WHERE sale_order_id = %(id)s AND state NOT IN ('done', 'cancel') ORDER BY id
"""
INVOICES = "SELECT * FROM demo.invoice WHERE kind = 'invoice' AND name = ANY (%(names)s)"
CREDIT_NOTES = """
SELECT n.*, i.currency FROM demo.credit_note n JOIN demo.invoice i ON i.id = n.invoice_id
WHERE n.invoice_id = %(id)s AND strpos(n.marker, %(marker)s) > 0 ORDER BY n.id DESC
"""


class SalesDetails(Reads):
    def line_terms(self, order_id: int) -> list[LineTerms]:
        return [
            LineTerms(
                id=row.id,
                order_id=row.order_id,
                product=row.product,
                code=row.code,
                quantity=Quantity(row.sold_quantity, row.sold_unit),
                delivered=Quantity(row.sent, row.sold_unit),
                invoiced=Quantity(row.billed, row.sold_unit),
                unit_price=row.price,
                discount_percent=row.discount,
                value=Money(row.value, row.currency),
                cost=Money(row.cost, CURRENCY),
            )
            for row in self._rows(TERMS, {"id": order_id})
        ]

    def order_tags(self, order_id: int) -> list[str] | None:
        return [row.name for row in self._rows(TAGS, {"id": order_id})]

    def sale_tags(self) -> list[Record]:
        return [Record("crm.tag", row.id, row.name) for row in self._rows("SELECT * FROM demo.tag ORDER BY name")]

    def carriers(self) -> list[Record]:
        return [Record("delivery.carrier", row.id, row.name) for row in self._rows("SELECT * FROM demo.carrier ORDER BY name")]

    def carriage(self, order: Record) -> Carriage:
        (row,) = self._rows(CARRIAGE, {"id": order.id})
        unsent = tuple(Record("stock.picking", each.id, each.name) for each in self._rows(UNSENT, {"id": order.id}))
        return Carriage(
            carrier=Record("delivery.carrier", row.carrier_id, row.carrier) if row.carrier_id else None,
            freight=None if row.freight is None else Money(row.freight, row.currency),
            deliveries=unsent,
            carriers_of_deliveries=(row.carrier,) * len(unsent),
        )

    def customer_invoices(self, names: Sequence[str]) -> list[Invoice]:
        return [
            Invoice(row.id, row.name, row.partner_id, row.state, Money(row.total, row.currency), _paid(row.total, row.residual))
            for row in self._rows(INVOICES, {"names": list(names)})
        ]

    def credit_notes(self, invoice_id: int, marker: str) -> list[CreditNote]:
        return [
            CreditNote(row.id, f"RINV/{row.id:05}", row.invoice_id, row.state, Money(row.total, row.currency))
            for row in self._rows(CREDIT_NOTES, {"id": invoice_id, "marker": marker})
        ]


def _paid(total: object, residual: object) -> str:
    if not residual:
        return "paid"
    return "not_paid" if residual == total else "partial"
