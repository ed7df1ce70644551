"""What was invoiced, and how far customers may go."""

from datetime import datetime
from decimal import Decimal

from integrations.demo.books import NOTHING, Books
from integrations.demo.tables import Invoice, Partner, SaleOrder

STEP = Decimal(5_000)
LIMITED = ("key", "standard")


def invoice(books: Books, order: SaleOrder, issued: datetime, due: datetime, paid: bool) -> Invoice:
    row_id = books.next_id(Invoice)
    return books.add(
        Invoice(
            id=row_id,
            name=f"INV/{issued.year}/{row_id:05d}",
            customer_id=order.customer_id,
            sale_order_id=order.id,
            state="posted",
            issued=issued.date(),
            due=due.date(),
            total=order.amount,
            residual=NOTHING if paid else order.amount,
            currency=order.currency,
        )
    )


def set_credit_limits(books: Books) -> None:
    """Limits that leave room above what each customer owes and has on order; planted ones stay, strategic customers have none."""
    exposure: dict[int, Decimal] = {}
    for order in books.rows[SaleOrder]:
        if order.state == "sale":
            exposure[order.customer_id] = exposure.get(order.customer_id, NOTHING) + order.amount
    for row in books.rows[Invoice]:
        exposure[row.customer_id] = exposure.get(row.customer_id, NOTHING) + row.residual
    for partner in books.rows[Partner]:
        if partner.segment in LIMITED and partner.credit_limit is None:
            steps = exposure.get(partner.id, NOTHING) * Decimal("1.4") // STEP + 2
            partner.credit_limit = steps * STEP
