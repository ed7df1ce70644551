"""The ERP of the collected mails, in memory: what triage asks of one, answered from company.yaml."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Any

import yaml

from agent.domain.money import Money
from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.sales import Customer, SaleOrder, Segment
from agent.domain.stock import Picking, PickingKind, Product

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
"""A Monday."""
Row = dict[str, Any]


class CollectedCompany:
    """The part of the reader's port that triage uses."""

    def __init__(self) -> None:
        self._facts: Row = yaml.safe_load(files(__package__).joinpath("company.yaml").read_text(encoding="utf-8"))

    @cached_property
    def _owned(self) -> dict[str, dict[str, tuple[Record, int]]]:
        """Place → number → record and its partner."""
        places: dict[str, dict[str, tuple[Record, int]]] = {}
        for place, number, record, partner in self._numbers():
            places.setdefault(place, {})[number] = (record, partner)
        return places

    def _numbers(self) -> Iterator[tuple[str, str, Record, int]]:
        models = {"orders": "sale.order", "purchases": "purchase.order", "pickings": "stock.picking", "invoices": "account.move"}
        for kind, model in models.items():
            for row in self._facts[kind]:
                record = Record(model, row["id"], row["name"])
                yield model, row["name"], record, row["partner"]
                for also, place in (("their", "sale.order:client_order_ref"), ("tracking", "stock.picking")):
                    if also in row:
                        yield place, row[also], record, row["partner"]

    def find_by_number(self, model: str, numbers: Sequence[str]) -> dict[str, list[Record]]:
        place = self._owned.get(model, {})
        return {number: [place[number][0]] for number in numbers if number in place}

    def partner_of_record(self, record: Record) -> Record | None:
        owners = {found: partner for place in self._owned.values() for found, partner in place.values()}
        return self._partner(owners[record]) if record in owners else None

    def partners_by_email(self, addresses: Sequence[str]) -> dict[str, Record]:
        known: dict[str, int] = {}
        for partner, row in self._facts["partners"].items():
            known[row["email"]] = known[row["email"].partition("@")[2]] = partner
        return {address: self._partner(known[address]) for address in addresses if address in known}

    def partners_like(self, patterns: Sequence[str]) -> list[Record]:
        wanted = [re.compile(".*".join(map(re.escape, pattern.split("%"))), re.IGNORECASE) for pattern in patterns]
        partners = [self._partner(partner) for partner in self._facts["partners"]]
        return [partner for partner in partners if any(each.search(partner.name) for each in wanted)]

    def customers(self, ids: Sequence[int]) -> list[Customer]:
        rows = self._facts["partners"]
        return [
            Customer(one, rows[one]["name"], Segment(rows[one].get("segment", "standard")), "en", rows[one]["email"], None)
            for one in ids
            if one in rows
        ]

    def sale_orders(self, names: Sequence[str]) -> list[SaleOrder]:
        return [self._order(row) for row in self._facts["orders"] if row["name"] in names]

    def open_pickings(self, order_ids: Sequence[int] | None = None) -> list[Picking]:
        return [
            Picking(
                900 + row["id"], f"OUT/{row['id']}", PickingKind.DELIVERY, "assigned", NOW, NOW, 1, row["id"], None, None, None
            )
            for row in self._facts["orders"]
            if row.get("picked") and (order_ids is None or row["id"] in order_ids)
        ]

    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        ten, none = Quantity(Decimal(10), "pieces"), Quantity(Decimal(0), "pieces")
        return [
            PurchaseLine(
                700 + row["id"], row["id"], row["name"], "purchase", row["partner"], "", 501, "", ten, none, NOW, None,
                (row["for"],) if "for" in row else (),
            )
            for row in self._facts["purchases"]
        ]  # fmt: skip

    def orders_of_lines(self, line_ids: Sequence[int]) -> dict[int, SaleOrder]:
        """An order's only line has the order's id."""
        return {row["id"]: self._order(row) for row in self._facts["orders"] if row["id"] in line_ids}

    def search_products(self, text: str, limit: int = 10) -> list[Product]:
        return [
            Product(product, row["name"], row["code"], "pieces", True)
            for product, row in self._facts["products"].items()
            if text.casefold() in (row["code"].casefold(), row["name"].casefold())
        ][:limit]

    def _partner(self, partner: int) -> Record:
        return Record("res.partner", partner, self._facts["partners"][partner]["name"])

    def _order(self, row: Row) -> SaleOrder:
        promise = datetime.combine(row["promise"], time(12), UTC)
        amount = Money(Decimal(row["amount"]), "EUR")
        name = self._facts["partners"][row["partner"]]["name"]
        complete = row.get("complete", False)
        return SaleOrder(
            row["id"], row["name"], row["partner"], name, "sale", NOW, promise, amount, 1, complete, False, None, None
        )
