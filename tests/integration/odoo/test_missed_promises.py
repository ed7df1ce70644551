"""A promise is missed when the order is confirmed, its date past, goods are owed and the delivery is not complete."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.errors import RecordMissing
from agent.risk.assess import assess
from agent.risk.taking import take_snapshot
from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import Odoo
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.supply_chains import SupplyChains

A_SECOND = 1 / 86_400


class Counter(SupplyChains):
    """Orders of one product that is there in plenty, promised for two days ago unless said otherwise."""

    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo.connection("admin"), odoo.sql)
        self.goods_sold = self.goods("plenty")
        self.stock(self.goods_sold, 10_000)
        self.service = self.create("product.product", name="Installation", type="service")
        self.consumable = self.create("product.product", name="Stretch film", type="consu", is_storable=False)

    def order_of(self, *lines: dict[str, Any], promise: float = -2, confirmed: bool = True) -> int:
        order = self.create(
            "sale.order", partner_id=self.buyer_of_all, commitment_date=self.day(promise), warehouse_id=self.home["id"],
            order_line=[(0, 0, line) for line in lines],
        )  # fmt: skip
        if confirmed:
            self.call("sale.order", "action_confirm", [order])
        return order

    def five(self, promise: float = -2, confirmed: bool = True) -> int:
        return self.order_of(self.of(self.goods_sold, 5), promise=promise, confirmed=confirmed)

    def of(self, product: int, quantity: float) -> dict[str, Any]:
        return {"product_id": product, "product_uom_qty": quantity}

    def delivered(self, order: int, quantity: float) -> int:
        self.done(self.transfers(order, "assigned")[0], quantity)
        return order

    def cancelled_rest(self, order: int) -> int:
        self.call("stock.picking", "action_cancel", self.transfers(order, "assigned", "confirmed"))
        return order

    def after(self, order: int, model_method: str) -> int:
        self.call("sale.order", model_method, [order])
        return order

    def took_back(self, order: int, done: bool) -> int:
        back = self.returned(self.transfers(order, "done")[0], 5)
        if done:
            self.done(back)
        return order


Order = Callable[[Counter], int]

MISSED: dict[str, Order] = {
    "promised a moment ago": lambda shop: shop.five(promise=-A_SECOND),
    "a consumable": lambda shop: shop.order_of(shop.of(shop.consumable, 3)),
    "goods among sections and notes": lambda shop: shop.order_of(
        {"display_type": "line_section", "name": "Goods"},
        shop.of(shop.goods_sold, 2),
        {"display_type": "line_note", "name": "Handle with care"},
    ),
    "goods and something taken back": lambda shop: shop.order_of(shop.of(shop.goods_sold, 5), shop.of(shop.goods_sold, -2)),
    "its delivery was cancelled": lambda shop: shop.cancelled_rest(shop.five()),
    "locked": lambda shop: shop.after(shop.five(), "action_lock"),
    "a part is delivered": lambda shop: shop.delivered(shop.five(), 2),
}

KEPT: dict[str, Order] = {
    "promised for soon": lambda shop: shop.five(promise=600 * A_SECOND),
    "a service alone": lambda shop: shop.order_of(shop.of(shop.service, 1)),
    "something taken back alone": lambda shop: shop.order_of(shop.of(shop.goods_sold, -2)),
    "a quantity of nothing": lambda shop: shop.order_of(shop.of(shop.goods_sold, 0), shop.of(shop.service, 1)),
    "a quotation": lambda shop: shop.five(confirmed=False),
    "cancelled": lambda shop: shop.after(shop.five(), "action_cancel"),
    "the rest was cancelled": lambda shop: shop.cancelled_rest(shop.delivered(shop.five(), 2)),
    "more was delivered than ordered": lambda shop: shop.delivered(shop.five(), 9),
    "only a service is left": lambda shop: shop.delivered(
        shop.order_of(shop.of(shop.goods_sold, 5), shop.of(shop.service, 1)), 5
    ),
    "delivered and sent back": lambda shop: shop.took_back(shop.delivered(shop.five(), 5), done=True),
    "delivered and on its way back": lambda shop: shop.took_back(shop.delivered(shop.five(), 5), done=False),
}


@pytest.fixture(scope="module")
def counter(odoo: Odoo, odoo_situations: dict[str, str]) -> Counter:
    return Counter(odoo)


@pytest.fixture(scope="module")
def orders(counter: Counter) -> dict[str, str]:
    return {case: counter.name(make(counter)) for case, make in {**MISSED, **KEPT}.items()}


@pytest.fixture(scope="module")
def missed(odoo: Odoo, orders: dict[str, str]) -> set[str]:
    """Names of the orders that the whole list calls missed."""
    report = assess(take_snapshot(OdooReader(odoo.connection("reader")), datetime.now(UTC)), PACKAGED_POLICY)
    return {risk.order.name for risk in report.orders if "promise_missed" in {finding.kind.value for finding in risk.findings}}


@pytest.mark.parametrize("case", sorted(MISSED))
def test_a_promise_is_missed(orders: dict[str, str], missed: set[str], case: str) -> None:
    assert orders[case] in missed


@pytest.mark.parametrize("case", sorted(KEPT))
def test_a_promise_is_not_missed(orders: dict[str, str], missed: set[str], case: str) -> None:
    assert orders[case] not in missed


def test_of_an_order_whose_rest_was_cancelled_nothing_is_claimed_to_be_delivered(odoo: Odoo, orders: dict[str, str]) -> None:
    with pytest.raises(RecordMissing, match="went out completely, or its rest was cancelled"):
        take_snapshot(OdooReader(odoo.connection("reader")), datetime.now(UTC), [orders["the rest was cancelled"]])
