"""An ERP in memory with one shelf, on which stock moves by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import Move, Product, StockLevel, Warehouse
from agent.domain.transfers import ProductDetail, StockPlace
from tests.unit.execution.fakes import Erp

HARNESS = Product(3, "Safety harness", "HAR-4", "pieces", storable=True)


@dataclass
class Stocked(Erp):
    """Ten harnesses lie there; while nobody looks two more come in."""

    on_hand: Decimal = Decimal(10)
    booked: dict[str, Decimal] = field(default_factory=dict)
    """By mark: by how much counts changed the books."""

    def meanwhile(self) -> None:
        self.on_hand += 2

    def search_products(self, text: str) -> list[Product]:
        self._read()
        return [HARNESS]

    def warehouses(self) -> list[Warehouse]:
        return [Warehouse(1, "Lyon", "LYN")]

    def product_details(self, product_ids: Sequence[int]) -> list[ProductDetail]:
        return [ProductDetail(key, Money(Decimal(5), "EUR"), by_lot=False) for key in product_ids]

    def stock_places(self, product_id: int, warehouse_id: int) -> list[StockPlace]:
        self._read()
        return [StockPlace(8, "LYN/Stock", Quantity(self.on_hand, "pieces"), Quantity(Decimal(0), "pieces"))]

    def open_moves(self, product_ids: Sequence[int] | None = None) -> list[Move]:
        return []

    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        return []

    def stock_levels(self, product_ids: Sequence[int]) -> list[StockLevel]:
        return [StockLevel(key, 1, Quantity(self.on_hand, "pieces"), Quantity(Decimal(0), "pieces")) for key in product_ids]

    def count_booked(self, product_id: int, marker: str) -> bool:
        self._read()
        return marker in self.booked

    def set_counted(self, product: Record, location_id: int, counted: Decimal, marker: str) -> None:
        self._write(lambda: self._book(counted, marker))

    def _book(self, counted: Decimal, marker: str) -> None:
        self.booked[marker] = self.booked.get(marker, Decimal(0)) + counted - self.on_hand
        self.on_hand = counted
        self.effects.append(f"set {counted}")
