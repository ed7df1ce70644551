"""What was counted, written off and found wanting in half a year: a little everywhere, and nothing twice."""

from datetime import datetime
from decimal import Decimal

from integrations.demo.books import Books
from integrations.demo.company import Article, Company
from integrations.demo.parties import PICKERS
from integrations.demo.tables import Adjustment, Location, Product, QualityFailure, Scrap

COUNTS, WRITE_OFFS = 24, 30
FAILED_DAYS_AGO = (40, 75, 130)
#: What a usual count is off by, at cost.
WORTH = (30, 80, 140, 210)


def count(
    books: Books, company: Company, product: Product, change: Decimal, place: Location, when: datetime, name: str
) -> Adjustment:
    """Stock was counted up, or down when negative; what lies there now already knows of it."""
    loss = company.outside["loss"]
    start, end = (place, loss) if change < 0 else (loss, place)
    move = books.lost(product, abs(change), start, end, when)
    warehouse = next(one.code for one in company.warehouses.values() if one.id == place.warehouse_id)
    return books.add(Adjustment(move.id, name, PICKERS[warehouse][0]))


def write_off(
    books: Books, company: Company, product: Product, quantity: Decimal, place: Location, when: datetime, lot: str | None = None
) -> Scrap:
    move = books.lost(product, quantity, place, company.outside["loss"], when)
    row_id = books.next_id(Scrap)
    return books.add(Scrap(row_id, f"SP/{row_id:05d}", move.id, lot))


def fail(
    books: Books, product: Product, when: datetime, lot: str, name: str | None = None, picking_id: int | None = None
) -> QualityFailure:
    row_id = books.next_id(QualityFailure)
    return books.add(QualityFailure(row_id, name or f"QC/{row_id:05d}", product.id, picking_id, lot, when))


def small_losses(books: Books, company: Company, goods: list[Article]) -> None:
    places = list(company.stock.values())
    for position in range(COUNTS):
        product = goods[(13 * position + 2) % len(goods)].product
        pieces = max(Decimal(1), WORTH[position % len(WORTH)] // product.cost)
        change = pieces if position % 3 == 0 and product.cost < WORTH[-1] else -pieces
        if pieces * product.cost < 2 * WORTH[-1]:
            when = books.at(-4 - 7 * position, 17)
            count(books, company, product, change, places[position % len(places)], when, f"COUNT/{position + 1:05d}")
    for position in range(WRITE_OFFS):
        product = goods[(5 * position + 1) % len(goods)].product
        write_off(books, company, product, Decimal(1), places[position % len(places)], books.at(-3 - 5 * position, 16))
    for position, days in enumerate(FAILED_DAYS_AGO):
        fail(books, goods[17 * position].product, books.at(-days, 11), f"L{2500 + position}")
