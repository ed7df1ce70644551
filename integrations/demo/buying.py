"""What a purchase leaves in the books."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from integrations.demo.books import NOTHING, Books
from integrations.demo.company import Company, Vendor
from integrations.demo.parties import BUYERS
from integrations.demo.tables import Move, Picking, Product, PurchaseLine, PurchaseOrder, SaleOrderLine, Warehouse

#: Purchases are numbered upwards from here; planted ones and those of the past have numbers below it.
FIRST_NUMBER = 2001


def list_price(product: Product, vendor_id: int) -> Decimal:
    """What this vendor asks for one: a little more or less than the product costs on average."""
    return (product.cost * (97 + (7 * vendor_id + product.id) % 9) / 100).quantize(Decimal("0.01"))


def order_from(
    books: Books,
    vendor: Vendor,
    warehouse: Warehouse,
    ordered_at: datetime,
    state: str = "purchase",
    name: str | None = None,
    acknowledged: bool = True,
) -> PurchaseOrder:
    row_id = books.next_id(PurchaseOrder)
    confirmed = state in ("purchase", "done")
    ordered = min(ordered_at + timedelta(hours=3), books.now)
    return books.add(
        PurchaseOrder(
            id=row_id,
            name=name or f"P{FIRST_NUMBER + row_id:05d}",
            vendor_id=vendor.partner.id,
            state=state,
            ordered_at=ordered,
            warehouse_id=warehouse.id,
            vendor_reference=f"AB-{books.rng.randrange(100_000, 999_999)}" if confirmed and acknowledged else None,
            buyer=BUYERS[vendor.partner.id % len(BUYERS)],
            acknowledged=confirmed and acknowledged,
            changed_at=ordered,
        )
    )


def buy(
    books: Books,
    purchase: PurchaseOrder,
    product: Product,
    quantity: Decimal,
    vendor_date: datetime,
    for_line: SaleOrderLine | None = None,
    price: Decimal | None = None,
) -> PurchaseLine:
    """At the vendor's list price unless another is given."""
    return books.add(
        PurchaseLine(
            id=books.next_id(PurchaseLine),
            order_id=purchase.id,
            product_id=product.id,
            ordered=quantity,
            received=NOTHING,
            unit_price=price or list_price(product, purchase.vendor_id),
            vendor_promise_date=vendor_date,
            for_sale_line_id=for_line.id if for_line else None,
        )
    )


def expect_receipt(
    books: Books, company: Company, purchase: PurchaseOrder, lines: Sequence[PurchaseLine], expected: datetime
) -> list[Move]:
    """The receipt that a confirmed purchase brings: one move for what each line still lacks."""
    warehouse = books.get(Warehouse, purchase.warehouse_id)
    picking = books.picking("receipt", warehouse, expected, purchase.ordered_at, purchase_order_id=purchase.id)
    start, end = company.outside["vendor"], company.stock[warehouse.code]
    moves = []
    for line in lines:
        product = books.get(Product, line.product_id)
        move = books.move(picking, product, line.ordered - line.received, start, end, purchase_line_id=line.id)
        move.state = "assigned"  # a vendor's goods need no reservation
        moves.append(move)
    return moves


def receive(
    books: Books,
    company: Company,
    purchase: PurchaseOrder,
    line: PurchaseLine,
    quantity: Decimal,
    when: datetime,
    *,
    still_there: bool = True,
    rest_comes: bool = True,
) -> Picking:
    """This much of the line has arrived; `still_there`: it is on the shelf today; unless `rest_comes`, the rest was cancelled."""
    warehouse = books.get(Warehouse, purchase.warehouse_id)
    scheduled = max(line.vendor_promise_date.replace(hour=8), purchase.ordered_at)
    picking = books.picking("receipt", warehouse, scheduled, purchase.ordered_at, purchase_order_id=purchase.id)
    start, end = company.outside["vendor"], company.stock[warehouse.code]
    product = books.get(Product, line.product_id)
    move = books.move(picking, product, quantity, start, end, purchase_line_id=line.id)
    line.received += quantity
    if still_there:
        books.put(product, end, quantity)
    books.done(picking, move, when)
    if not rest_comes and line.received < line.ordered:
        rest = books.move(picking, product, line.ordered - line.received, start, end, purchase_line_id=line.id)
        rest.state = "cancel"
    return picking
