"""Of each kind of trouble one is planted, and found for what it is and nothing else; docs/demo-company.md tells them."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.findings import Finding, FindingKind
from agent.risk.assess import assess
from agent.risk.history import take_history
from agent.risk.taking import take_snapshot
from integrations.demo import ONCE_EACH
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.past import Past

SAID_OTHERWISE = {"adjustment_out_of_tolerance", "reorder_breach"}
"""A count and a rule have numbers that nobody says: the sentence names the goods, the evidence the record."""
MAY_FOLLOW = {"allocation_conflict": {"promise_at_risk"}}
"""Who waits because another has the goods is late."""
STALE_AGE = timedelta(days=30 * (2050 - 1515) / (2050 - 1100), hours=1)
"""Order numbers run over thirty days; docs/demo-company.md."""


#: What the table tells, with the prices of the catalogue, in the words of each kind's sentence; and how grave it is. Nobody waits
#: for most of it; what hits a promise, or is sure to go on, or has cost money, is graver.
def told(now: datetime) -> dict[str, tuple[str, ...]]:
    def day(days: int) -> str:
        return (now + timedelta(days=days)).date().isoformat()

    def ago(days: int) -> str:
        return _ago(now + timedelta(days=days), now)

    return {
        "allocation_conflict": ("high", "lacks 40", f"promised for {day(3)}", "Camping Les Pins, a standard customer", day(13)),
        "backorder_waiting": ("medium", "the rest (40", f"since {ago(-9)}", f"can ship on {day(3)}"),
        # 35 % off 33.45 leaves 21.74, and it costs 21.41
        "margin_exception": ("low", "Dorset Cider Works", "earns 1.5 %"),
        "order_stale": ("low", "1,900.00", "Imprimerie Delorme", f"{_ago(now - STALE_AGE, now)} and has no answer"),
        "shipped_not_invoiced": ("low", "1,440.00", "Jachtwerf Sneek", ago(-9)),
        "receipt_short": ("low", "Chaussures Atlas brought 30", "instead of 40", "no more is expected"),
        "purchase_unconfirmed": ("low", "Shieldwell has not acknowledged", ago(-5)),
        "purchase_approval_stalled": ("low", "Pompen & Zonen", ago(-4)),
        # 300 bearings, listed at 9.37
        "price_variance": ("medium", "10.78", "9.37", "15 % more", "423.00"),
        "lead_time_variance": ("low", f"promised for {day(24)}, 26 days after", "14 days"),
        "duplicate_replenishment": ("low", "brings 80", "Rotterdam Harbour does not need", day(-4)),
        "vendor_short_trend": ("medium", "4 of the last 6 receipts", "by 20 %", "0 of 14: sure"),
        "vendor_delay_trend": ("medium", "5 of the last 6 receipts", "by 6 days", "0 of 14: sure"),
        # 40 boxes at 17.61 instead of 16.31, five times
        "invoice_mismatch": ("medium", "5 of the last 6 bills", "260.00", "0 of 14: sure"),
        "transfer_overdue": ("low", ago(-3), "ready to move"),
        "zone_bottleneck": ("medium", "7 transfers", "2 hours is usual", "on none of the 56 days of the last 8 weeks"),
        "reorder_breach": ("low", "Rotterdam Harbour wants to keep 200", "comes to 60", "within 7 days"),
        "adjustment_out_of_tolerance": ("medium", "80 kg of Coffee beans", "1,076.00", "were missing", day(-2)),
        "damage_cluster": ("medium", "4 times in 30 days", "1 of 150 days: sure"),
        "quality_failed": ("medium", "Respirator FFP3", day(-2)),
    }


def _ago(moment: datetime, now: datetime) -> str:
    """By days of UTC: the packaged policy gives no warehouse a time zone."""
    return f"{moment.date().isoformat()} ({(now.date() - moment.date()).days} days ago)"


@pytest.fixture(scope="session")
def looked_at(past: Past) -> datetime:
    """After all was planted."""
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def findings(past: Past, looked_at: datetime) -> list[Finding]:
    policy, now = PACKAGED_POLICY, looked_at
    snapshot = take_snapshot(past.reader, now, limits=policy.limits, history=take_history(past.history, now, policy.limits))
    assert not snapshot.not_seen
    assert not snapshot.unjudged
    return list(assess(snapshot, policy).findings)


def about(name: str, findings: list[Finding]) -> list[Finding]:
    """Findings whose subject it is, or whose order."""
    return [each for each in findings if name in (each.subject.name, each.order.name if each.order else None)]


def test_each_planted_trouble_is_found_for_what_it_is_and_nothing_else(past: Past, findings: list[Finding]) -> None:
    found = {kind: {str(each.kind) for each in about(name, findings)} for kind, name in past.once_each.items()}
    assert {kind: kinds - MAY_FOLLOW.get(kind, set()) for kind, kinds in found.items()} == {kind: {kind} for kind in found}


def test_each_planted_trouble_is_one_finding(past: Past, findings: list[Finding]) -> None:
    for kind, name in past.once_each.items():
        assert len([each for each in about(name, findings) if each.kind == kind]) == 1, kind


def test_one_is_planted_of_each_kind_that_an_erp_can_show(past: Past) -> None:
    elsewhere = {FindingKind.CARRIER_DELAY, FindingKind.APPROVAL_OVERDUE, FindingKind.INTEGRATION_ERRORS}
    orders = {"promise_missed", "promise_at_risk", "no_supply", "receipt_overdue", "picking_stalled", "credit_hold"}
    assert {*past.once_each, *orders} == {str(kind) for kind in FindingKind if kind not in elsewhere}


@pytest.mark.parametrize("kind", sorted(ONCE_EACH))
def test_a_sentence_says_it_with_the_name_of_what_it_is_about(past: Past, findings: list[Finding], kind: str) -> None:
    name = past.once_each[kind]
    [found] = [each for each in about(name, findings) if each.kind == kind]
    assert name in found.summary or kind in SAID_OTHERWISE
    assert found.evidence


@pytest.mark.parametrize("kind", sorted(ONCE_EACH))
def test_every_erp_tells_the_same_story_with_the_same_figures(
    past: Past, findings: list[Finding], looked_at: datetime, kind: str
) -> None:
    [found] = [each for each in about(past.once_each[kind], findings) if each.kind == kind]
    severity, *words = told(looked_at)[kind]
    assert [each for each in words if each not in found.summary] == [], found.summary
    assert found.severity == severity
