"""A small company in memory: one strategic and one standard customer, one vendor, and their records."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn

from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.sales import Customer, SaleOrder, Segment
from agent.domain.stock import Picking, PickingKind, Product
from agent.errors import ErpUnavailable

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday
HOTEL, CAFE, VENDOR = (
    Record("res.partner", 1, "Castle Hotels"),
    Record("res.partner", 2, "Corner Café"),
    Record("res.partner", 3, "Kessler"),
)
MAIL_OF = {1: "orders@castlehotels.example", 2: "anna@cornercafe.example", 3: "sales@kessler.example"}


def _order(order_id: int, name: str, customer: Record, promise: datetime | None, amount: int) -> SaleOrder:
    return SaleOrder(
        order_id,
        name,
        customer.id,
        customer.name,
        "sale",
        NOW,
        promise,
        Money(Decimal(amount), "EUR"),
        1,
        False,
        False,
        None,
        None,
    )


ORDERS = (
    _order(11, "S00011", HOTEL, datetime(2026, 3, 20, 12, tzinfo=UTC), 8_000),
    _order(12, "S00012", CAFE, datetime(2026, 3, 2, 12, tzinfo=UTC), 400),
    _order(13, "S00013", CAFE, datetime(2026, 3, 25, 12, tzinfo=UTC), 900),
    _order(14, "S00014", CAFE, datetime(2026, 3, 27, 12, tzinfo=UTC), 26_000),
)
RECORDS = {
    "sale.order": {order.name: [(Record("sale.order", order.id, order.name), order.customer_id)] for order in ORDERS},
    "purchase.order": {
        "P00021": [(Record("purchase.order", 21, "P00021"), 3)],
        "P00022": [(Record("purchase.order", 22, "P00022"), 3)],
    },
    "stock.picking": {
        "WH/OUT/00031": [(Record("stock.picking", 31, "WH/OUT/00031"), 2)],
        "1Z12345E0205271688": [(Record("stock.picking", 31, "WH/OUT/00031"), 2)],
    },
    "account.move": {"INV/2026/00041": [(Record("account.move", 41, "INV/2026/00041"), 2)]},
    "sale.order:client_order_ref": {"4500012345": [(Record("sale.order", 13, "S00013"), 2)]},
    "purchase.order:partner_ref": {},
}


class SmallCompany:
    """What triage asks of an ERP; every call is kept, so that a test can count them."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def find_by_number(self, model: str, numbers: Sequence[str]) -> dict[str, list[Record]]:
        self.calls.append(f"find_by_number {model}")
        return {number: [record for record, _ in RECORDS[model][number]] for number in numbers if number in RECORDS[model]}

    def partner_of_record(self, record: Record) -> Record | None:
        self.calls.append("partner_of_record")
        owners = {found.id: owner for place in RECORDS.values() for rows in place.values() for found, owner in rows}
        return next((partner for partner in (HOTEL, CAFE, VENDOR) if partner.id == owners.get(record.id)), None)

    def partners_by_email(self, addresses: Sequence[str]) -> dict[str, Record]:
        self.calls.append("partners_by_email")
        known = {
            address: partner
            for partner in (HOTEL, CAFE, VENDOR)
            for address in (MAIL_OF[partner.id], MAIL_OF[partner.id].split("@")[1])
        }
        return {address: known[address] for address in addresses if address in known}

    def partners_like(self, patterns: Sequence[str]) -> list[Record]:
        wanted = [re.compile(".*".join(map(re.escape, pattern.split("%"))), re.IGNORECASE) for pattern in patterns]
        self.calls.append("partners_like")
        return [partner for partner in (HOTEL, CAFE, VENDOR) if any(each.search(partner.name) for each in wanted)]

    def sale_orders(self, names: Sequence[str]) -> list[SaleOrder]:
        self.calls.append("sale_orders")
        return [order for order in ORDERS if order.name in names]

    def customers(self, ids: Sequence[int]) -> list[Customer]:
        self.calls.append("customers")
        segments = {1: Segment.STRATEGIC}
        return [
            Customer(partner.id, partner.name, segments.get(partner.id, Segment.STANDARD), "en", MAIL_OF[partner.id], None)
            for partner in (HOTEL, CAFE, VENDOR)
            if partner.id in ids
        ]

    def open_pickings(self, order_ids: Sequence[int] | None = None) -> list[Picking]:
        self.calls.append("open_pickings")
        ready = Picking(31, "WH/OUT/00031", PickingKind.DELIVERY, "assigned", NOW, NOW, 1, 12, None, None, None)
        return [ready] if order_ids is None or 12 in order_ids else []

    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        self.calls.append("open_purchase_lines")
        ten = Quantity(Decimal(10), "pieces")
        none = Quantity(Decimal(0), "pieces")
        return [PurchaseLine(91, 21, "P00021", "purchase", 3, "Kessler", 5, "Belt", ten, none, NOW, None, (111,))]

    def orders_of_lines(self, line_ids: Sequence[int]) -> dict[int, SaleOrder]:
        self.calls.append("orders_of_lines")
        return {111: ORDERS[2]} if 111 in line_ids else {}

    def search_products(self, text: str, limit: int = 10) -> list[Product]:
        self.calls.append("search_products")
        return [Product(5, "Belt", "BEL-5", "m", True)] if text == "BEL-5" else []


class NoCompany:
    """An ERP that does not answer."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ErpUnavailable("Odoo does not answer; try again in a minute.")
