"""What was invoiced, and how far customers may go."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from integrations.demo.books import NOTHING, Books
from integrations.demo.company import CURRENCY
from integrations.demo.selling import Sale
from integrations.demo.tables import Invoice, InvoiceLine, Partner, Product, PurchaseLine, PurchaseOrder, SaleOrder

STEP = Decimal(5_000)
LIMITED = ("key", "standard")


def invoice(sale: Sale, issued: datetime, due: datetime, paid: bool) -> Invoice:
    """What was delivered so far, and the services."""
    books = sale.books
    made = _document(books, "invoice", sale.order.customer_id, issued, due, sale_order_id=sale.order.id)
    for line in sale.lines:
        service = books.get(Product, line.product_id).kind == "service"
        price = line.unit_price * (100 - line.discount) / 100
        _line(books, made, line.ordered if service else line.delivered, price, sale_line_id=line.id)
    made.residual = NOTHING if paid else made.total
    return made


def bill(
    books: Books,
    purchase: PurchaseOrder,
    lines: Iterable[PurchaseLine],
    issued: datetime,
    paid: bool,
    percent_more: int = 0,
) -> Invoice:
    """For what was received, at so many percent above the price it was ordered at."""
    made = _document(books, "bill", purchase.vendor_id, issued, issued, purchase_order_id=purchase.id)
    for line in lines:
        price = (line.unit_price * (100 + percent_more) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        _line(books, made, line.received, price, purchase_line_id=line.id)
    made.residual = NOTHING if paid else made.total
    return made


def _document(books: Books, kind: str, partner_id: int, issued: datetime, due: datetime, **order: int) -> Invoice:
    row_id = books.next_id(Invoice)
    prefix = "INV" if kind == "invoice" else "BILL"
    return books.add(
        Invoice(
            id=row_id,
            name=f"{prefix}/{issued.year}/{row_id:05d}",
            kind=kind,
            partner_id=partner_id,
            **({"sale_order_id": None, "purchase_order_id": None} | order),
            state="posted",
            issued=issued.date(),
            due=due.date(),
            total=NOTHING,
            residual=NOTHING,
            currency=CURRENCY,
        )
    )


def _line(books: Books, document: Invoice, quantity: Decimal, price: Decimal, **line: int) -> None:
    if quantity:
        both = {"sale_line_id": None, "purchase_line_id": None} | line
        books.add(InvoiceLine(books.next_id(InvoiceLine), document.id, quantity=quantity, unit_price=price, **both))
        document.total += (quantity * price).quantize(Decimal("0.01"), ROUND_HALF_UP)


def set_credit_limits(books: Books) -> None:
    """Limits that leave room above what each customer owes and has on order; planted ones stay, strategic customers have none."""
    exposure: dict[int, Decimal] = {}
    invoiced = {row.sale_order_id for row in books.rows[Invoice]}
    for order in books.rows[SaleOrder]:
        if order.state == "sale" and order.id not in invoiced:
            exposure[order.customer_id] = exposure.get(order.customer_id, NOTHING) + order.amount
    for row in books.rows[Invoice]:
        if row.kind == "invoice":
            exposure[row.partner_id] = exposure.get(row.partner_id, NOTHING) + row.residual
    for partner in books.rows[Partner]:
        if partner.segment in LIMITED and partner.credit_limit is None:
            steps = exposure.get(partner.id, NOTHING) * Decimal("1.4") // STEP + 2
            partner.credit_limit = steps * STEP
