"""What changes between two policies, and who would decide differently."""

from dataclasses import replace

import pytest

from agent.actions import prepare
from agent.guardrails.policy import load_policy
from agent.guardrails.policy_diff import ChangeKind, changed_rules, changed_settings, judged_otherwise
from agent.guardrails.policy_model import Rule
from tests.unit.execution.fakes import Clock, Erp, proposal_of

POLICY = load_policy()


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
    assert changed_settings(POLICY, new) == ["transfer_days: 2 → 3"]


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
