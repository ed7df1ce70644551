"""What changes between two policies, and who would decide differently."""

from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from agent.actions import prepare
from agent.domain.calendars import WarehouseCalendar
from agent.domain.working_hours import WorkingHours
from agent.guardrails.policy import read_policy
from agent.guardrails.policy_diff import ChangeKind, Part, changed_rules, changed_settings, judged_otherwise
from agent.guardrails.policy_model import Rule
from tests.fixtures.packaged_policy import PACKAGED_POLICY as POLICY
from tests.unit.execution.fakes import Clock, Erp, proposal_of


def rule(id, **fields):
    given = {"action": "post_note", "approve": ({"role": "buyer"},), "expires_after": "1d", "sla": "1h"}
    return Rule(id=id, **{**given, **fields})


def between(old, new):
    return changed_rules(replace(POLICY, rules=tuple(old)), replace(POLICY, rules=tuple(new)))


def test_the_same_text_changes_nothing():
    assert changed_rules(POLICY, POLICY) == changed_settings(POLICY, POLICY) == []


def test_what_is_new_gone_or_different_is_told_by_rule():
    old = [rule("a"), rule("b"), rule("c")]
    new = [rule("a", when={"length": {"max": 100}}), rule("c", approve=({"role": "finance", "count": 2},)), rule("d")]
    found = {change.rule: change for change in between(old, new)}
    assert (found["b"].kind, found["d"].kind) == (ChangeKind.REMOVED, ChangeKind.ADDED)
    assert found["a"].words == ("when: nothing → length max 100",)
    assert found["c"].words == ("approve: one buyer → two finance",)


def test_a_rule_that_only_moved_is_told_once_and_those_it_passed_are_not():
    [change] = between([rule("a"), rule("b"), rule("c")], [rule("c"), rule("a"), rule("b")])
    assert (change.rule, change.kind) == ("c", ChangeKind.MOVED)


def test_thresholds_that_differ_are_told_too():
    new = replace(POLICY, limits=replace(POLICY.limits, usual=POLICY.thresholds.model_copy(update={"transfer_days": 3})))
    assert changed_settings(POLICY, new) == [Part("transfer_days", "2", "3")]


KEY = "{where: {segment: key}, thresholds: {transfer_days: 1}}"
WEST = "{where: {warehouse: W}, thresholds: {transfer_days: 2}}"
BASE = """\
version: 1
rules: [{id: note, action: post_note, approve: [{role: buyer}], expires_after: 1d, sla: 4h}]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("request_budget_per_day: 40", "request_budget_per_day: 80", ["request_budget_per_day: 40 → 80"]),
        ("", "request_budget_per_day: 80", ["request_budget_per_day: nothing → 80"]),
        ("time_zone: Europe/Berlin", "time_zone: Asia/Tokyo", ["time_zone: Europe/Berlin → Asia/Tokyo"]),
        (
            "never_together: [[buyer, finance]]",
            "never_together: [[buyer, sales_manager]]",
            ["never together: buyer with finance → nothing", "never together: nothing → buyer with sales_manager"],
        ),
        (
            "exceptions: [{where: {segment: key}, thresholds: {transfer_days: 1}}]",
            "exceptions: [{where: {segment: key}, thresholds: {transfer_days: 9}}]",
            ["exception: segment key: transfer_days 1 → nothing", "exception: nothing → segment key: transfer_days 9"],
        ),
        (
            "exceptions: [" + KEY + ", " + WEST + "]",
            "exceptions: [" + WEST + ", " + KEY + "]",
            [
                "exception, in this order: segment key: transfer_days 1; warehouse W: transfer_days 2"
                " → warehouse W: transfer_days 2; segment key: transfer_days 1"
            ],
        ),
    ],
)
def test_every_other_setting_is_told_as_it_was_and_as_it_would_be(old, new, said):
    before, after = (read_policy(f"{BASE}{text}\n", "p") for text in (old, new))
    assert [part.words() for part in changed_settings(before, after)] == said
    assert changed_settings(before, before) == []


def test_hours_are_told_as_they_were_and_as_they_would_be():
    office = WorkingHours(ZoneInfo("Europe/Berlin"), frozenset({0, 1}), time(8), time(17), frozenset({date(2026, 12, 24)}))
    old = replace(POLICY, hours={"office": office}, calendars={"W": WarehouseCalendar(cut_off=time(14, 30))})
    new = replace(POLICY, hours={"office": replace(office, closes=time(18))}, calendars={})
    warehouse, hours = changed_settings(old, new)
    assert hours.key == "hours office"
    assert hours.was == "zone Europe/Berlin, days Mon Tue, opens 08:00, closes 17:00, holidays 2026-12-24"
    assert hours.now == hours.was.replace("17:00", "18:00")
    assert (warehouse.key, warehouse.now) == ("warehouse W", "")
    assert "cut off 14:30" in warehouse.was


@pytest.mark.parametrize(("role", "differs"), [("finance", True), ("buyer", False)])
def test_a_proposal_is_judged_otherwise_when_others_have_to_approve_it_and_not_when_the_rule_has_another_name(role, differs):
    proposal = proposal_of(prepare("post_note", {"order": "S00042", "text": "late"}, Erp(Clock())))
    old = replace(POLICY, rules=(rule("a"),))
    found = judged_otherwise(old, replace(POLICY, rules=(rule("b", approve=({"role": role},)),)), [proposal])
    assert bool(found) is differs


def test_what_no_rule_allows_any_more_is_judged_otherwise():
    proposal = proposal_of(prepare("post_note", {"order": "S00042", "text": "late"}, Erp(Clock())))
    [found] = judged_otherwise(replace(POLICY, rules=(rule("a"),)), replace(POLICY, rules=()), [proposal])
    assert (found.old.approval, found.new.approval) == ("one buyer", "rejected")
