"""The healthy business: orders that will be kept, what was delivered before, and what is on its way for stock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from integrations.demo.books import Books
from integrations.demo.buying import buy, expect_receipt, order_from, receive
from integrations.demo.company import Article, Company, Vendor
from integrations.demo.invoicing import invoice
from integrations.demo.once_each import ONCE_EACH_CODES
from integrations.demo.parties import PICKERS
from integrations.demo.selling import DAYS_OF_NUMBERS, FIRST_NUMBER, LAST_NUMBER, Sale
from integrations.demo.situations import PLANTED_CODES, PLANTED_CUSTOMERS
from integrations.demo.tables import Partner, Picking, Product, PurchaseLine, PurchaseOrder, SaleOrder, SaleOrderLine, Warehouse
from integrations.demo.trends import CHANGED
from integrations.demo.troubles import SLOW_PAYER, TROUBLED_CODES

OPEN_ORDERS, CLOSED_ORDERS, QUOTATIONS, CANCELLED = 275, 60, 12, 6
#: Not on the shelf; orders wait for a purchase for stock that comes in good time.
INBOUND_CODES = frozenset({"BUB-4", "GLS-5", "VST-5", "BLT-5", "BAG-5", "ENV-5", "CUT-5", "CBL-4"})
#: Quotations are answered within ten days.
ANSWERED_FROM = LAST_NUMBER - 10 * (LAST_NUMBER - FIRST_NUMBER) // DAYS_OF_NUMBERS
HOME = {"en": "DUB", "fr": "LYN", "es": "LYN", "de": "RTM", "nl": "RTM"}
WEIGHT = {"strategic": 4, "key": 3, "standard": 2}


@dataclass(frozen=True, slots=True)
class Market:
    """Who buys what, drawn with the books' own dice."""

    books: Books
    company: Company
    customers: list[Partner]
    goods: list[Article]
    bought: set[tuple[str, str]]
    """Product and warehouse of what is on order: nobody orders it twice."""

    @property
    def rng(self) -> Random:
        return self.books.rng

    def customer(self) -> Partner:
        return self.rng.choices(self.customers, [WEIGHT[one.segment or "standard"] for one in self.customers])[0]

    def warehouse(self, customer: Partner) -> str:
        return HOME[customer.language] if self.rng.random() < 0.85 else self.rng.choice(list(self.company.stock))

    def quantity(self, article: Article) -> Decimal:
        worth = Decimal(str(round(self.rng.lognormvariate(5.9, 0.8), 2)))
        pack = Decimal(article.family.pack)
        return max(Decimal(1), worth / article.product.price // pack) * pack

    def to_buy(self, warehouse: str) -> Article:
        """Something that is not on order for this warehouse yet."""
        article = self.rng.choice([one for one in self.goods if (one.product.code, warehouse) not in self.bought])
        self.bought.add((article.product.code, warehouse))
        return article

    def vendor(self, article: Article) -> Vendor:
        """One who delivers as usual; of those who do not, all is told in the past."""
        return self.rng.choice([one for one in self.company.vendors_of(article) if one.partner.name not in CHANGED])

    def line(self, sale: Sale) -> SaleOrderLine:
        article = self.rng.choice(self.goods)
        return sale.line(article.product, self.quantity(article))

    def picker(self, sale: Sale) -> str:
        return self.rng.choice(PICKERS[sale.warehouse.code])

    def sale(self, number: int, promise: datetime | None) -> Sale:
        customer = self.customer()
        return Sale(self.books, self.company, number, customer, self.warehouse(customer), promise)


def trade(books: Books, company: Company) -> Market:
    """Everything that goes as it should."""
    kept = PLANTED_CODES | ONCE_EACH_CODES | TROUBLED_CODES | INBOUND_CODES
    goods = [one for code, one in company.articles.items() if code not in kept and one.family.kind == "storable"]
    customers = [one for name, one in company.customers.items() if name not in PLANTED_CUSTOMERS | {SLOW_PAYER}]
    market = Market(books, company, customers, goods, _on_order(books))
    _fill_shelves(market)
    numbers = _free_numbers(books)
    for number in _take(books.rng, numbers, OPEN_ORDERS):
        _open_order(market, number)
    for number in _take(books.rng, numbers, CLOSED_ORDERS):
        _closed_order(market, number)
    lately = {number for number in numbers if number >= ANSWERED_FROM}
    numbers -= lately
    for state, count in (("draft", QUOTATIONS // 2), ("sent", QUOTATIONS // 2), ("cancel", CANCELLED)):
        for number in _take(books.rng, lately, count):
            sale = market.sale(number, None)
            market.line(sale)
            sale.order.state = state
    _wait_for_replenishment(market, _take(books.rng, numbers | lately, len(INBOUND_CODES)))
    _replenish(market)
    _transfer(market)
    return market


def _on_order(books: Books) -> set[tuple[str, str]]:
    purchases = ((line, books.get(PurchaseOrder, line.order_id)) for line in books.rows[PurchaseLine])
    return {
        (books.get(Product, line.product_id).code, books.get(Warehouse, purchase.warehouse_id).code)
        for line, purchase in purchases
    }


def _free_numbers(books: Books) -> set[int]:
    taken = {order.name for order in books.rows[SaleOrder]}
    return {number for number in range(FIRST_NUMBER, LAST_NUMBER) if f"S{number:05d}" not in taken}


def _take(rng: Random, numbers: set[int], count: int) -> list[int]:
    taken = sorted(rng.sample(sorted(numbers), count))
    numbers.difference_update(taken)
    return taken


def _fill_shelves(market: Market) -> None:
    company, rng = market.company, market.rng
    for article in market.goods:
        for place in (*company.stock.values(), company.forward):
            if rng.random() < (0.35 if place is company.forward else 0.85):
                market.books.put(article.product, place, market.quantity(article) * rng.randrange(2, 7))


def _open_order(market: Market, number: int) -> None:
    rng, books = market.rng, market.books
    lead = rng.randrange(2, 18)
    promise = None if rng.random() < 0.03 else books.at(lead, rng.choice((10, 12, 15)))
    sale = market.sale(number, promise)
    chance = rng.random()
    if chance < 0.62:
        _from_shelf(market, sale, lead)
    elif chance < 0.78:
        _bought_in_time(market, sale, lead + 6)
    elif chance < 0.88:
        picking = sale.delivery(books.at(lead - 0.5, 8))
        for _ in range(rng.randrange(1, 4)):
            sale.from_free_stock(picking, market.line(sale))
    elif chance < 0.95:
        _rest_of_it(market, sale, lead)
    else:
        _pulled_from_elsewhere(market, sale, lead + 4)


def _scheduled(market: Market, lead: float) -> datetime:
    """A day before the promise at the latest, never in the past."""
    return market.books.at(max(1, lead - market.rng.randrange(1, 4)), 8)


def _from_shelf(market: Market, sale: Sale, lead: int) -> None:
    rng = market.rng
    picking = sale.delivery(_scheduled(market, lead), market.picker(sale) if rng.random() < 0.7 else None)
    for _ in range(rng.randrange(1, 5)):
        forward = sale.warehouse.code == "RTM" and rng.random() < 0.3
        sale.reserved(picking, market.line(sale), forward)
    if rng.random() < 0.15:
        sale.reserved(picking, sale.line(market.company.product("CRT-1"), Decimal(10)))
    if rng.random() < 0.08:
        sale.line(market.company.product("SRV-1"), Decimal(rng.randrange(2, 9)))


def _bought_in_time(market: Market, sale: Sale, lead: int) -> None:
    """Bought when it was sold, or a few days ago from a fast vendor; comes when the price list says."""
    rng, books = market.rng, market.books
    article = market.to_buy(sale.warehouse.code)
    vendor = market.vendor(article)
    arrives = max(2, vendor.lead_days - (books.now - sale.order.ordered_at).days)
    lead = max(lead, arrives + 4)
    if sale.order.promise_date:
        sale.order.promise_date = books.at(lead, 15)
    picking = sale.delivery(books.at(lead - 1, 8), market.picker(sale))
    sale.made_to_order(picking, sale.line(article.product, market.quantity(article)), vendor, books.at(arrives, 12))
    for _ in range(rng.randrange(0, 3)):
        sale.reserved(picking, market.line(sale))


def _rest_of_it(market: Market, sale: Sale, lead: int) -> None:
    """A first part was delivered; the backorder is reserved and has its day."""
    sale.order.ordered_at = min(sale.order.ordered_at, market.books.at(-5))
    first = market.line(sale)
    second = market.line(sale)
    done = sale.shipped(first, first.ordered, market.books.at(-market.rng.randrange(1, 3), 11))
    sale.reserved(sale.delivery(_scheduled(market, lead), market.picker(sale), backorder_of=done), second)


def _pulled_from_elsewhere(market: Market, sale: Sale, lead: int) -> None:
    if sale.order.promise_date:
        sale.order.promise_date = market.books.at(lead, 15)
    source = market.rng.choice([code for code in market.company.stock if code != sale.warehouse.code])
    picking = sale.delivery(market.books.at(lead - 1, 8), market.picker(sale))
    sale.transferred(picking, market.line(sale), source, market.books.at(market.rng.randrange(1, lead - 3), 16))


def _closed_order(market: Market, number: int) -> None:
    rng, books = market.rng, market.books
    left = rng.randrange(1, 20)
    sale = market.sale(number, books.at(-left, 15))
    sale.order.ordered_at = min(sale.order.ordered_at, books.at(-left - 4))
    for _ in range(rng.randrange(1, 4)):
        line = market.line(sale)
        sale.shipped(line, line.ordered, books.at(-left, 11))
    if left > 2:
        invoice(sale, books.at(-left), books.at(30 - left), paid=rng.random() < 0.4)


def _wait_for_replenishment(market: Market, numbers: list[int]) -> None:
    books, company = market.books, market.company
    for number, code in zip(numbers, sorted(INBOUND_CODES), strict=True):
        article = company.articles[code]
        sale = market.sale(number, books.at(12, 15))
        quantity = market.quantity(article)
        sale.unsupplied(sale.delivery(books.at(11, 8)), sale.line(article.product, quantity))
        vendor = market.vendor(article)
        purchase = order_from(books, vendor, sale.warehouse, books.at(min(-1, 5 - vendor.lead_days)))
        line = buy(books, purchase, article.product, quantity * 4, books.at(5, 12))
        expect_receipt(books, company, purchase, [line], books.at(5, 12))


def _replenish(market: Market) -> None:
    for state, count in (("draft", 8), ("sent", 7), ("to approve", 6), ("cancel", 3), ("purchase", 22)):
        for _ in range(count):
            _purchase(market, state, Decimal(0))
    for _ in range(6):
        _purchase(market, "purchase", Decimal("0.5"))
    for _ in range(14):
        _purchase(market, "done", Decimal(1))


def _purchase(market: Market, state: str, received: Decimal) -> None:
    """A purchase for stock, of which this share has arrived."""
    books, rng, company = market.books, market.rng, market.company
    warehouse = rng.choice(list(company.stock))
    article = market.to_buy(warehouse)
    vendor = market.vendor(article)
    siblings = [
        one for one in market.goods if one.family is article.family and (one.product.code, warehouse) not in market.bought
    ]
    age = 1 if state == "sent" else rng.randrange(2, vendor.lead_days)
    ordered_at = books.at(-age - (vendor.lead_days if state == "done" else 0))
    purchase = order_from(books, vendor, company.warehouses[warehouse], ordered_at, state)
    if state == "to approve":
        purchase.changed_at = max(purchase.ordered_at, books.now - timedelta(hours=20))
    due = books.at(max(2, vendor.lead_days - age), 12)
    lines = []
    for one in [article, *rng.sample(siblings, rng.randrange(0, min(3, len(siblings) + 1)))]:
        market.bought.add((one.product.code, warehouse))
        quantity = market.quantity(one) * 4
        line = buy(books, purchase, one.product, quantity, books.at(-age, 12) if state == "done" else due)
        if received:
            receive(books, company, purchase, line, quantity * received, books.at(-age if state == "done" else -1, 10))
        lines.append(line)
    open_lines = [line for line in lines if line.received < line.ordered]
    if state == "purchase" and open_lines:
        expect_receipt(books, company, purchase, open_lines, due)


def _transfer(market: Market) -> None:
    """Stock on its way between warehouses, and from Rotterdam's bulk storage to its forward location."""
    books, company, rng = market.books, market.company, market.rng
    places = (*[company.stock["LYN"], company.stock["DUB"]] * 4, *[company.forward] * 4)
    source = company.stock["RTM"]
    for place in places:
        article = rng.choice(market.goods)
        quantity = Decimal(article.family.pack) * 2
        books.put(article.product, source, quantity)
        picking: Picking = books.picking("internal", company.warehouses["RTM"], books.at(rng.randrange(1, 5), 16), books.at(-1))
        move = books.move(picking, article.product, quantity, source, place)
        books.hold(move, move.demand)
