"""A purchasing department in memory: one vendor with a price list and one without, and a draft purchase."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from agent.domain.contacts import Contact
from agent.domain.money import Money
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from agent.domain.purchasing import PurchaseOrder, Vendor, VendorPrice
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import Product, Warehouse

NOON = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)
ACME, BOLT, CASH = Record("res.partner", 1, "Acme"), Record("res.partner", 2, "Bolt"), Record("res.partner", 3, "Cash Only")


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def listed(vendor: Record, price: str, product: int = 11, currency: str = "EUR", **changes: Any) -> VendorPrice:
    """Some price of a harness."""
    base = VendorPrice(
        vendor.id * 100 + product, vendor.id, vendor.name, product, Money(Decimal(price), currency), Decimal(0), 3, None, None
    )
    return replace(base, **changes)


def paper_line(price: str = "100", quantity: str = "10", **changes: Any) -> PaperLine:
    some, none = Quantity(Decimal(quantity), "Units"), Quantity(Decimal(0), "Units")
    return replace(PaperLine(71, 11, "Safety harness", "HAR-4", some, none, euros(price), NOON), **changes)


@dataclass
class Shop:
    prices: list[VendorPrice] = field(default_factory=lambda: [listed(ACME, "100"), listed(BOLT, "100"), listed(ACME, "8", 12)])
    lines: tuple[PaperLine, ...] = (paper_line(),)
    state: str = "draft"

    def search_vendors(self, text: str, limit: int = 10) -> list[Record]:
        return [each for each in (ACME, BOLT, CASH) if each.name == text]

    def vendors(self, ids: Sequence[int]) -> list[Vendor]:
        return [Vendor(each.id, each.name, frozenset()) for each in (ACME, BOLT, CASH) if each.id in ids]

    def warehouses(self) -> list[Warehouse]:
        return [Warehouse(1, "Main", "WH")]

    def search_products(self, text: str, limit: int = 10) -> list[Product]:
        known = [Product(11, "Safety harness", "HAR-4", "Units", True), Product(12, "Gloves", "GLV-1", "Units", True)]
        return [each for each in known if each.code == text]

    def vendor_prices(self, product_ids: Sequence[int]) -> list[VendorPrice]:
        return [each for each in self.prices if each.product_id in product_ids]

    def purchase_papers(self, names: Sequence[str]) -> list[PurchasePaper]:
        values = [Money(line.price.amount * line.ordered.amount, "EUR") for line in self.lines]
        whole = PurchasePaper(7, "P00007", self.state, ACME, sum(values[1:], values[0]), "", 1, self.lines)
        return [whole] if "P00007" in names else []

    def find_by_number(self, model: str, names: Sequence[str]) -> dict[str, list[Record]]:
        return {"P00007": [Record("purchase.order", 7, "P00007")]} if "P00007" in names else {}

    def purchases(self, ids: Sequence[int]) -> list[PurchaseOrder]:
        return [PurchaseOrder(7, "P00007", "purchase", 1, "Acme", NOON, NOON, euros("1000"), None, None, 1)]

    def addressees(self, record: Record) -> list[Contact]:
        return [Contact(1, "Acme", "sales@acme.example")]
