"""Regular trade is quiet: each rule finds what was planted and little else."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.findings import RiskReport
from agent.domain.history import FinishedPicking, History
from agent.domain.records import Record
from agent.domain.stock import Picking, PickingKind
from agent.guardrails.policy import load_policy
from agent.risk.assess import assess
from agent.risk.history import take_history
from agent.risk.snapshot import Snapshot
from agent.risk.taking import take_snapshot
from integrations.demo import ONCE_EACH, DemoReader
from integrations.demo.seed import write_books
from integrations.demo.tables import Picking as Transfer
from integrations.demo.tables import Zone
from tests.fixtures.demo import DemoDatabase

MOST_OF_A_KIND = 8
#: Whose rules find one thing; of the vendor with the wrong bills each bill is told as well.
ONLY_PLANTED = set(ONCE_EACH) - {"invoice_mismatch"}


def judged(database: DemoDatabase, now: datetime) -> RiskReport:
    database.reseed(now)
    reader, policy = DemoReader(database.pool("worker")), load_policy(None)
    past = take_history(reader, now, policy.limits)
    return assess(take_snapshot(reader, now, limits=policy.limits, history=past), policy)


@pytest.mark.parametrize("hours", [0, 9, 23])
def test_a_rule_finds_what_was_planted_and_no_flood(demo_database: DemoDatabase, hours: int) -> None:
    """At any hour of the day on which it was built."""
    now = datetime.now(UTC).replace(hour=0, minute=30) + timedelta(hours=hours)
    report = judged(demo_database, now)
    counts = Counter(str(finding.kind) for finding in report.findings)
    assert {kind: count for kind, count in counts.items() if count > MOST_OF_A_KIND} == {}
    assert {kind: counts[kind] for kind in ONLY_PLANTED if counts[kind] > 1} == {}
    assert 18 <= len(report.orders) <= 32


@pytest.mark.parametrize("hours", range(0, 7 * 24, 5))
def test_only_the_planted_zone_is_slow_at_any_hour_of_the_week(hours: int) -> None:
    now = datetime(2026, 11, 16, 0, 30, tzinfo=UTC) + timedelta(hours=hours)
    found = [finding for finding in assess(queues_at(now), load_policy(None)).findings if finding.kind == "zone_bottleneck"]
    assert [finding.subject.name for finding in found] == [ONCE_EACH["zone_bottleneck"]]


def queues_at(now: datetime) -> Snapshot:
    """The transfers of the company as it is built at that moment, and nothing else of it."""
    books = write_books(now)
    zones = {zone.id: Record("stock.picking.type", zone.id, zone.name) for zone in books.rows[Zone]}
    done = tuple(
        FinishedPicking(
            one.id, one.name, PickingKind(one.kind), zones[one.zone_id], one.warehouse_id, one.scheduled_at, one.created_at,
            one.done_at,
        )
        for one in books.rows[Transfer] if one.state == "done"
    )  # fmt: skip
    waiting = [
        Picking(
            one.id, one.name, PickingKind(one.kind), one.state, one.scheduled_at, one.created_at, one.warehouse_id, None, None,
            None, None, zones[one.zone_id],
        )
        for one in books.rows[Transfer] if one.state not in ("done", "cancel")
    ]  # fmt: skip
    return Snapshot(now, pickings=waiting, history=History(now - timedelta(days=180), now, finished=done))
