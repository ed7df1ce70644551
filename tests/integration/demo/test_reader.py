"""What is particular to reading the demo company; the contract suite has what every ERP must do."""

from datetime import UTC, datetime

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from agent.domain.records import Record
from agent.errors import ErpIncomplete, ErpRefused, ErpUnavailable
from integrations.demo import DemoReader
from tests.fixtures.demo import DemoDatabase, DemoErp


def test_the_worker_is_a_true_reader(demo_erp: DemoErp) -> None:
    about = demo_erp.reader.describe()
    assert about.product == "demo distributor"
    assert about.may_write == ()
    assert about.login == "expediter_worker"
    assert about.clock is not None
    assert about.clock.tzinfo is UTC


def test_the_executor_is_seen_to_write(demo_database: DemoDatabase) -> None:
    about = DemoReader(demo_database.pool("executor")).describe()
    assert about.may_write == (
        "account.move.reversal", "mail.activity", "mail.message", "purchase.order", "purchase.order.line", "sale.order",
        "sale.order.line", "stock.move", "stock.picking", "stock.quant", "stock.scrap",
    )  # fmt: skip


def test_serve_is_refused_in_one_sentence(demo_database: DemoDatabase) -> None:
    with pytest.raises(ErpRefused, match="refused this login"):
        DemoReader(demo_database.pool("serve")).open_sale_orders()


def test_a_database_that_is_gone_is_unavailable(demo_database: DemoDatabase) -> None:
    pool = demo_database.pool("worker")
    pool.close()
    with pytest.raises(ErpUnavailable):
        DemoReader(pool).warehouses()


def test_times_are_in_utc_whatever_the_session_says(demo_database: DemoDatabase) -> None:
    with ConnectionPool(demo_database.url("worker"), kwargs={"options": "-c timezone=Asia/Tokyo"}, min_size=1, open=True) as pool:
        (order,) = DemoReader(pool).sale_orders(["S01111"])
    assert order.promise_date is not None
    assert order.promise_date.tzinfo is UTC
    assert order.promise_date.hour == 15


def test_a_code_comes_before_names_that_contain_it(demo_erp: DemoErp) -> None:
    assert demo_erp.reader.search_products("twl-2")[0].code == "TWL-2"
    assert [one.name for one in demo_erp.reader.search_products("BATH TOWEL", limit=2)] == [
        "Bath towel, sand",
        "Bath towel, pool",
    ]
    assert demo_erp.reader.search_products("100%_off") == []


def test_the_other_sides_numbers_are_found(demo_erp: DemoErp, demo_database: DemoDatabase) -> None:
    with demo_database.connect("admin") as connection:
        reference, order = one(connection, "SELECT customer_reference, name FROM demo.sale_order WHERE customer_reference <> ''")
        vendors, purchase = one(connection, "SELECT vendor_reference, name FROM demo.purchase_order WHERE vendor_reference <> ''")
        tracking, picking = one(connection, "SELECT tracking_reference, name FROM demo.picking WHERE tracking_reference <> ''")
    reader = demo_erp.reader
    assert reader.find_by_number("sale.order:client_order_ref", [reference, "none"])[reference][0].name == order
    assert reader.find_by_number("purchase.order:partner_ref", [vendors])[vendors][0].name == purchase
    assert reader.find_by_number("stock.picking", [tracking])[tracking][0].name == picking
    with pytest.raises(ErpIncomplete, match=r"no numbers of crm\.lead"):
        reader.find_by_number("crm.lead", ["x"])


def one(connection: psycopg.Connection[tuple[str, str]], query: str) -> tuple[str, str]:
    row = connection.execute(query + " ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    return row


def test_records_lead_to_their_partner(demo_erp: DemoErp) -> None:
    reader = demo_erp.reader
    (order,) = reader.sale_orders(["S01111"])
    (picking,) = reader.open_pickings([order.id])
    for record in (order.record, picking.record):
        partner = reader.partner_of_record(record)
        assert partner is not None
        assert partner.name == "Grand Hôtel Beaurivage"
    (invoice, *_) = reader.overdue_invoices(datetime.now(UTC))
    found = reader.partner_of_record(invoice.record)
    assert found is not None
    assert found.id == invoice.customer_id
    assert reader.partner_of_record(Record("sale.order", 999_999, "S99999")) is None
    assert reader.partner_of_record(Record("crm.lead", 1, "L1")) is None


def test_there_is_no_web_client_to_open(demo_erp: DemoErp) -> None:
    assert demo_erp.reader.url(Record("sale.order", 1, "S01111")) is None
