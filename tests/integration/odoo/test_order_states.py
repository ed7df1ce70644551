"""When an order counts as delivered: Odoo 19 says it, and in 14 the transfers do; both must mean the same."""

from collections.abc import Callable

import pytest

from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import Odoo
from tests.fixtures.supply_chains import SupplyChains


class Shop(SupplyChains):
    def __init__(self, odoo: Odoo) -> None:
        super().__init__(odoo.connection("admin"), odoo.sql)
        self.towels = self.goods("of-states")
        self.stock(self.towels, 500)

    def delivered(self, quantity: float) -> int:
        order = self.sold(self.towels, 5)
        self.done(self.transfers(order, "assigned")[0], quantity)
        return order

    def after(self, order: int, method: str) -> int:
        self.call("sale.order", method, [order])
        return order

    def cancelled_rest(self, order: int) -> int:
        self.call("stock.picking", "action_cancel", self.transfers(order, "assigned", "confirmed"))
        return order

    def service(self) -> int:
        product = self.create("product.product", name="Installation", type="service")
        line = {"product_id": product, "product_uom_qty": 1}
        return self.after(self.create("sale.order", partner_id=self.buyer_of_all, order_line=[(0, 0, line)]), "action_confirm")


Case = Callable[[Shop], int]

OPEN: dict[str, Case] = {
    "nothing left": lambda shop: shop.sold(shop.towels, 5),
    "a part left": lambda shop: shop.delivered(2),
    "the delivery was cancelled": lambda shop: shop.cancelled_rest(shop.sold(shop.towels, 5)),
    "locked": lambda shop: shop.after(shop.sold(shop.towels, 5), shop.names.lock),
    "a service": lambda shop: shop.service(),
}
OVER: dict[str, Case] = {
    "all left": lambda shop: shop.delivered(5),
    "the rest was cancelled": lambda shop: shop.cancelled_rest(shop.delivered(2)),
    "locked when all had left": lambda shop: shop.after(shop.delivered(5), shop.names.lock),
    "cancelled": lambda shop: shop.after(shop.sold(shop.towels, 5), "action_cancel"),
}


@pytest.fixture(scope="module", params=[("odoo", "odoo_erp"), ("odoo_14", "odoo_erp_14")], ids=["odoo19", "odoo14"])
def shop(request: pytest.FixtureRequest) -> Shop:
    server, planted = request.param
    request.getfixturevalue(planted)
    return Shop(request.getfixturevalue(server))


@pytest.fixture(scope="module")
def reader(request: pytest.FixtureRequest, shop: Shop) -> OdooReader:
    return OdooReader(shop.connection)


@pytest.mark.parametrize("case", [*OPEN, *OVER])
def test_an_order_is_open_until_its_deliveries_are_over(shop: Shop, reader: OdooReader, case: str) -> None:
    name = shop.name({**OPEN, **OVER}[case](shop))
    found = [order.name for order in reader.open_sale_orders([name])]
    assert found == ([name] if case in OPEN else [])
    [order] = reader.sale_orders([name])
    assert order.complete == (case in OVER and case != "cancelled")
    assert order.locked == case.startswith("locked")
    assert order.state == ("cancel" if case == "cancelled" else "sale")
    line_orders = {line.order_id for line in reader.open_order_lines([shop.towels])}
    assert (order.id in line_orders) == (case in OPEN and case != "a service")
