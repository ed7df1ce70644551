"""Half a year behind today in which nearly everything went well: what trends are compared with.

Where something went wrong it did so evenly, never twice within a month, so that no rule takes accident for a trend.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from integrations.demo.books import Books
from integrations.demo.buying import buy, order_from, receive
from integrations.demo.company import Article, Company, Vendor
from integrations.demo.invoicing import bill, invoice
from integrations.demo.regular_trade import Market
from integrations.demo.selling import FIRST_NUMBER
from integrations.demo.tables import SaleOrder
from integrations.demo.trends import CHANGED, Arrival

#: Purchases of the past are numbered upwards from here, oldest first.
FIRST_PURCHASE = 1001
PURCHASES_OF_VENDOR, DAYS_BETWEEN = 20, 9
OLDEST_SALE, OLD_SALES = 60, 240
WEEKS = 9
MISHAP_EVERY = 6
#: What went wrong once, and for how many days it is still spoken of.
MISHAPS = (({"late": 3}, 0), ({"short_percent": 10}, 12), ({"overcharged_percent": 4}, 35))


@dataclass(frozen=True, slots=True)
class Planned:
    """A purchase before it is written, to be numbered by its day."""

    ordered_at: datetime
    vendor: Vendor
    warehouse: str
    article: Article
    arrival: Arrival


def happened(market: Market) -> None:
    planned = sorted(_purchases(market), key=lambda each: (each.ordered_at, each.vendor.partner.id))
    for number, purchase in enumerate(planned, FIRST_PURCHASE):
        _bought(market.books, market.company, purchase, f"P{number:05d}")
    _sold(market)
    _transferred(market.books, market.company, market.goods)


def _purchases(market: Market) -> Iterator[Planned]:
    books, company = market.books, market.company
    codes = list(company.stock)
    for name, vendor in company.vendors.items():
        changed = CHANGED.get(name)
        goods = [one for one in market.goods if vendor in company.vendors_of(one)]
        for position, arrival in enumerate(changed.arrivals() if changed else _usual(vendor)):
            article = company.articles[changed.code] if changed else market.rng.choice(goods)
            ordered_at = books.at(-arrival.days_ago - arrival.late - vendor.lead_days)
            yield Planned(ordered_at, vendor, codes[(position + vendor.partner.id) % len(codes)], article, arrival)


def _usual(vendor: Vendor) -> Iterator[Arrival]:
    """Every sixth arrival, so once in 54 days, is late, or short, or its bill too high."""
    key = vendor.partner.id
    for position in range(PURCHASES_OF_VENDOR):
        good = Arrival(days_ago=2 + 7 * key % DAYS_BETWEEN + DAYS_BETWEEN * position)
        turn, rest = divmod(position + key, MISHAP_EVERY)
        bad, spoken_of = MISHAPS[turn % len(MISHAPS)]
        yield replace(good, **bad) if rest == 0 and good.days_ago > spoken_of else good


def _bought(books: Books, company: Company, planned: Planned, name: str) -> None:
    arrival, product = planned.arrival, planned.article.product
    purchase = order_from(books, planned.vendor, company.warehouses[planned.warehouse], planned.ordered_at, "done", name)
    pack = Decimal(planned.article.family.pack) * 10
    quantity = max(Decimal(1), Decimal(arrival.worth) / product.cost // pack) * pack
    line = buy(books, purchase, product, quantity, books.at(-arrival.days_ago - arrival.late, 12))
    came = quantity * (100 - arrival.short_percent) / 100
    when = books.at(-arrival.days_ago, 10)
    receive(books, company, purchase, line, came, when, still_there=False, rest_comes=False)
    bill(books, purchase, [line], when + timedelta(days=1), arrival.days_ago > 30, arrival.overcharged_percent)


def _sold(market: Market) -> None:
    books, rng = market.books, market.rng
    taken = {order.name for order in books.rows[SaleOrder]}
    numbers = [number for number in range(OLDEST_SALE, FIRST_NUMBER) if f"S{number:05d}" not in taken]
    for number in sorted(rng.sample(numbers, OLD_SALES)):
        sale = market.sale(number, None)
        left = (books.now - sale.order.ordered_at).days - rng.randrange(3, 18)
        sale.order.promise_date = books.at(-left, 15)
        for _ in range(rng.randrange(1, 4)):
            line = market.line(sale)
            sale.shipped(line, line.ordered, books.at(-left, 11))
        invoice(sale, books.at(-left), books.at(30 - left), paid=left > 25 or rng.random() < 0.5)


def _transferred(books: Books, company: Company, goods: list[Article]) -> None:
    """Inside each warehouse three times a week, and five times in Dublin's repacking; done within two hours of its time."""
    for code, place in (("RTM", company.forward), *company.packing.items()):
        for position in range(3 * WEEKS):
            article = goods[7 * position % len(goods)]
            picking = books.picking("internal", company.warehouses[code], *_morning(books, 2 + 7 * position // 3))
            move = books.move(picking, article.product, Decimal(article.family.pack), company.stock[code], place)
            books.done(picking, move, picking.scheduled_at + timedelta(hours=1))
    for position, (due, made, done) in enumerate(repacked(books)):
        article = goods[11 * position % len(goods)]
        picking = books.picking("internal", company.warehouses["DUB"], due, made, zone_id=company.repacking.id)
        pack = Decimal(article.family.pack)
        move = books.move(picking, article.product, pack, company.stock["DUB"], company.packing["DUB"])
        books.done(picking, move, done)


def repacked(books: Books) -> Iterator[tuple[datetime, datetime, datetime]]:
    """When each past transfer of Dublin's repacking was due, made and done: five a week, in the morning."""
    for position in range(5 * WEEKS):
        due, made = _morning(books, 4 + 7 * position // 5)
        yield due, made, due + timedelta(hours=1 + position % 2)


def _morning(books: Books, days_ago: int) -> tuple[datetime, datetime]:
    """When it was due, and when it was made."""
    return books.at(-days_ago, 10), books.at(-days_ago, 8)
