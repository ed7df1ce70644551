"""Vendors' price lists, minimums and costs, as a person enters them in a real Odoo 19."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agent.domain.money import Money
from agent.domain.purchasing import VendorPrice
from agent.domain.quantity import Quantity
from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import Odoo
from tests.fixtures.situations import Planting

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def planting(odoo: Odoo, odoo_situations: dict[str, str]) -> Planting:
    return Planting(odoo.connection("admin"), odoo.sql)


@pytest.fixture
def reader(odoo: Odoo) -> OdooReader:
    return OdooReader(odoo.connection("reader"))


def vendor(planting: Planting, name: str, *tags: str) -> int:
    categories = [planting.create("res.partner.category", name=tag) for tag in tags]
    return planting.create("res.partner", name=name, is_company=True, supplier_rank=1, category_id=[(6, 0, categories)])


def priced(planting: Planting, code: str, *lines: dict[str, object]) -> int:
    sellers = [(0, 0, line) for line in lines]
    return planting.product(f"Priced {code}", code, 10.0, seller_ids=sellers)


def test_a_price_is_for_one_stocking_unit_with_its_discount_deducted(planting: Planting, reader: OdooReader) -> None:
    seller = vendor(planting, "Dozens and Sons", "Overseas")
    dozen = planting.ref("uom.product_uom_dozen")
    product = priced(
        planting,
        "PR-1",
        {"partner_id": seller, "price": 24.0, "discount": 10.0, "min_qty": 5, "product_uom_id": dozen, "delay": 9},
    )
    [price] = reader.vendor_prices([product])
    # 24.00 a dozen less a tenth is 1.80 each; five dozen are sixty
    assert price == VendorPrice(
        price.id, seller, "Dozens and Sons", product, Money(Decimal("1.8"), "USD"), Decimal(60), 9, None, None
    )  # fmt: skip
    [found] = reader.vendors([seller])
    assert found.classes == {"overseas"}


def test_prices_that_are_over_are_left_out_and_the_first_choice_comes_first(planting: Planting, reader: OdooReader) -> None:
    sellers = [vendor(planting, f"Vendor {number}") for number in range(3)]
    yesterday, today, tomorrow = (str(TODAY + timedelta(days=days)) for days in (-1, 0, 1))
    product = priced(
        planting,
        "PR-2",
        {"partner_id": sellers[0], "price": 1.0, "date_end": yesterday, "sequence": 1},
        {"partner_id": sellers[1], "price": 2.0, "date_start": tomorrow, "sequence": 3},
        {"partner_id": sellers[2], "price": 3.0, "date_end": today, "sequence": 2},
    )
    prices = reader.vendor_prices([product])
    assert [price.vendor_id for price in prices] == [sellers[2], sellers[1]]
    assert [price.holds(Decimal(1), TODAY) for price in prices] == [True, False]
    assert prices[1].valid_from == date.fromisoformat(tomorrow)


def test_a_price_for_one_variant_is_not_told_of_another(planting: Planting, reader: OdooReader) -> None:
    colour = planting.create("product.attribute", name="Shade", value_ids=[(0, 0, {"name": "Red"}), (0, 0, {"name": "Blue"})])
    values = planting.connection.ask("product.attribute.value", "search", domain=[("attribute_id", "=", colour)])
    line = (0, 0, {"attribute_id": colour, "value_ids": [(6, 0, values)]})
    template = planting.create("product.template", name="Ribbon", type="consu", is_storable=True, attribute_line_ids=[line])
    red, blue = planting.connection.ask("product.product", "search", domain=[("product_tmpl_id", "=", template)])
    seller = vendor(planting, "Ribbons United")
    for product, price in ((False, 5.0), (red, 4.0)):
        planting.create("product.supplierinfo", partner_id=seller, product_tmpl_id=template, product_id=product, price=price)
    told = {key: sorted(p.price.amount for p in reader.vendor_prices([key])) for key in (red, blue)}
    assert told == {red: [4, 5], blue: [5]}


def test_a_rule_has_its_minimum_and_the_vendors_days(planting: Planting, reader: OdooReader) -> None:
    slow, fast = vendor(planting, "Slow Boats"), vendor(planting, "Fast Trucks")
    product = priced(
        planting, "RR-1", {"partner_id": slow, "price": 1.0, "delay": 21}, {"partner_id": fast, "price": 2.0, "delay": 2}
    )
    [home] = planting.connection.ask(
        "stock.warehouse", "search_read", domain=[], fields=["lot_stock_id"], limit=1, order="id", load=""
    )
    rule = planting.create(
        "stock.warehouse.orderpoint", product_id=product, warehouse_id=home["id"], location_id=home["lot_stock_id"],
        product_min_qty=40, product_max_qty=100,
    )  # fmt: skip
    [found] = [each for each in reader.reorder_rules() if each.id == rule]
    assert (found.product_id, found.warehouse_id, found.lead_days) == (product, home["id"], 21)
    assert (found.minimum, found.maximum) == (Quantity(Decimal(40), "Units"), Quantity(Decimal(100), "Units"))
    [second] = [price.id for price in reader.vendor_prices([product]) if price.vendor_id == fast]
    planting.write("stock.warehouse.orderpoint", [rule], {"supplier_id": second})
    assert [each.lead_days for each in reader.reorder_rules() if each.id == rule] == [2]


def test_the_days_of_a_rule_are_those_that_odoo_adds_up(planting: Planting, reader: OdooReader) -> None:
    computed = planting.connection.ask("stock.warehouse.orderpoint", "search_read", domain=[], fields=["lead_days"])
    assert {rule.id: rule.lead_days for rule in reader.reorder_rules()} == {row["id"]: row["lead_days"] for row in computed}


def test_a_purchase_says_whether_the_vendor_acknowledged_it(planting: Planting, reader: OdooReader) -> None:
    line = next(line for line in reader.open_purchase_lines() if line.confirmed)
    assert [purchase.acknowledged for purchase in reader.purchases([line.order_id])] == [False]
    planting.call("purchase.order", "action_acknowledge", [line.order_id])
    assert [purchase.acknowledged for purchase in reader.purchases([line.order_id])] == [True]


def test_discount_and_cost_of_a_line_sold_by_the_dozen(planting: Planting, reader: OdooReader) -> None:
    product = planting.product("Costed", "CST-1", 10.0)
    dozen = planting.ref("uom.product_uom_dozen")
    order = planting.create(
        "sale.order", partner_id=planting.create("res.partner", name="Dozen buyer"), order_line=[
            (0, 0, {"product_id": product, "product_uom_qty": 2, "product_uom_id": dozen, "price_unit": 100.0, "discount": 30.0})
        ],
    )  # fmt: skip
    [line] = reader.sale_order_lines([order])
    # two dozen at 100.00 less 30 % are 140.00; 24 pieces at a cost of 6.00 are 144.00
    assert (line.value, line.discount_percent, line.cost) == (Money(Decimal(140), "USD"), 30, Money(Decimal(144), "USD"))


def test_a_cost_of_nothing_is_no_cost(planting: Planting, reader: OdooReader) -> None:
    product = planting.product("Uncosted", "CST-2", 0.0)
    partner = planting.create("res.partner", name="Buyer of the uncosted")
    line = (0, 0, {"product_id": product, "product_uom_qty": 2, "price_unit": 5.0})
    order = planting.create("sale.order", partner_id=partner, order_line=[line])
    assert [line.cost for line in reader.sale_order_lines([order])] == [None]


def test_a_quotation_is_told_from_when_it_was_sent(planting: Planting, reader: OdooReader) -> None:
    partner = planting.create("res.partner", name="Asked for a price")
    product = planting.product("Quoted", "QUO-1", 10.0)
    line = (0, 0, {"product_id": product, "product_uom_qty": 1})
    order = planting.create("sale.order", partner_id=partner, order_line=[line], date_order=planting.day(-20))
    now = planting.now
    assert order not in {quotation.id for quotation in reader.sent_quotations(now - timedelta(days=30))}
    planting.call("sale.order", "action_quotation_sent", [order])
    for days, told in ((30, True), (20, True), (19, False)):
        assert (order in {quotation.id for quotation in reader.sent_quotations(now - timedelta(days=days))}) is told
