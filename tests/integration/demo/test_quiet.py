"""Regular trade is quiet: each rule finds what was planted and little else."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.findings import RiskReport
from agent.guardrails.policy import load_policy
from agent.risk import assess
from integrations.demo import ONCE_EACH, DemoReader
from tests.fixtures.demo import DemoDatabase
from tests.fixtures.whole_snapshot import whole_snapshot

MOST_OF_A_KIND = 8
#: Whose rules find one thing; of the vendor with the wrong bills each bill is told as well, and at some hours of the morning
#: the regular trade has a queue of its own.
ONLY_PLANTED = set(ONCE_EACH) - {"invoice_mismatch", "zone_bottleneck"}


def judged(database: DemoDatabase, now: datetime) -> RiskReport:
    database.reseed(now)
    reader, policy = DemoReader(database.pool("worker")), load_policy(None)
    return assess(whole_snapshot(reader, reader, now, policy.limits), policy)


@pytest.mark.parametrize("hours", [0, 9, 23])
def test_a_rule_finds_what_was_planted_and_no_flood(demo_database: DemoDatabase, hours: int) -> None:
    """At any hour of the day on which it was built."""
    now = datetime.now(UTC).replace(hour=0, minute=30) + timedelta(hours=hours)
    report = judged(demo_database, now)
    counts = Counter(str(finding.kind) for finding in report.findings)
    assert {kind: count for kind, count in counts.items() if count > MOST_OF_A_KIND} == {}
    assert {kind: counts[kind] for kind in ONLY_PLANTED if counts[kind] > 1} == {}
    assert 18 <= len(report.orders) <= 32
