"""What happened, as it is read from a real Odoo 19 and 14 in which it was entered."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from agent.domain.history import InvoiceKind
from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.stock import PickingKind
from integrations.odoo import pages
from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import Odoo
from tests.fixtures.past_events import PastEvents

SINCE = datetime.now(UTC) - timedelta(days=7)
CURRENCY = "USD"


@pytest.fixture(params=["odoo", "odoo_14"], scope="module")
def server(request: pytest.FixtureRequest) -> Odoo:
    found: Odoo = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def past(server: Odoo) -> PastEvents:
    events = PastEvents(server.connection("admin", 120), server.sql)
    events.home = events.pages.search("stock.warehouse", [], ["lot_stock_id"])[0]
    events.buyer = events.connection.user_id
    return events


@pytest.fixture
def reader(server: Odoo) -> OdooReader:
    return OdooReader(server.connection("reader", 120))


def goods(past: PastEvents, name: str, price: float = 10.0) -> int:
    return past.product(name, name.upper(), price)


def pieces(amount: float) -> Quantity:
    return Quantity(Decimal(str(amount)), "Units")


def test_a_short_receipt_counts_in_the_stocking_unit_and_waits_for_nothing_once_the_rest_is_cancelled(
    past: PastEvents, reader: OdooReader
) -> None:
    product, vendor = goods(past, "short-boots"), past.vendor("Short Boots Ltd")
    purchase = past.purchase(vendor, {product: 5}, 24.0, unit=past.ref("uom.product_uom_dozen"))
    past.done(past.receipt_of(purchase), 36, backorder=False)
    [receipt] = [each for each in reader.receipts(SINCE) if each.purchase.id == purchase]
    assert (receipt.ordered, receipt.received, receipt.missing) == (pieces(60), pieces(36), pieces(24))
    assert (receipt.vendor_id, receipt.vendor_name, receipt.product_id) == (vendor, "Short Boots Ltd", product)
    assert not receipt.open
    assert receipt.value == Money(Decimal(120), CURRENCY)
    assert receipt.warehouse_id == past.home["id"]
    assert abs(receipt.arrived_at - datetime.now(UTC)) < timedelta(minutes=10)
    assert receipt.picking.name.startswith("WH/IN/")


def test_what_comes_in_two_parts_is_one_receipt_and_open_in_between(past: PastEvents, reader: OdooReader) -> None:
    product = goods(past, "two-part-boots")
    purchase = past.purchase(past.vendor("Two Parts Ltd"), {product: 60}, 24.0)
    first = past.receipt_of(purchase)
    past.done(first, 40)
    [receipt] = [each for each in reader.receipts(SINCE) if each.purchase.id == purchase]
    assert (receipt.received, receipt.open, receipt.picking.id) == (pieces(40), True, first)
    second = past.receipt_of(purchase)
    past.done(second)
    [receipt] = [each for each in reader.receipts(SINCE) if each.purchase.id == purchase]
    assert (receipt.received, receipt.open, receipt.picking.id) == (pieces(60), False, second)
    assert reader.receipts(datetime.now(UTC) + timedelta(hours=1)) == []


def test_a_count_is_told_with_its_sign_and_cost_and_is_no_write_off(past: PastEvents, reader: OdooReader) -> None:
    product = goods(past, "counted-coffee")
    past.stock(product, 100)
    past.counted(product, 20)
    past.written_off(product, 3)
    counts = [each for each in reader.adjustments(SINCE) if each.product_id == product]
    assert sorted(each.change.amount for each in counts) == [-80, 100]
    [missing] = [each for each in counts if each.change.amount < 0]
    # 80 at a cost of 6.00
    assert missing.value == Money(Decimal(480), CURRENCY)
    assert missing.warehouse_id == past.home["id"]
    assert missing.by
    [scrap] = [each for each in reader.scraps(SINCE) if each.product_id == product]
    assert (scrap.quantity, scrap.value, scrap.lot) == (pieces(3), Money(Decimal(18), CURRENCY), None)
    assert scrap.warehouse_id == past.home["id"]


def test_a_write_off_names_its_lot(past: PastEvents, reader: OdooReader) -> None:
    product = past.product("lotted-plate", "LOTTED", 10.0, tracking="lot")
    lot = past.lot(product, "L2607")
    count = {"product_id": product, "location_id": past.home["lot_stock_id"], "inventory_quantity": 9, "lot_id": lot}
    if past.names.counts_are_applied:
        past.call("stock.quant", "action_apply_inventory", [past.create("stock.quant", **count)])
    else:
        past.connection.change("stock.quant", "create", vals_list=[count], context={"inventory_mode": True})
    past.written_off(product, 2, lot)
    assert [each.lot for each in reader.scraps(SINCE) if each.product_id == product] == ["L2607"]


def test_a_delivery_without_an_invoice_is_told_with_what_it_is_worth_and_its_last_day(
    past: PastEvents, reader: OdooReader
) -> None:
    product = goods(past, "uninvoiced-vest")
    past.stock(product, 100)
    order = past.order(past.create("res.partner", name="Jachtwerf Sneek", is_company=True), 3, {product: 10})
    assert order not in {each.order.id for each in reader.uninvoiced()}, "nothing was delivered yet"
    first = past.delivery(order)
    past.done(first, 4)
    [owed] = [each for each in reader.uninvoiced() if each.order.id == order]
    # 4 of 10 at 10.00 went out, whether the product is invoiced as ordered or as delivered
    assert owed.amount == Money(Decimal(40), CURRENCY)
    assert (owed.customer_name, owed.warehouse_id) == ("Jachtwerf Sneek", past.home["id"])
    [rest] = past.connection.ask("stock.picking", "search", domain=[("sale_id", "=", order), ("state", "!=", "done")])
    past.done(rest)
    past.sql(f"UPDATE stock_picking SET date_done = date_done - interval '9 days' WHERE id = {first}")
    past.sql(f"UPDATE stock_picking SET date_done = date_done - interval '5 days' WHERE id = {rest}")
    [owed] = [each for each in OdooReader(reader.connection).uninvoiced() if each.order.id == order]
    assert owed.amount == Money(Decimal(100), CURRENCY)
    assert (datetime.now(UTC) - owed.delivered_at).days == 5


def test_a_bill_is_told_beside_the_purchases_price_in_the_stocking_unit(past: PastEvents, reader: OdooReader) -> None:
    product, vendor = goods(past, "billed-bolts"), past.vendor("Papelera Duero")
    purchase = past.purchase(vendor, {product: 5}, 24.0, unit=past.ref("uom.product_uom_dozen"))
    past.done(past.receipt_of(purchase))
    bill = past.billed(purchase, 27.6, days=2)
    [line] = [each for each in reader.invoiced_lines(SINCE) if each.document.id == bill]
    # 27.60 a dozen for 24.00 a dozen: 0.30 too much on each of 60 pieces
    assert (line.kind, line.partner_id, line.order.id) == (InvoiceKind.BILL, vendor, purchase)
    assert (line.price, line.ordered_price) == (Money(Decimal("2.3"), CURRENCY), Money(Decimal(2), CURRENCY))
    assert line.overcharge == 18
    assert line.quantity == line.invoiced == line.fulfilled == pieces(60)
    assert (datetime.now(UTC) - line.at).days == 2
    assert bill not in {each.document.id for each in reader.invoiced_lines(datetime.now(UTC) - timedelta(days=1))}


def test_what_was_billed_before_the_window_and_taken_back_later_counts_as_invoiced_in_all(
    past: PastEvents, reader: OdooReader
) -> None:
    product = goods(past, "twice-billed")
    purchase = past.purchase(past.vendor("Bills Twice Ltd"), {product: 10}, 5.0)
    past.done(past.receipt_of(purchase))
    past.billed(purchase, 5.0, days=40)
    again = past.billed(purchase, 5.0, days=2)
    [line] = [each for each in reader.invoiced_lines(SINCE) if each.document.id == again]
    assert (line.quantity, line.invoiced, line.fulfilled) == (pieces(10), pieces(20), pieces(10))


def test_an_invoice_is_told_beside_the_orders_price_with_the_discount_deducted(past: PastEvents, reader: OdooReader) -> None:
    product = past.product("invoiced-rope", "ROPE", 10.0, invoice_policy="delivery")
    past.stock(product, 50)
    customer = past.create("res.partner", name="Rope Buyers", is_company=True)
    order = past.order(customer, 3, {product: 20})
    [line] = past.connection.ask("sale.order.line", "search", domain=[("order_id", "=", order)])
    past.write("sale.order.line", [line], {"discount": 10.0})
    past.done(past.delivery(order), 8)
    wanted = {
        "product_id": product, "quantity": 8, "price_unit": 10.0, "discount": 10.0, "tax_ids": [(5,)], "name": "Rope",
        "sale_line_ids": [(6, 0, [line])], "product_uom_id": past.ref("uom.product_uom_unit"),
    }  # fmt: skip
    invoice = past.create(
        "account.move", move_type="out_invoice", partner_id=customer, invoice_date=past.day(-1)[:10],
        invoice_line_ids=[(0, 0, wanted)],
    )  # fmt: skip
    assert invoice not in {each.document.id for each in reader.invoiced_lines(SINCE)}, "a draft is no invoice"
    past.call("account.move", "action_post", [invoice])
    [told] = [each for each in reader.invoiced_lines(SINCE) if each.document.id == invoice]
    assert (told.kind, told.partner_name, told.order.id) == (InvoiceKind.INVOICE, "Rope Buyers", order)
    assert told.price == told.ordered_price == Money(Decimal(9), CURRENCY)
    assert told.quantity == told.invoiced == told.fulfilled == pieces(8)
    assert order not in {each.order.id for each in reader.uninvoiced()}


def test_a_finished_transfer_tells_its_zone_as_an_open_one_does(past: PastEvents, reader: OdooReader) -> None:
    product = goods(past, "zoned-glass")
    past.stock(product, 100)
    customer = past.create("res.partner", name="Zone Customer")
    picking = past.delivery(past.order(customer, 3, {product: 10}), scheduled_date=past.day(2))
    [waiting] = [each for each in reader.open_pickings() if each.id == picking]
    past.done(picking)
    [done] = [each for each in reader.finished_pickings(SINCE) if each.id == picking]
    assert done.zone == waiting.zone
    assert done.zone.model == "stock.picking.type"
    assert done.zone.name.endswith(": Delivery Orders")
    assert (done.kind, done.warehouse_id) == (PickingKind.DELIVERY, past.home["id"])
    assert done.scheduled_at == waiting.scheduled_at
    assert done.created_at == waiting.created_at
    assert picking not in {each.id for each in reader.open_pickings()}


def test_a_tracking_number_leads_to_the_order_it_belongs_to(past: PastEvents, reader: OdooReader) -> None:
    product = goods(past, "tracked-glass")
    past.stock(product, 100)
    order = past.order(past.create("res.partner", name="Tracked", is_company=True), 3, {product: 10})
    picking = past.delivery(order, carrier_tracking_ref="1ZTRACKED")
    [shipment] = reader.shipments(["1ZTRACKED", "unknown"])
    assert (shipment.tracking, shipment.picking.id, shipment.order_id) == ("1ZTRACKED", picking, order)
    assert (shipment.customer_name, shipment.warehouse_id) == ("Tracked", past.home["id"])
    assert shipment.promise_date == past.now + timedelta(days=3)


def test_where_no_quality_module_is_installed_no_check_has_failed(odoo: Odoo) -> None:
    reader = OdooReader(odoo.connection("reader"))
    assert not {"quality_control", "quality_control_oca"} & reader.describe().modules
    assert reader.quality_failures(SINCE) == []


def test_the_calls_depend_on_pages_and_never_on_records(past: PastEvents, server: Odoo, monkeypatch: pytest.MonkeyPatch) -> None:
    def calls() -> dict[str, int]:
        counted = {}
        for part in ("receipts", "finished_pickings", "adjustments", "scraps", "invoiced_lines"):
            fresh = OdooReader(server.connection("reader", 120))
            getattr(fresh, part)(SINCE)
            counted[part] = fresh.connection.calls
        return counted

    few = calls()
    product = goods(past, "many-things")
    past.stock(product, 1000)
    for _ in range(4):
        purchase = past.purchase(past.vendor("Many Things Ltd"), {product: 10}, 5.0)
        past.done(past.receipt_of(purchase))
        past.billed(purchase, 5.0, days=2)
        past.written_off(product, 1)
    assert calls() == few
    whole = OdooReader(server.connection("reader", 120)).receipts(SINCE)
    monkeypatch.setattr(pages, "PAGE", 3)
    paged = OdooReader(server.connection("reader", 120)).receipts(SINCE)
    assert {each.purchase_line_id: each for each in paged} == {each.purchase_line_id: each for each in whole}
