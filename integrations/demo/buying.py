"""What a purchase leaves in the books."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from integrations.demo.books import NOTHING, Books
from integrations.demo.company import Company, Vendor
from integrations.demo.parties import BUYERS
from integrations.demo.tables import Move, Product, PurchaseLine, PurchaseOrder, SaleOrderLine, Warehouse

#: Purchases are numbered upwards from here; planted ones have numbers below it.
FIRST_NUMBER = 501


def order_from(
    books: Books, vendor: Vendor, warehouse: Warehouse, ordered_at: datetime, state: str = "purchase", name: str | None = None
) -> PurchaseOrder:
    row_id = books.next_id(PurchaseOrder)
    confirmed = state in ("purchase", "done")
    return books.add(
        PurchaseOrder(
            id=row_id,
            name=name or f"P{FIRST_NUMBER + row_id:05d}",
            vendor_id=vendor.partner.id,
            state=state,
            ordered_at=min(ordered_at + timedelta(hours=3), books.now),
            warehouse_id=warehouse.id,
            vendor_reference=f"AB-{books.rng.randrange(100_000, 999_999)}" if confirmed else None,
            buyer=BUYERS[vendor.partner.id % len(BUYERS)],
        )
    )


def buy(
    books: Books,
    purchase: PurchaseOrder,
    product: Product,
    quantity: Decimal,
    vendor_date: datetime,
    for_line: SaleOrderLine | None = None,
) -> PurchaseLine:
    return books.add(
        PurchaseLine(
            id=books.next_id(PurchaseLine),
            order_id=purchase.id,
            product_id=product.id,
            ordered=quantity,
            received=NOTHING,
            unit_price=product.cost,
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
    books: Books, company: Company, purchase: PurchaseOrder, line: PurchaseLine, quantity: Decimal, when: datetime
) -> None:
    """This much of the line has arrived."""
    warehouse = books.get(Warehouse, purchase.warehouse_id)
    picking = books.picking("receipt", warehouse, when, purchase.ordered_at, purchase_order_id=purchase.id)
    start, end = company.outside["vendor"], company.stock[warehouse.code]
    product = books.get(Product, line.product_id)
    move = books.move(picking, product, quantity, start, end, purchase_line_id=line.id)
    line.received += quantity
    books.put(product, end, quantity)
    books.done(picking, move, when)
