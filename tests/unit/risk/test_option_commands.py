"""An option that names an action can be proposed as it stands, and the policy decides the same on both."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from agent.actions import prepare
from agent.domain.findings import Option, OptionKind
from agent.domain.purchase_papers import PaperLine, PurchasePaper
from agent.domain.purchasing import PurchaseLine, Vendor
from agent.domain.records import Record
from agent.domain.transfers import ProductDetail
from agent.errors import PolicyRejected
from agent.ports.erp_reader import ErpReader
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.unit.risk.builders import NORTH, World, euros, in_days
from tests.unit.risk.test_option_kinds import options, scarce
from tests.unit.risk.world_reader import WorldReader


class Reader(WorldReader):
    """A world whose moves belong to transfers, as every real one does."""

    def moves_of_lines(self, sale_line_ids: list[int]) -> list[Any]:
        return [move for move in self.world.moves if move.sale_line_id in sale_line_ids]

    def search_products(self, text: str, limit: int = 10) -> list[Any]:
        return [product for product in self.world.products if text in (product.code, product.name)]

    def product_details(self, product_ids: list[int]) -> list[ProductDetail]:
        return [ProductDetail(key, euros(60), by_lot=False) for key in product_ids]

    def search_vendors(self, text: str, limit: int = 10) -> list[Record]:
        return [price_vendor for price_vendor in self.listed() if price_vendor.name == text]

    def listed(self) -> list[Record]:
        return [Record("res.partner", price.vendor_id, price.vendor_name) for price in self.world.prices]

    def vendors(self, ids: Sequence[int]) -> list[Vendor]:
        known = {record.id: record.name for record in self.listed()} | {
            line.vendor_id: line.vendor_name for line in self.world.purchases
        }
        return [Vendor(key, known[key], frozenset()) for key in ids if key in known]

    def purchase_papers(self, names: Sequence[str]) -> list[PurchasePaper]:
        return [_paper(line) for line in self.world.purchases if line.order_name in names]


def _paper(line: PurchaseLine) -> PurchasePaper:
    assert line.value is not None
    price = line.value.share(Decimal(1), line.ordered.amount)
    own = PaperLine(
        line.id, line.product_id, line.product_name, None, line.ordered, line.received, price, line.vendor_promise_date
    )
    vendor = Record("res.partner", line.vendor_id, line.vendor_name)
    return PurchasePaper(line.order_id, line.order_name, line.order_state, vendor, line.value, "", line.warehouse_id, (own,))


def with_transfers(world: World) -> World:
    world.moves[:] = [replace(move, picking_id=move.picking_id or 500 + move.id) for move in world.moves]
    return world


def agreed(world: World, option: Option) -> dict[str, Any]:
    """The facts of the action that the option names; whoever the option says must approve has to approve those."""
    assert option.action is not None
    content = prepare(option.action, option.arguments, cast(ErpReader, Reader(world)))
    try:
        words = PACKAGED_POLICY.require(option.action, content.facts).words()
    except PolicyRejected:
        words = "nobody: the policy has no rule that allows it"
    assert option.approval == words
    return content.facts


def harmful() -> World:
    return with_transfers(scarce(promise_of_holder=9))


def harmless() -> World:
    return with_transfers(scarce(promise_of_holder=20))


@pytest.mark.parametrize(("world", "harmed"), [(harmful, 1), (harmless, 0)])
def test_taking_a_reservation_is_proposed_with_the_orders_and_the_goods(world: Callable[[], World], harmed: int):
    there = world()
    (option,) = options(there, OptionKind.TAKE_RESERVATION)
    ours, other = there.orders
    assert option.action == "reassign_reservation"
    assert option.arguments == {
        "from_order": other.name, "to_order": ours.name, "goods": [{"product": "CH", "quantity": "10"}],
    }  # fmt: skip
    assert agreed(there, option)["orders_harmed"] == harmed


@pytest.mark.parametrize(("wanted_there", "harmed"), [(0, 0), (15, 1)])
def test_moving_stock_is_proposed_with_both_warehouses(wanted_there: int, harmed: int):
    there = World()
    there.line(there.order(), 10)
    there.stock(10, warehouse=NORTH)
    if wanted_there:
        there.line(there.order(customer=there.customer("Borealis"), warehouse_id=NORTH), wanted_there)
    (option,) = options(with_transfers(there), OptionKind.MOVE_STOCK)
    assert option.action == "create_transfer"
    assert option.arguments == {
        "from_warehouse": "NO", "to_warehouse": "MA", "goods": [{"product": "CH", "quantity": "10"}], "confirmed": True,
    }  # fmt: skip
    assert agreed(there, option)["orders_harmed"] == harmed


def test_buying_elsewhere_is_proposed_at_the_price_that_the_option_names():
    there = World()
    there.line(there.order(promise=in_days(3)), 10)
    there.price(36, lead_days=4, vendor=(905, "Bergmann"))
    (option,) = options(there, OptionKind.BUY_ELSEWHERE)
    assert option.action == "create_rfq"
    assert option.arguments == {
        "vendor": "Bergmann", "warehouse": "MA", "arrives": in_days(4).date().isoformat(), "currency": "EUR",
        "goods": [{"product": "CH", "quantity": "10"}], "prices": [{"product": "CH", "price": "36"}],
    }  # fmt: skip
    facts = agreed(there, option)
    assert (facts["cost"], facts["over_list_percent"]) == ("360.00", "0.0")


def test_a_purchase_that_nobody_confirmed_is_proposed_by_its_number():
    there = World()
    line = there.line(there.order(promise=in_days(3)), 10)
    bought = there.purchase(10, at=in_days(5), state="draft", for_lines=(line.id,))
    there.purchases[0] = replace(bought, value=euros(240))
    (option,) = options(there, OptionKind.EXPEDITE_PURCHASE)
    assert (option.action, option.arguments) == ("confirm_purchase", {"purchase": bought.order_name})
    assert agreed(there, option)["cost"] == "240.00"


def test_confirming_a_draft_below_the_vendors_list_is_approved_by_those_who_the_list_price_asks_for():
    there = World()
    line = there.line(there.order(promise=in_days(3)), 10)
    bought = there.purchase(10, at=in_days(5), state="draft", for_lines=(line.id,))
    there.purchases[0] = replace(bought, value=euros(10))
    there.price(501, lead_days=2, vendor=(bought.vendor_id, bought.vendor_name))
    (option,) = options(there, OptionKind.EXPEDITE_PURCHASE)
    facts = agreed(there, option)
    assert (facts["cost"], facts["agreed_cost"]) == ("5010.00", "10.00")
    assert option.approval == "one purchasing_manager, then one finance"
