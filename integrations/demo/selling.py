"""What a customer's order leaves in the books, and the ways its lines are supplied."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from integrations.demo.books import NOTHING, Books
from integrations.demo.buying import buy, expect_receipt, order_from
from integrations.demo.company import CURRENCY, Company, Vendor
from integrations.demo.parties import SALESPEOPLE
from integrations.demo.tables import Location, Move, Partner, Picking, Product, PurchaseOrder, SaleOrder, SaleOrderLine

#: Order numbers run over the last thirty days: S02050 is the newest.
FIRST_NUMBER, LAST_NUMBER = 1100, 2050
DAYS_OF_NUMBERS = 30


class Sale:
    """One order in the making: its lines are added with the way they are supplied."""

    def __init__(
        self, books: Books, company: Company, number: int, customer: Partner, warehouse: str, promise: datetime | None
    ) -> None:
        self.books, self.company, self.warehouse = books, company, company.warehouses[warehouse]
        self.lines: list[SaleOrderLine] = []
        age = DAYS_OF_NUMBERS * (LAST_NUMBER - number) / (LAST_NUMBER - FIRST_NUMBER)
        self.order = books.add(
            SaleOrder(
                id=books.next_id(SaleOrder),
                name=f"S{number:05d}",
                customer_id=customer.id,
                state="sale",
                ordered_at=(books.now - timedelta(days=age, hours=1)).replace(second=0, microsecond=0),
                promise_date=promise,
                amount=NOTHING,
                currency=CURRENCY,
                warehouse_id=self.warehouse.id,
                delivery_status=None,
                locked=False,
                customer_reference=f"PO-{books.rng.randrange(10_000, 99_999)}" if books.rng.random() < 0.6 else None,
                salesperson=SALESPEOPLE[customer.id % len(SALESPEOPLE)],
            )
        )

    def line(self, product: Product, quantity: Decimal, dozens: bool = False, discount: int = 0) -> SaleOrderLine:
        row = SaleOrderLine(
            id=self.books.next_id(SaleOrderLine),
            order_id=self.order.id,
            product_id=product.id,
            ordered=quantity,
            delivered=NOTHING,
            unit_price=product.price,
            sold_quantity=quantity / 12 if dozens else quantity,
            sold_unit="dozens" if dozens else product.unit,
            discount=Decimal(discount),
        )
        self.order.amount += (quantity * product.price * (100 - discount) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        self.lines.append(row)
        return self.books.add(row)

    def delivery(self, scheduled: datetime, responsible: str | None = None, backorder_of: Picking | None = None) -> Picking:
        """A backorder is made when the delivery that it is the rest of is done."""
        return self.books.picking(
            "delivery",
            self.warehouse,
            scheduled,
            backorder_of.done_at if backorder_of and backorder_of.done_at else self.order.ordered_at,
            sale_order_id=self.order.id,
            responsible=responsible,
            backorder_of=backorder_of.id if backorder_of else None,
        )

    def unsupplied(self, picking: Picking, line: SaleOrderLine, start: Location | None = None) -> Move:
        """Planned, with nothing reserved for it; what `line` still owes."""
        start = start or self.company.stock[self.warehouse.code]
        return self.books.move(
            picking,
            self._product(line),
            line.ordered - line.delivered,
            start,
            self.company.outside["customer"],
            sale_line_id=line.id,
        )

    def reserved(self, picking: Picking, line: SaleOrderLine, forward: bool = False) -> Move:
        """The goods lie there and are kept for this order."""
        move = self.from_free_stock(picking, line, self.company.forward if forward else None)
        self.books.hold(move, move.demand)
        return move

    def from_free_stock(self, picking: Picking, line: SaleOrderLine, start: Location | None = None) -> Move:
        """Nothing reserved yet, and enough lies there."""
        move = self.unsupplied(picking, line, start)
        place = start or self.company.stock[self.warehouse.code]
        self.books.put(self._product(line), place, move.demand)
        return move

    def made_to_order(
        self,
        picking: Picking,
        line: SaleOrderLine,
        vendor: Vendor,
        vendor_date: datetime,
        receipt_date: datetime | None = None,
        name: str | None = None,
    ) -> PurchaseOrder:
        """Bought for this line: the delivery waits for the receipt."""
        in_time = vendor_date - timedelta(days=vendor.lead_days, hours=3)
        purchase = order_from(self.books, vendor, self.warehouse, max(self.order.ordered_at, in_time), name=name)
        bought = buy(self.books, purchase, self._product(line), line.ordered - line.delivered, vendor_date, line)
        (receipt,) = expect_receipt(self.books, self.company, purchase, [bought], receipt_date or vendor_date)
        self.books.chain(self.unsupplied(picking, line), receipt)
        return purchase

    def transferred(self, picking: Picking, line: SaleOrderLine, source: str, arrives: datetime) -> Move:
        """Pulled from another warehouse, where it is reserved for the transfer."""
        books, company, product = self.books, self.company, self._product(line)
        demand = line.ordered - line.delivered
        transfer = books.picking("internal", company.warehouses[source], arrives, self.order.ordered_at)
        books.put(product, company.stock[source], demand)
        pull = books.move(transfer, product, demand, company.stock[source], company.stock[self.warehouse.code])
        books.hold(pull, demand)
        move = self.unsupplied(picking, line)
        books.chain(move, pull)
        return move

    def shipped(self, line: SaleOrderLine, quantity: Decimal, when: datetime) -> Picking:
        """This much of the line has left, some hours after it was due."""
        picking = self.delivery(max(when - timedelta(hours=3), self.order.ordered_at))
        picking.tracking_reference = f"3SHV{self.order.name[1:]}{line.id}"
        start, end = self.company.stock[self.warehouse.code], self.company.outside["customer"]
        move = self.books.move(picking, self._product(line), quantity, start, end, sale_line_id=line.id)
        line.delivered += quantity
        self.books.done(picking, move, when)
        return picking

    def _product(self, line: SaleOrderLine) -> Product:
        return self.books.get(Product, line.product_id)


def settle_delivery_status(books: Books) -> None:
    """As Odoo derives it: empty where nothing was planned to be delivered."""
    planned = {picking.sale_order_id for picking in books.rows[Picking]}
    owed: dict[int, list[SaleOrderLine]] = {}
    for line in books.rows[SaleOrderLine]:
        if books.get(Product, line.product_id).kind != "service":
            owed.setdefault(line.order_id, []).append(line)
    for order in books.rows[SaleOrder]:
        if order.id in planned:
            lines = owed[order.id]
            full = all(line.delivered == line.ordered for line in lines)
            order.delivery_status = "full" if full else "partial" if any(line.delivered for line in lines) else "pending"
