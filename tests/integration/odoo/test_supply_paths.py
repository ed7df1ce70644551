"""Ways that goods take through a real Odoo's warehouses: what the rules say of each, alone and in the whole list."""

from datetime import UTC, datetime

import pytest

from agent.domain.findings import FindingKind, OptionKind, OrderRisk
from agent.risk.assess import assess
from agent.risk.taking import take_snapshot
from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import Odoo
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.supply_chains import SupplyChains


@pytest.fixture(scope="module")
def chains(odoo: Odoo, odoo_situations: dict[str, str]) -> SupplyChains:
    return SupplyChains(odoo.connection("admin"), odoo.sql)


@pytest.fixture
def reader(odoo: Odoo) -> OdooReader:
    return OdooReader(odoo.connection("reader"))


def looked_at(reader: OdooReader, name: str) -> OrderRisk | None:
    """The order as `risk show` judges it, which has to be what `risk list` says of it."""
    now = datetime.now(UTC)
    alone = assess(take_snapshot(reader, now, [name]), PACKAGED_POLICY).orders
    [listed] = [risk for risk in assess(take_snapshot(reader, now), PACKAGED_POLICY).orders if risk.order.name == name] or [None]
    assert (alone[0] if alone else None) == listed
    return listed


def kinds(risk: OrderRisk | None) -> list[str]:
    return [finding.kind.value for finding in risk.findings] if risk else []


@pytest.mark.parametrize("steps", ["two_steps", "three_steps"])
def test_goods_that_wait_to_be_put_away_are_supply(chains: SupplyChains, reader: OdooReader, steps: str) -> None:
    warehouse = chains.warehouse("IN2" if steps == "two_steps" else "IN3", reception_steps=steps)
    goods = chains.goods(f"put-away-{steps}")
    order = chains.sold(goods, 8, warehouse=warehouse)
    short = chains.sold(goods, 1, promise=9, warehouse=warehouse)
    chains.done(chains.receipts(chains.bought({goods: 8}, 2, warehouse))[0])
    assert kinds(looked_at(reader, chains.name(order))) == []
    assert kinds(looked_at(reader, chains.name(short))) == ["no_supply"]


def test_goods_made_to_order_that_wait_to_be_put_away_are_supply(chains: SupplyChains, reader: OdooReader) -> None:
    warehouse = chains.warehouse("IN4", reception_steps="two_steps")
    goods = chains.made_to_order("put-away-mto")
    order = chains.sold(goods, 7, warehouse=warehouse)
    [line] = chains.connection.ask(
        "purchase.order.line", "search_read", domain=[("product_id", "=", goods)], fields=["order_id"], load=""
    )
    chains.call("purchase.order", "button_confirm", [line["order_id"]])
    chains.done(chains.receipts(line["order_id"])[0], 7)
    assert kinds(looked_at(reader, chains.name(order))) == []


@pytest.mark.parametrize("steps", ["pick_ship", "pick_pack_ship"])
def test_goods_picked_and_not_shipped_belong_to_their_order(chains: SupplyChains, reader: OdooReader, steps: str) -> None:
    warehouse = chains.warehouse("OU2" if steps == "pick_ship" else "OU3", delivery_steps=steps)
    goods = chains.goods(f"picked-{steps}")
    chains.stock(goods, 10, warehouse)
    order = chains.sold(goods, 10, warehouse=warehouse)
    late = chains.sold(goods, 4, promise=2, warehouse=warehouse)
    chains.done(chains.transfers(order, "assigned")[0], 6)
    assert kinds(looked_at(reader, chains.name(order))) == []
    assert kinds(looked_at(reader, chains.name(late))) == ["no_supply", "allocation_conflict"]


def test_a_transfer_from_a_warehouse_that_has_nothing_is_no_supply(chains: SupplyChains, reader: OdooReader) -> None:
    goods = chains.goods("empty-transfer")
    order = chains.name(chains.sold(goods, 6))
    chains.transfer(goods, 6, chains.lyon, chains.home, 1)
    risk = looked_at(reader, order)
    assert kinds(risk) == ["no_supply"]
    assert risk is not None
    assert "waits for stock that the sending warehouse lacks" in risk.findings[0].summary
    chains.stock(goods, 6, chains.lyon)
    assert kinds(looked_at(reader, order)) == []


def test_a_resupply_in_steps_brings_what_the_other_warehouse_has(chains: SupplyChains, reader: OdooReader) -> None:
    source = chains.warehouse("SRC", delivery_steps="pick_ship")
    target = chains.warehouse("TGT", reception_steps="two_steps", resupply_wh_ids=[(6, 0, [source["id"]])])
    between = [("supplied_wh_id", "=", target["id"]), ("supplier_wh_id", "=", source["id"])]
    routes = chains.connection.ask("stock.route", "search", domain=between)
    chains.write("stock.route", routes, {"product_selectable": True})
    goods = chains.goods("resupplied", route_ids=[(6, 0, [chains.routes[0], *routes])])
    chains.stock(goods, 10, source)
    order, more = (chains.name(chains.sold(goods, 6, warehouse=target)) for _ in range(2))
    assert kinds(looked_at(reader, order)) == []
    risk = looked_at(reader, more)
    assert kinds(risk) == ["no_supply"]
    assert risk is not None
    assert risk.findings[0].summary.startswith("2 Units of Goods resupplied")


def test_a_late_transfer_is_named_as_odoo_names_it(chains: SupplyChains, reader: OdooReader) -> None:
    goods = chains.goods("late-transfer")
    chains.stock(goods, 6, chains.lyon)
    order = chains.name(chains.sold(goods, 6, promise=2))
    picking = chains.transfer(goods, 6, chains.lyon, chains.home, 6)
    [row] = chains.connection.ask("stock.picking", "read", ids=[picking], fields=["name"])
    risk = looked_at(reader, order)
    assert risk is not None
    assert f"waiting for {row['name']}" in risk.findings[0].summary


def test_stock_that_another_transfer_needs_is_not_offered(chains: SupplyChains, reader: OdooReader) -> None:
    goods, third = chains.goods("needed-elsewhere"), chains.warehouse("TRD")
    chains.stock(goods, 10, chains.lyon)
    order = chains.name(chains.sold(goods, 6))
    chains.transfer(goods, 10, chains.lyon, third, 2)
    risk = looked_at(reader, order)
    assert risk is not None
    assert OptionKind.MOVE_STOCK not in {option.kind for option in risk.options}


def test_goods_on_their_way_back_to_the_vendor_are_no_supply(chains: SupplyChains, reader: OdooReader) -> None:
    goods = chains.made_to_order("sent-back")
    order = chains.sold(goods, 7)
    [line] = chains.connection.ask(
        "purchase.order.line", "search_read", domain=[("product_id", "=", goods)], fields=["order_id"], load=""
    )
    chains.call("purchase.order", "button_confirm", [line["order_id"]])
    receipt = chains.receipts(line["order_id"])[0]
    chains.done(receipt, 4)
    chains.call("stock.picking", "do_unreserve", chains.transfers(order))
    back = chains.returned(receipt, 4)
    chains.call("stock.picking", "action_assign", [back])
    risk = looked_at(reader, chains.name(order))
    assert FindingKind.NO_SUPPLY.value in kinds(risk)
    assert risk is not None
    assert "4 Units of Goods sent-back" in risk.findings[0].summary


def test_what_will_not_be_received_any_more_is_no_supply(chains: SupplyChains, reader: OdooReader) -> None:
    goods, others = chains.made_to_order("given-up"), chains.goods("still-coming")
    order = chains.sold(goods, 7)
    [line] = chains.connection.ask(
        "purchase.order.line", "search_read", domain=[("product_id", "=", goods)], fields=["order_id"], load=""
    )
    extra = {"product_id": others, "product_qty": 3, "price_unit": 1.0, "date_planned": chains.day(2)}
    chains.write("purchase.order", [line["order_id"]], {"order_line": [(0, 0, extra)]})
    chains.call("purchase.order", "button_confirm", [line["order_id"]])
    receipt = chains.receipts(line["order_id"])[0]
    chains.done(receipt, 2)
    chains.call("stock.picking", "action_cancel", chains.receipts(line["order_id"]))
    [more] = chains.connection.ask(
        "purchase.order.line", "search", domain=[("order_id", "=", line["order_id"]), ("product_id", "=", others)]
    )
    chains.write("purchase.order.line", [more], {"product_qty": 8})
    risk = looked_at(reader, chains.name(order))
    assert kinds(risk) == ["no_supply"]
    assert risk is not None
    assert "5 Units of Goods given-up" in risk.findings[0].summary


def test_goods_sold_straight_from_the_vendor_wait_for_their_purchase(chains: SupplyChains, reader: OdooReader) -> None:
    goods = chains.goods("from-vendor")
    order = chains.sold(goods, 6)
    [line] = chains.connection.ask("sale.order.line", "search", domain=[("order_id", "=", order)])
    bought = {"product_id": goods, "product_qty": 6, "price_unit": 5.0, "date_planned": chains.day(2), "sale_line_id": line}
    chains.create("purchase.order", partner_id=chains.vendor, order_line=[(0, 0, bought)])
    chains.stock(goods, 6)
    chains.call("stock.picking", "do_unreserve", chains.transfers(order))
    risk = looked_at(reader, chains.name(order))
    assert kinds(risk) == ["no_supply"]
    assert risk is not None
    assert "is not confirmed" in risk.findings[0].summary


def test_an_order_without_a_delivery_is_a_rival_in_the_list_and_alone(chains: SupplyChains, reader: OdooReader) -> None:
    goods = chains.goods("rivals")
    chains.stock(goods, 5)
    first = chains.sold(goods, 5, promise=1)
    chains.call("stock.picking", "action_cancel", chains.transfers(first))
    second = chains.sold(goods, 5, promise=4)
    chains.call("stock.picking", "do_unreserve", chains.transfers(second))
    assert kinds(looked_at(reader, chains.name(second))) == ["no_supply"]


def test_a_reader_without_the_right_to_see_invoices_says_so_and_tells_the_rest(chains: SupplyChains, reader: OdooReader) -> None:
    order = chains.name(chains.sold(chains.goods("no-invoices"), 5))
    own = chains.connection.ask("res.users", "read", ids=[reader.connection.user_id], fields=["all_group_ids"])[0][
        "all_group_ids"
    ]
    theirs = [("model_id.model", "=", "account.move"), ("group_id", "in", [*own, False])]
    rights = chains.connection.ask("ir.model.access", "search", domain=theirs)
    chains.write("ir.model.access", rights, {"active": False})
    try:
        report = assess(take_snapshot(reader, datetime.now(UTC)), PACKAGED_POLICY)
    finally:
        chains.write("ir.model.access", rights, {"active": True})
    [sentence] = report.not_seen
    assert sentence.startswith("Credit was judged without overdue invoices. The login ops_reader may not do this")
    assert order in {risk.order.name for risk in report.orders}
