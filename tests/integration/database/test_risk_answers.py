"""An answer comes from the last scan, unless there is none, it is old, or it is wanted fresh."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.domain.risk_list import RiskFilter
from agent.domain.scans import ScanKind, ScanResult
from agent.errors import RecordMissing
from agent.risk.answers import TOO_OLD, RiskAnswers
from agent.risk.assess import assess
from integrations.database.risk_board import PostgresRiskBoard
from tests.fixtures.postgres import TestDatabase
from tests.unit.risk.builders import NORTH, NOW, World, in_days, policy
from tests.unit.risk.world_reader import WorldReader


class LinkedReader(WorldReader):
    def url(self, record):
        return f"https://erp.example/{record.model}/{record.id}"


@pytest.fixture
def world() -> World:
    world = World()
    for promise, warehouse in ((-2, 1), (3, 1), (9, NORTH)):
        world.line(world.order(promise=in_days(promise), warehouse_id=warehouse), 10)
    world.line(world.order(promise=in_days(6)), 4, reserved=4)
    return world


def scanned(database: TestDatabase, world: World) -> LinkedReader:
    """A reader whose world was scanned; it has not been asked since."""
    reader = LinkedReader(world)
    report = assess(world.snapshot(), policy())
    scan = ScanResult(ScanKind.FULL, NOW, NOW, report.open_orders, len(report.orders), report.orders, report.findings)
    PostgresRiskBoard(database.pool("worker")).publish(scan, reader.url, world.warehouses)
    return reader


def answers(database: TestDatabase, reader: LinkedReader, now: datetime = NOW) -> RiskAnswers:
    return RiskAnswers(reader, policy(), lambda: now, PostgresRiskBoard(database.pool("worker")))


@pytest.mark.parametrize(
    "wanted", [RiskFilter(), RiskFilter(limit=1), RiskFilter(warehouse="no"), RiskFilter(promised_by=in_days(3).date())]
)
def test_the_last_scan_and_a_fresh_look_say_the_same(database: TestDatabase, world: World, wanted: RiskFilter) -> None:
    reader = scanned(database, world)
    board, fresh = answers(database, reader).orders(wanted), answers(database, reader).orders(wanted, fresh=True)
    assert board.rows
    assert [row["order"] for row in board.rows] == [row["order"] for row in fresh.rows]
    assert replace(board, rows=(), fresh=True) == replace(fresh, rows=())


def test_the_last_scan_answers_without_asking_the_erp(database: TestDatabase, world: World) -> None:
    reader = scanned(database, world)
    found = answers(database, reader).orders(RiskFilter())
    one = answers(database, reader).order(world.orders[0].name)
    assert (found.fresh, found.as_of, one.fresh) == (False, NOW, False)
    assert one.row is not None
    assert one.row["url"] == f"https://erp.example/sale.order/{world.orders[0].id}"
    assert not reader.calls


@pytest.mark.parametrize(("age", "fresh"), [(TOO_OLD, False), (TOO_OLD + timedelta(seconds=1), True)])
def test_an_old_scan_is_no_answer(database: TestDatabase, world: World, age: timedelta, fresh: bool) -> None:
    reader = scanned(database, world)
    assert answers(database, reader, NOW + age).orders(RiskFilter()).fresh is fresh


def test_without_a_scan_the_erp_is_asked(database: TestDatabase, world: World) -> None:
    assert answers(database, LinkedReader(world)).orders(RiskFilter()).fresh


def test_that_an_order_is_not_at_risk_is_said_after_a_fresh_look_only(database: TestDatabase, world: World) -> None:
    reader = scanned(database, world)
    found = answers(database, reader).order(world.orders[3].name)
    assert (found.row, found.fresh) == (None, True)
    with pytest.raises(RecordMissing, match="There is no order S99999"):
        answers(database, reader).order("S99999")
