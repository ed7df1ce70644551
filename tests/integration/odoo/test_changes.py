"""A real Odoo tells what was written, and scanning just that finds what scanning everything finds."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.changes import Noun
from agent.domain.findings import RiskReport
from agent.domain.scans import ScanKind
from agent.risk.assess import assess
from agent.risk.live import ScanEngine
from agent.risk.taking import take_snapshot
from integrations.odoo.connection import OdooConnection
from integrations.odoo.reader import OdooReader
from tests.fixtures.odoo import Odoo, odoo_of_ones_own
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.situations import plant

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def odoo(request: pytest.FixtureRequest) -> Iterator[Odoo]:
    """Its own, because nearly everything that is planted is changed here."""
    with odoo_of_ones_own(request) as running:
        yield running


@pytest.fixture(scope="module")
def odoo_situations(odoo: Odoo) -> dict[str, str]:
    return plant(odoo.connection("admin"), odoo.sql)


@pytest.fixture
def reader(odoo: Odoo) -> OdooReader:
    return OdooReader(odoo.connection("reader"))


def told(report: RiskReport | None) -> object:
    assert report is not None
    return report.open_orders, {risk.order: risk for risk in report.orders}, {each.fingerprint: each for each in report.findings}


def happenings(writer: OdooConnection, situations: dict[str, str]) -> dict[str, Callable[[], object]]:
    """What people do in Odoo on one day, each by what is said of it."""

    def ids(model: str, *domain: tuple[str, str, object]) -> list[int]:
        return [row["id"] for row in writer.ask(model, "search_read", domain=list(domain), fields=["id"])]

    def order_ids(situation: str) -> list[int]:
        return ids("sale.order", ("name", "=", situations[situation]))

    late = (NOW - timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S")
    later = (NOW + timedelta(days=9)).strftime("%Y-%m-%d %H:%M:%S")
    return {
        "a promise was moved": lambda: writer.change(
            "sale.order", "write", ids=order_ids("healthy"), vals={"commitment_date": late}
        ),
        "a line was raised": lambda: writer.change(
            "sale.order.line", "write", ids=ids("sale.order.line", ("order_id", "in", order_ids("healthy_two"))),
            vals={"product_uom_qty": 400},
        ),
        "an order was cancelled": lambda: writer.change("sale.order", "action_cancel", ids=order_ids("promise_missed")),
        "a vendor is late": lambda: writer.change(
            "purchase.order.line", "write", ids=ids("purchase.order.line", ("state", "=", "purchase")),
            vals={"date_planned": later},
        ),
        "a delivery was postponed": lambda: writer.change(
            "stock.picking", "write", ids=ids("stock.picking", ("sale_id", "in", order_ids("picking_stalled"))),
            vals={"scheduled_date": later},
        ),
        "reservations were given up": lambda: writer.change(
            "stock.picking", "do_unreserve", ids=ids("stock.picking", ("sale_id", "in", order_ids("dozens")))
        ),
    }  # fmt: skip


def test_scanning_what_changed_finds_what_scanning_everything_finds(
    odoo: Odoo, reader: OdooReader, odoo_situations: dict[str, str]
) -> None:
    engine = ScanEngine(reader, reader, PACKAGED_POLICY, lambda: NOW)
    engine.scan()
    for what, happens in happenings(odoo.connection("writer"), odoo_situations).items():
        happens()
        assert engine.scan().kind is ScanKind.INCREMENTAL
        assert told(engine.report()) == told(assess(take_snapshot(OdooReader(reader.connection), NOW), PACKAGED_POLICY)), what
    assert engine.full().missed == ()


def test_what_was_changed_without_a_trace_is_found_by_the_full_scan(odoo: Odoo, reader: OdooReader) -> None:
    engine = ScanEngine(reader, reader, PACKAGED_POLICY, lambda: NOW)
    engine.scan()
    found = odoo.sql(
        "UPDATE sale_order SET client_order_ref = 'behind the back' WHERE id = (SELECT min(id) FROM sale_order "
        "WHERE state = 'sale' AND delivery_status IS DISTINCT FROM 'full') RETURNING id"
    ).split()[0]
    engine.scan()
    [missed] = engine.full().missed
    assert missed.startswith(f"sale.order {found} had changed unnoticed: customer_reference was ")


def test_changes_are_told_with_what_they_belong_to_and_asked_in_a_call_for_each_noun(odoo: Odoo, reader: OdooReader) -> None:
    """Three more for products and prices, which may be written in the template of a product alone."""
    writer = odoo.connection("writer")
    [line] = writer.ask("sale.order.line", "search_read", domain=[("display_type", "=", False)], fields=["order_id"], limit=1)
    before = reader.erp_time()
    writer.change("sale.order.line", "write", ids=[line["id"]], vals={"sequence": 77})
    sent = reader.calls_sent()
    found = reader.changes(before - timedelta(seconds=1))
    assert found is not None
    assert {(change.id, change.of) for change in found if change.noun is Noun.ORDER_LINE} >= {(line["id"], line["order_id"][0])}
    assert reader.calls_sent() - sent <= len(Noun) + 3
    assert abs(reader.erp_time() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_product_whose_template_was_renamed_is_told(odoo: Odoo, reader: OdooReader) -> None:
    before = reader.erp_time()
    product = int(odoo.sql(
        "UPDATE product_template SET write_date = now() AT TIME ZONE 'UTC' WHERE id = (SELECT min(product_tmpl_id) FROM "
        "product_product) RETURNING (SELECT min(id) FROM product_product p WHERE p.product_tmpl_id = product_template.id)"
    ).split()[0])  # fmt: skip
    found = reader.changes(before)
    assert found is not None
    assert product in {change.id for change in found if change.noun is Noun.PRODUCT}
