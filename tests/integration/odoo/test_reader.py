"""What only a real Odoo can show: rights, calls counted, notes as they are stored, archived records."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.findings import FindingKind
from agent.guardrails.policy import load_policy
from agent.risk.assess import assess
from agent.risk.taking import take_snapshot
from integrations.odoo import pages
from integrations.odoo.along import Link
from integrations.odoo.connection import OdooConnection
from integrations.odoo.reader import OdooReader
from integrations.odoo.versions import Dialect
from integrations.odoo.writer import OdooWriter
from tests.fixtures.odoo import Odoo
from tests.fixtures.situations import Planting

EXPECTED = {
    "promise_missed": {FindingKind.PROMISE_MISSED},
    "promise_at_risk": {FindingKind.PROMISE_AT_RISK},
    "no_supply": {FindingKind.NO_SUPPLY},
    "receipt_overdue": {FindingKind.RECEIPT_OVERDUE},
    "picking_stalled": {FindingKind.PICKING_STALLED},
    "credit_hold": {FindingKind.CREDIT_HOLD},
    "other_warehouse": {FindingKind.NO_SUPPLY},
    "healthy": set(),
    "healthy_two": set(),
    "dozens": set(),
}


@pytest.fixture
def reader(odoo: Odoo) -> OdooReader:
    return OdooReader(odoo.connection("reader"))


def test_a_reader_may_write_nothing_and_a_writer_something(odoo: Odoo, reader: OdooReader) -> None:
    described = reader.describe()
    assert (described.product, described.version, described.database) == ("Odoo", "19.0", odoo.database)
    assert described.may_write == ()
    assert {"sale", "stock", "purchase", "account"} <= described.modules
    assert described.clock is not None
    assert abs(datetime.now(UTC) - described.clock) < timedelta(minutes=1)
    assert {"sale.order", "stock.picking", "purchase.order"} <= set(OdooReader(odoo.connection("writer")).describe().may_write)


def test_each_situation_is_found_as_what_it_is(reader: OdooReader, odoo_situations: dict[str, str]) -> None:
    report = assess(take_snapshot(reader, datetime.now(UTC)), load_policy(None))
    found = {risk.order.name: {finding.kind for finding in risk.findings} for risk in report.orders}
    assert {situation: found.get(name, set()) for situation, name in odoo_situations.items()} == EXPECTED


WAYS = pytest.mark.parametrize("by_key", [False, True], ids=["JSON-RPC", "JSON-2"])


@WAYS
def test_the_calls_of_a_snapshot_do_not_depend_on_the_number_of_orders(
    odoo: Odoo, odoo_situations: dict[str, str], by_key: bool
) -> None:
    def calls() -> tuple[int, int]:
        reader = OdooReader(odoo.connection("reader", by_key=by_key))
        orders = len(take_snapshot(reader, datetime.now(UTC)).orders)
        return orders, reader.connection.calls

    few, calls_for_few = calls()
    planting = Planting(odoo.connection("admin"), odoo.sql)
    [copied] = planting.connection.ask("sale.order", "search", domain=[("name", "=", odoo_situations["healthy"])])
    copies = [planting.call("sale.order", "copy", [copied], default={"commitment_date": planting.day(9)})[0] for _ in range(50)]
    planting.call("sale.order", "action_confirm", copies)
    try:
        many, calls_for_many = calls()
    finally:
        planting.call("sale.order", "action_cancel", copies)
    assert many == few + 50
    assert calls_for_many == calls_for_few < 60


@WAYS
def test_why_one_order_is_at_risk_takes_twelve_calls_when_the_small_tables_are_known(
    odoo: Odoo, odoo_situations: dict[str, str], by_key: bool
) -> None:
    reader = OdooReader(odoo.connection("reader", by_key=by_key))
    now, calls = datetime.now(UTC), {}
    for looked in ("first", "again", "others"):
        for situation, name in odoo_situations.items():
            if looked == "others":  # set-up tables alone are known, and nothing of this order, its customer and its goods
                reader.lookups.products.forget()
                reader.lookups.forget_partners()
            before = reader.connection.calls
            take_snapshot(reader, now, [name])
            calls[situation, looked] = reader.connection.calls - before
    assert max(count for (_, looked), count in calls.items() if looked != "first") <= 12, calls
    assert max(calls.values()) <= 32, calls


class Apart(OdooConnection):
    """An Odoo that reads nothing along, as before 17."""

    @property
    def dialect(self) -> Dialect:
        return replace(super().dialect, reads_along=False)


def test_what_comes_along_is_what_is_read_apart(odoo: Odoo, odoo_situations: dict[str, str]) -> None:
    now = datetime.now(UTC)
    apart = OdooReader(Apart(odoo.url, odoo.database, odoo.account("reader")))
    for name in odoo_situations.values():
        found, expected = (take_snapshot(reader, now, [name]) for reader in (OdooReader(odoo.connection("reader")), apart))
        for part in ("orders", "lines", "products", "customers", "vendors", "purchase_lines", "moves", "levels"):
            assert getattr(found, part) == getattr(expected, part), (name, part)


def test_what_may_not_come_along_leaves_the_rest_to_be_read(
    odoo: Odoo, reader: OdooReader, odoo_situations: dict[str, str]
) -> None:
    hidden = {"user_id": Link("res.users", ["totp_secret"])}
    name = odoo_situations["healthy"]
    rows, found = reader.pages.search_along("sale.order", "name", [name], [], ["name", "user_id"], hidden)
    assert [row["name"] for row in rows] == [name]
    assert found == {}


def test_a_limit_that_a_company_sets_for_everybody_is_every_customers_limit(
    odoo: Odoo, reader: OdooReader, odoo_situations: dict[str, str]
) -> None:
    admin = odoo.connection("admin")
    [order] = reader.sale_orders([odoo_situations["healthy"]])
    [field] = admin.ask("ir.model.fields", "search", domain=[("model", "=", "res.partner"), ("name", "=", "credit_limit")])
    [made] = admin.change("ir.default", "create", vals_list=[{"field_id": field, "company_id": 1, "json_value": "1234.0"}])
    try:
        [customer] = OdooReader(odoo.connection("reader")).customers([order.customer_id])
    finally:
        admin.change("ir.default", "unlink", ids=[made])
    assert customer.credit_limit is not None
    assert customer.credit_limit.amount == 1234


def test_small_pages_read_the_same(odoo: Odoo, odoo_situations: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    whole = OdooReader(odoo.connection("reader"))
    expected = take_snapshot(whole, now)
    monkeypatch.setattr(pages, "PAGE", 3)
    paged = OdooReader(odoo.connection("reader"))
    found = take_snapshot(paged, now)
    assert paged.connection.calls > 3 * whole.connection.calls
    assert found.orders == expected.orders
    assert {move.id: move for move in found.moves} == {move.id: move for move in expected.moves}
    assert {line.id: line for line in found.lines} == {line.id: line for line in expected.lines}
    assert found.levels == expected.levels
    assert {line.id: line for line in found.purchase_lines} == {line.id: line for line in expected.purchase_lines}


def test_the_other_sides_numbers_lead_to_our_records(odoo: Odoo, reader: OdooReader, odoo_situations: dict[str, str]) -> None:
    admin = odoo.connection("admin")
    [order] = reader.sale_orders([odoo_situations["dozens"]])
    [picking] = reader.open_pickings([order.id])
    purchase = reader.open_purchase_lines()[0]
    admin.change("sale.order", "write", ids=[order.id], vals={"client_order_ref": "PO-4711"})
    admin.change("stock.picking", "write", ids=[picking.id], vals={"carrier_tracking_ref": "1Z999AA10123456784"})
    admin.change("purchase.order", "write", ids=[purchase.order_id], vals={"partner_ref": "AB/77"})
    assert reader.find_by_number("sale.order:client_order_ref", ["PO-4711", "PO-4712"]) == {"PO-4711": [order.record]}
    assert reader.find_by_number("stock.picking", ["1Z999AA10123456784"]) == {"1Z999AA10123456784": [picking.record]}
    assert reader.find_by_number("purchase.order:partner_ref", ["AB/77"]) == {"AB/77": [purchase.record]}
    assert reader.sale_orders([order.name])[0].customer_reference == "PO-4711"


def test_a_note_is_internal_and_its_text_is_text(odoo: Odoo, reader: OdooReader, odoo_situations: dict[str, str]) -> None:
    [order] = reader.sale_orders([odoo_situations["dozens"]])
    marker = "expediter-p7-0123456789ab"
    OdooWriter(odoo.connection("writer")).post_note(order.record, "Is 5 < 6 & <script>alert(1)</script>?\nYes.\n\nEnd", marker)
    [note] = odoo.connection("admin").ask(
        "mail.message",
        "search_read",
        domain=[("body", "like", marker)],
        fields=["body", "is_internal", "subtype_id", "notified_partner_ids"],
    )
    assert "Is 5 &lt; 6 &amp; &lt;script&gt;alert(1)&lt;/script&gt;?<br>Yes." in note["body"]
    assert note["body"].count("<p>") == 3
    assert note["subtype_id"][1] == "Note"
    assert note["notified_partner_ids"] == []


def test_a_moment_without_a_time_zone_is_not_stored(odoo: Odoo, reader: OdooReader, odoo_situations: dict[str, str]) -> None:
    [order] = reader.sale_orders([odoo_situations["dozens"]])
    with pytest.raises(ValueError, match="time zone"):
        OdooWriter(odoo.connection("writer")).set_promise_date(order.record, datetime(2031, 1, 1))  # noqa: DTZ001 - on purpose


def test_an_order_of_an_archived_product_is_still_read(odoo: Odoo, odoo_situations: dict[str, str]) -> None:
    admin = odoo.connection("admin")
    reader = OdooReader(odoo.connection("reader"))
    [order] = reader.sale_orders([odoo_situations["dozens"]])
    [line] = reader.sale_order_lines([order.id])
    admin.change("product.product", "write", ids=[line.product_id], vals={"active": False})
    try:
        fresh = OdooReader(odoo.connection("reader"))
        assert fresh.sale_order_lines([order.id]) == [line]
        assert fresh.search_products("GLS-4") == []
    finally:
        admin.change("product.product", "write", ids=[line.product_id], vals={"active": True})
