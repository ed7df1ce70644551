"""The packaged policy at its boundaries, and what happens where no rule speaks."""

from datetime import timedelta

import pytest

from agent.domain.decisions import Role
from agent.errors import PolicyRejected
from agent.guardrails.policy import PACKAGED, Policy, Thresholds, load_policy
from agent.guardrails.requirement import Requirement, Step

PACKAGED_TEXT = PACKAGED.read_text(encoding="utf-8")
NOTE_ROLES = "one of ops_agent, warehouse_lead, buyer, purchasing_manager, sales_manager, finance or ops_manager"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(None)


def slip(**changes):
    facts = {
        "change": "later",
        "days_slipped": 2,
        "order_value": "1200.00",
        "currency": "EUR",
        "segment": "standard",
        "customer": "Acme",
    }
    return {**facts, **changes}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"days_slipped": 0}, "small-slip"),
        ({"days_slipped": 3}, "small-slip"),
        ({"days_slipped": 4}, "medium-slip"),
        ({"order_value": "5000.00"}, "small-slip"),
        ({"order_value": "5000.01"}, "medium-slip"),
        ({"currency": "JPY"}, "medium-slip"),
        ({"segment": "key"}, "small-slip"),
        ({"segment": "strategic"}, "long-or-strategic-slip"),
        ({"days_slipped": 14}, "medium-slip"),
        ({"days_slipped": 15}, "long-or-strategic-slip"),
        ({"days_slipped": 60}, "long-or-strategic-slip"),
        ({"change": "earlier", "days_slipped": -1}, "earlier-promise"),
        ({"change": "earlier", "days_slipped": -1, "segment": "strategic"}, "earlier-promise"),
        ({"change": "first", "days_slipped": None}, "first-promise"),
        ({"change": "cleared", "days_slipped": None}, "promise-withdrawn"),
    ],
)
def test_each_slip_is_decided_by_the_rule_it_belongs_to(policy, changes, rule):
    assert policy.require("move_promise_date", slip(**changes)).rule == rule


@pytest.mark.parametrize(
    "facts",
    [
        slip(days_slipped=61),
        slip(days_slipped=None),
        slip(days_slipped="NaN"),
        slip(days_slipped="Infinity"),
        slip(days_slipped="many"),
        slip(days_slipped=True),
        slip(change=None),
        {},
    ],
)
def test_beyond_the_limits_or_on_unknown_facts_nothing_is_permitted(policy, facts):
    with pytest.raises(PolicyRejected, match=r"No rule of policy v1-[0-9a-f]{8} allows move_promise_date here"):
        policy.require("move_promise_date", facts)


@pytest.mark.parametrize("unknown", ["order_value", "currency", "segment"])
def test_an_unknown_fact_never_makes_an_approval_easier(policy, unknown):
    assert policy.require("move_promise_date", slip(**{unknown: None})).rule in ("medium-slip", "long-or-strategic-slip")


def test_an_action_without_a_rule_is_rejected(policy):
    with pytest.raises(PolicyRejected):
        policy.require("write_off", {})


def test_a_note_needs_another_pair_of_eyes(policy):
    requirement = policy.require("post_note", {"segment": "strategic", "length": 20})
    assert requirement.words() == NOTE_ROLES
    assert requirement.expires_after == timedelta(days=7)
    assert requirement.sla == timedelta(hours=4)


def test_strategic_customers_need_two_steps_in_order(policy):
    requirement = policy.require("move_promise_date", slip(segment="strategic"))
    assert requirement.steps == (Step((Role.SALES_MANAGER,)), Step((Role.OPS_MANAGER,)))
    assert requirement.words() == "one sales_manager, then one ops_manager"


def test_the_version_names_the_exact_text(policy, tmp_path):
    copy = tmp_path / "policy.yaml"
    copy.write_text(PACKAGED_TEXT + "\n# a word\n", encoding="utf-8")
    assert load_policy(copy).version != policy.version
    copy.write_text(PACKAGED_TEXT, encoding="utf-8")
    assert load_policy(copy).version == policy.version == policy.require("post_note", {}).policy_version


def test_thresholds_have_the_agreed_values(policy):
    assert policy.thresholds == Thresholds(
        at_risk_horizon_days=14, picking_stalled_hours=48, receipt_grace_days=1, overdue_invoice_days=0, transfer_days=2
    )


def test_explain_says_of_every_rule_why_it_does_or_does_not_apply(policy):
    outcomes = policy.explain("move_promise_date", slip(days_slipped=9))
    said = {outcome.rule: (outcome.matched, outcome.reason) for outcome in outcomes}
    assert said["small-slip"] == (False, "days_slipped is 9, above 3")
    assert said["earlier-promise"] == (False, "change is later, not earlier")
    assert said["medium-slip"] == (True, "every condition holds")
    assert next(outcome.rule for outcome in outcomes if outcome.matched) == "medium-slip"


def test_explain_names_what_is_not_known_or_not_listed(policy):
    said = {
        outcome.rule: outcome.reason
        for outcome in policy.explain("move_promise_date", slip(days_slipped=None, segment="strategic"))
    }
    assert said["small-slip"] == "days_slipped is not known"
    said = {outcome.rule: outcome.reason for outcome in policy.explain("move_promise_date", slip(segment="strategic"))}
    assert said["small-slip"] == "segment is strategic, none of standard, key"


def test_a_quorum_is_put_in_words():
    step = Step((Role.BUYER, Role.FINANCE), count=2)
    assert Requirement("r", (step,), timedelta(1), timedelta(1), "v1").words() == "two of buyer or finance"
    wanting = Requirement("r", (step,), timedelta(1), timedelta(1), "v1", second_factor=True)
    assert wanting.words() == "two of buyer or finance (with a code from their authenticator)"


def test_a_rule_says_whether_it_wants_a_second_factor(tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(PACKAGED_TEXT.replace("    expires_after: 7d", "    expires_after: 7d\n    second_factor: true", 1))
    changed = load_policy(file)
    assert changed.require("post_note", {}).second_factor
    assert not changed.require("strike_note", {}).second_factor
