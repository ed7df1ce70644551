"""Below what stock is bought again; where nothing was planted there is more than that."""

from decimal import Decimal

from integrations.demo.books import NOTHING, Books
from integrations.demo.company import Article, Company
from integrations.demo.tables import Location, Move, Product, ReorderRule, StockLevel, Warehouse

#: Every so manieth product has a rule in each warehouse that holds it.
EVERY = 4


def reorder_below(books: Books, product: Product, warehouse: Warehouse, minimum: Decimal, name: str | None = None) -> ReorderRule:
    row_id = books.next_id(ReorderRule)
    row = ReorderRule(row_id, name or f"OP/{row_id:05d}", product.id, warehouse.id, minimum, minimum * 3, 7)
    return books.add(row)


def write_rules(books: Books, company: Company, goods: list[Article]) -> None:
    """Less than half of what is left when everything ordered so far has shipped, whatever comes in."""
    spare = _spare(books)
    for article in goods[::EVERY]:
        for warehouse in company.warehouses.values():
            left = spare.get((article.product.id, warehouse.id), NOTHING)
            minimum = left * Decimal("0.4") // 1
            if minimum > 0:
                reorder_below(books, article.product, warehouse, minimum)


def _spare(books: Books) -> dict[tuple[int, int], Decimal]:
    spare: dict[tuple[int, int], Decimal] = {}
    for level in books.rows[StockLevel]:
        key = (level.product_id, books.get(Location, level.location_id).warehouse_id or 0)
        spare[key] = spare.get(key, NOTHING) + level.on_hand
    for move in books.rows[Move]:
        start = books.get(Location, move.from_location_id).warehouse_id
        if start and move.state not in ("done", "cancel"):
            spare[move.product_id, start] = spare.get((move.product_id, start), NOTHING) - move.demand
    return spare
