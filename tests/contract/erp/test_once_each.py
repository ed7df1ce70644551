"""Of each kind of trouble one is planted, and found for what it is and nothing else; docs/demo-company.md tells them."""

from datetime import UTC, datetime

import pytest

from agent.domain.findings import Finding, FindingKind
from agent.guardrails.policy import load_policy
from agent.risk import assess
from integrations.demo import ONCE_EACH
from tests.contract.erp.conftest import Past
from tests.fixtures.whole_snapshot import whole_snapshot

SAID_OTHERWISE = {"adjustment_out_of_tolerance", "reorder_breach"}
"""A count and a rule have numbers that nobody says: the sentence names the goods, the evidence the record."""
MAY_FOLLOW = {"allocation_conflict": {"promise_at_risk"}}
"""Who waits because another has the goods is late."""


def told_of(past: Past) -> list[Finding]:
    policy = load_policy()
    report = assess(whole_snapshot(past.reader, past.history, datetime.now(UTC), policy.limits), policy)
    return list(report.findings)


def about(name: str, findings: list[Finding]) -> list[Finding]:
    """Findings whose subject it is, or whose order."""
    return [each for each in findings if name in (each.subject.name, each.order.name if each.order else None)]


def test_each_planted_trouble_is_found_for_what_it_is_and_nothing_else(past: Past) -> None:
    findings = told_of(past)
    found = {kind: {str(each.kind) for each in about(name, findings)} for kind, name in past.once_each.items()}
    assert {kind: kinds - MAY_FOLLOW.get(kind, set()) for kind, kinds in found.items()} == {kind: {kind} for kind in found}


def test_each_planted_trouble_is_one_finding(past: Past) -> None:
    findings = told_of(past)
    for kind, name in past.once_each.items():
        assert len([each for each in about(name, findings) if each.kind == kind]) == 1, kind


def test_one_is_planted_of_each_kind_that_an_erp_can_show(past: Past) -> None:
    elsewhere = {FindingKind.CARRIER_DELAY, FindingKind.APPROVAL_OVERDUE, FindingKind.INTEGRATION_ERRORS}
    orders = {"promise_missed", "promise_at_risk", "no_supply", "receipt_overdue", "picking_stalled", "credit_hold"}
    assert {*past.once_each, *orders} == {str(kind) for kind in FindingKind if kind not in elsewhere}


@pytest.mark.parametrize("kind", sorted(ONCE_EACH))
def test_a_sentence_says_it_with_the_name_of_what_it_is_about(past: Past, kind: str) -> None:
    name = past.once_each[kind]
    [found] = [each for each in about(name, told_of(past)) if each.kind == kind]
    assert name in found.summary or kind in SAID_OTHERWISE
    assert found.evidence
