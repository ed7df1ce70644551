"""Scanning what changed finds what scanning everything finds."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.findings import RiskReport
from agent.domain.scans import ScanKind
from agent.domain.stock import Product
from agent.risk.assess import assess
from agent.risk.live import Pace, ScanEngine
from agent.risk.taking import take_snapshot
from tests.unit.risk.builders import NOW, POLICY, World
from tests.unit.risk.changing_world import ChangingWorld
from tests.unit.risk.deeds import KIT, crowds, deeds, do
from tests.unit.risk.world_reader import WorldReader

days = st.lists(deeds(), min_size=1, max_size=4)


def company() -> ChangingWorld:
    world = World()
    world.products = (*world.products, Product(KIT, "Dining set", "SET", "Units", storable=False, kit=True))
    world.customer()
    return ChangingWorld(world)


def engine_of(erp: ChangingWorld, **pace: timedelta) -> ScanEngine:
    return ScanEngine(erp, erp, POLICY, lambda: NOW, Pace(**pace))


def told(report: RiskReport | None):
    """All there is to know of a report, in no order but that of the ranking."""
    assert report is not None
    findings = {finding.fingerprint: finding for finding in report.findings}
    return report.open_orders, [risk.order.name for risk in report.orders], {risk.order: risk for risk in report.orders}, findings


def afresh(erp: ChangingWorld):
    return told(assess(take_snapshot(WorldReader(erp.world), NOW), POLICY))


@given(deeds() | crowds(), days)
@settings(max_examples=200, deadline=None)
def test_whatever_happened_looking_at_what_changed_finds_what_looking_at_everything_finds(before, happening):
    erp = company()
    for deed in before:
        do(erp, deed)
    engine = engine_of(erp)
    engine.scan()
    for day in happening:
        for deed in day:
            do(erp, deed)
        assert engine.scan().kind is ScanKind.INCREMENTAL
        assert told(engine.report()) == afresh(erp)
    assert engine.full().missed == ()


@given(deeds(), days)
@settings(max_examples=50, deadline=None)
def test_whoever_adds_up_what_each_scan_says_knows_what_the_engine_knows(before, happening):
    erp = company()
    for deed in before:
        do(erp, deed)
    engine = engine_of(erp)
    first = engine.scan()
    risks = {risk.order.id: risk for risk in first.orders}
    findings = {finding.fingerprint: finding for finding in first.findings}
    for day in happening:
        for deed in day:
            do(erp, deed)
        result = engine.scan()
        risks |= {risk.order.id: risk for risk in result.orders}
        risks = {key: risk for key, risk in risks.items() if key not in result.orders_gone}
        findings |= {finding.fingerprint: finding for finding in result.findings}
        findings = {key: finding for key, finding in findings.items() if key not in result.resolved}
        report = engine.report()
        assert report is not None
        assert risks == {risk.order.id: risk for risk in report.orders}
        assert findings == {finding.fingerprint: finding for finding in report.findings}
        assert (result.open_orders, result.at_risk) == (report.open_orders, len(risks))
