"""A purchase that goes straight to a customer: nobody else's stock can help, so its slip or its end is somebody's harm."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agent.actions import prepare
from agent.domain.money import Money
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from agent.domain.purchasing import PurchaseLine, Vendor
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.sales import Customer, SaleOrder, SaleOrderLine, Segment
from agent.domain.stock import Move, StockLevel, Warehouse
from tests.fixtures.packaged_policy import PACKAGED_POLICY

EUR = "EUR"


def at(day: int) -> datetime:
    return datetime(2026, 12, day, 12, tzinfo=UTC)


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "pieces")


SOLD = SaleOrder(
    42, "S00042", 7, "Acme", "sale", at(1), at(10), Money(Decimal(400), EUR), 1, complete=False, locked=False,
    customer_reference=None, salesperson=None,
)  # fmt: skip
BOUGHT = PurchaseLine(
    5, 3, "P00003", "purchase", 9, "Valmont", 8, "Boxes", pieces(4), pieces(0), at(8), at(8), (77,), warehouse_id=None
)


@dataclass
class Straight:
    """Four boxes at 100.00 each, bought for one order, to come on the 8th; the customer has the 10th promised."""

    line: PurchaseLine = BOUGHT
    order: SaleOrder = SOLD
    segment: Segment = Segment.STANDARD
    house: int | None = None
    orders: dict[int, SaleOrder] = field(default_factory=lambda: {77: SOLD})

    def purchase_papers(self, names: Sequence[str]) -> list[PurchasePaper]:
        line = self.line
        paper = PaperLine(
            line.id,
            line.product_id,
            "Boxes",
            "BOX",
            line.ordered,
            line.received,
            Money(Decimal(60), EUR),
            line.vendor_promise_date,
        )
        vendor = Record("res.partner", 9, "Valmont")
        return [PurchasePaper(3, "P00003", line.order_state, vendor, Money(Decimal(240), EUR), "", self.house, (paper,))]

    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        return [self.line]

    def orders_of_lines(self, line_ids: Sequence[int]) -> dict[int, SaleOrder]:
        return {line: self.order for line in line_ids if line in self.orders}

    def sale_order_lines(self, order_ids: Sequence[int]) -> list[SaleOrderLine]:
        return [SaleOrderLine(77, 42, 8, "Boxes", True, pieces(4), pieces(0), Money(Decimal(400), EUR))]

    def customers(self, ids: Sequence[int]) -> list[Customer]:
        return [Customer(7, "Acme", self.segment, "en", None, None)]

    def vendors(self, ids: Sequence[int]) -> list[Vendor]:
        return [Vendor(9, "Valmont", frozenset())]

    def warehouses(self) -> list[Warehouse]:
        return [Warehouse(1, "Lyon", "LYN")]

    def open_moves(self, product_ids: Sequence[int] | None = None) -> list[Move]:
        return []

    def stock_levels(self, product_ids: Sequence[int]) -> list[StockLevel]:
        return []


def asked(erp: Any, name: str, **arguments: Any) -> tuple[dict[str, Any], str, str]:
    """Facts, rule, and what the approver reads."""
    content = prepare(name, {"purchase": "P00003", **arguments}, erp)
    return content.facts, PACKAGED_POLICY.require(name, content.facts).rule, content.preview.consequence


@pytest.mark.parametrize(("day", "harmed"), [(9, 0), (10, 0), (11, 1)])
def test_a_slip_past_the_promise_harms_the_order_it_is_for(day: int, harmed: int) -> None:
    facts, rule, words = asked(Straight(), "confirm_vendor_date", arrives=at(day))
    assert facts["orders_harmed"] == harmed
    assert facts["value_harmed"] == ("400.00" if harmed else "0.00")
    assert rule == ("vendor-slips" if harmed else "vendor-slips-harmlessly")
    assert ("S00042 of Acme" in words) == bool(harmed)


def test_an_order_that_was_late_already_is_harmed_by_each_further_day_and_by_none_less() -> None:
    late = Straight(replace(BOUGHT, vendor_promise_date=at(15)))
    assert asked(late, "confirm_vendor_date", arrives=at(16))[0]["orders_harmed"] == 1
    assert asked(late, "confirm_vendor_date", arrives=at(14))[0]["orders_harmed"] == 0


def test_an_order_without_a_promise_is_harmed_by_any_slip() -> None:
    facts, *_ = asked(Straight(order=replace(SOLD, promise_date=None)), "confirm_vendor_date", arrives=at(9))
    assert facts["orders_harmed"] == 1


@pytest.mark.parametrize("state", ["draft", "sent", "purchase"])
def test_cancelling_it_harms_the_order_it_is_for_in_any_state(state: str) -> None:
    facts, rule, words = asked(Straight(replace(BOUGHT, order_state=state), segment=Segment.KEY), "cancel_purchase")
    assert (facts["orders_harmed"], facts["value_harmed"], facts["segment_harmed"]) == (1, "400.00", "key")
    assert rule == "awaited-purchase-cancelled"
    assert "S00042 of Acme then waits for goods (worth 400.00 EUR)" in words


def test_a_draft_made_for_an_order_is_awaited_though_it_would_come_into_the_warehouse() -> None:
    made_to_order = replace(BOUGHT, order_state="draft", warehouse_id=1)
    facts, rule, _ = asked(Straight(made_to_order, house=1), "cancel_purchase")
    assert (facts["orders_harmed"], rule) == (1, "awaited-purchase-cancelled")
    for_stock = Straight(replace(made_to_order, for_sale_line_ids=()), house=1)
    assert asked(for_stock, "cancel_purchase")[0]["orders_harmed"] == 0


def test_goods_that_go_to_nobody_we_know_of_are_not_called_harmless() -> None:
    unknown = Straight(replace(BOUGHT, for_sale_line_ids=()))
    facts, _, words = asked(unknown, "cancel_purchase")
    assert (facts["orders_harmed"], facts["value_harmed"], facts["segment_harmed"]) == (1, None, "strategic")
    assert "whoever P00003 goes to then waits" in words
    hidden = Straight(orders={})
    facts, rule, _ = asked(hidden, "confirm_vendor_date", arrives=at(11))
    assert (facts["orders_harmed"], facts["value_harmed"], rule) == (1, None, "vendor-slips")


def test_what_has_come_already_is_waited_for_no_more() -> None:
    half = Straight(replace(BOUGHT, received=pieces(1)))
    facts, *_ = asked(half, "confirm_vendor_date", arrives=at(11))
    assert facts["value_harmed"] == "300.00"
