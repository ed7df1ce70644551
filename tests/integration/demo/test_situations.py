"""The planted situations are what docs/demo-company.md tells, read as the worker reads them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.domain.quantity import Quantity
from agent.domain.sales import SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking
from agent.guardrails.policy import load_policy
from agent.risk.assess import assess
from agent.risk.taking import take_snapshot
from integrations.demo import PEOPLE, SITUATIONS, DemoReader, cast
from tests.fixtures.demo import DemoDatabase, DemoErp

EXPECTED = {
    "promise_missed": {"promise_missed", "picking_stalled"},
    "promise_at_risk": {"promise_at_risk"},
    "no_supply": {"no_supply"},
    "receipt_overdue": {"receipt_overdue"},
    "picking_stalled": {"picking_stalled"},
    "credit_hold": {"credit_hold"},
    "other_warehouse": {"no_supply"},
}
STORY = Path(__file__).parents[3] / "docs" / "demo-company.md"


class Told:
    """One planted order with its lines, moves and pickings."""

    def __init__(self, reader: DemoReader, situation: str) -> None:
        self.reader = reader
        self.order: SaleOrder = reader.sale_orders([SITUATIONS[situation]])[0]
        self.lines: list[SaleOrderLine] = reader.sale_order_lines([self.order.id])
        ids = {line.id for line in self.lines}
        self.moves: list[Move] = [move for move in reader.open_moves() if move.sale_line_id in ids]
        self.pickings: list[Picking] = reader.open_pickings([self.order.id])


def days(moment: datetime | None) -> int:
    assert moment is not None
    return (moment.date() - datetime.now(UTC).date()).days


def test_the_missed_promise_lies_ready_since_four_days(demo_erp: DemoErp) -> None:
    told = Told(demo_erp.reader, "promise_missed")
    assert days(told.order.promise_date) == -3
    assert {move.state for move in told.moves} == {"assigned"}
    assert [picking.state for picking in told.pickings] == ["assigned"]
    assert told.pickings[0].responsible == "Walter Brandsma"


def test_the_vendor_is_later_than_the_receipt_admits(demo_erp: DemoErp) -> None:
    told = Told(demo_erp.reader, "promise_at_risk")
    purchases = demo_erp.reader.open_purchase_lines()
    (purchase,) = [one for one in purchases if set(one.for_sale_line_ids) & {line.id for line in told.lines}]
    assert days(told.order.promise_date) == 2
    assert days(purchase.vendor_promise_date) == 9
    assert days(purchase.receipt_expected_at) == 1
    (waiting,) = [move for move in told.moves if move.state == "waiting"]
    (receipt,) = [move for move in demo_erp.reader.open_moves() if move.purchase_line_id == purchase.id]
    assert waiting.waits_for == (receipt.id,)


def test_what_has_no_supply_is_neither_there_nor_bought(demo_erp: DemoErp) -> None:
    told = Told(demo_erp.reader, "no_supply")
    (short,) = [move for move in told.moves if not move.reserved]
    assert demo_erp.reader.stock_levels([short.product_id]) == []
    assert demo_erp.reader.open_purchase_lines([short.product_id]) == []


def test_the_overdue_receipt_is_needed(demo_erp: DemoErp) -> None:
    told = Told(demo_erp.reader, "receipt_overdue")
    (purchase,) = demo_erp.reader.open_purchase_lines([told.lines[0].product_id])
    assert days(purchase.vendor_promise_date) == -5
    assert not purchase.received
    assert purchase.for_sale_line_ids == (told.lines[0].id,)


def test_the_stalled_picking_is_ready_and_nobodys(demo_erp: DemoErp) -> None:
    (picking,) = Told(demo_erp.reader, "picking_stalled").pickings
    assert picking.state == "assigned"
    assert picking.responsible is None
    assert days(picking.scheduled_at) == -4


def test_the_debtor_is_over_the_limit_with_overdue_invoices(demo_erp: DemoErp) -> None:
    told = Told(demo_erp.reader, "credit_hold")
    (customer,) = demo_erp.reader.customers([told.order.customer_id])
    overdue = demo_erp.reader.overdue_invoices(datetime.now(UTC), [customer.id])
    assert customer.credit_limit is not None
    assert customer.exposure is not None
    assert customer.credit_limit < customer.exposure
    assert len(overdue) == 2
    assert not told.order.complete


def test_another_warehouse_has_what_is_short(demo_erp: DemoErp) -> None:
    told = Told(demo_erp.reader, "other_warehouse")
    line = told.lines[0]
    free = {level.warehouse_id: level.free for level in demo_erp.reader.stock_levels([line.product_id])}
    assert not free.pop(told.order.warehouse_id)
    assert list(free.values()) == [Quantity(told.moves[0].demand.amount * 0 + 40, "pieces")]
    assert told.moves[0].reserved == replace(line.ordered, amount=line.ordered.amount * 0 + 4)


def test_dozens_are_read_in_pieces(demo_erp: DemoErp) -> None:
    (line,) = Told(demo_erp.reader, "dozens").lines
    assert str(line.ordered) == "240 pieces"


@pytest.mark.parametrize("hours", [0, 7, 13, 20])
def test_the_rules_find_exactly_what_was_planted(demo_database: DemoDatabase, hours: int) -> None:
    """At any hour of the day on which it was built."""
    now = datetime.now(UTC).replace(hour=0, minute=30) + timedelta(hours=hours)
    demo_database.reseed(now)
    report = assess(take_snapshot(DemoReader(demo_database.pool("worker")), now), load_policy(None))
    found = {risk.order.name: {str(finding.kind) for finding in risk.findings} for risk in report.orders}
    assert {situation: found.get(SITUATIONS[situation]) for situation in EXPECTED} == EXPECTED
    assert not {SITUATIONS[name] for name in ("healthy", "healthy_two", "dozens")} & set(found)
    assert 15 <= len(found) <= 30
    assert 280 <= report.open_orders <= 320


def test_the_cast_names_who_plays(demo_database: DemoDatabase) -> None:
    with demo_database.connect("worker") as connection:
        players = cast(connection)
    assert set(players) == set(SITUATIONS)
    late = players["promise_at_risk"]
    assert (late.purchase, late.vendor, late.vendor_email) == ("P00222", "Kessler Fördertechnik", "orders@kessler.example")
    assert (players["no_supply"].code, players["no_supply"].purchase) == ("MSK-2", None)


def test_the_story_tells_of_everybody_and_everything() -> None:
    story = STORY.read_text(encoding="utf-8")
    assert [name for name in SITUATIONS.values() if f"**{name}**" not in story] == []
    assert [person.handle for person in PEOPLE if f"| {person.handle} | {person.name} |" not in story] == []
