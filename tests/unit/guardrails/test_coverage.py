"""What rules leave over is found exactly: never a false alarm, never one missed, whatever facts there are."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import PolicyRejected
from agent.guardrails import vocabulary
from agent.guardrails.boxes import Box, largest_outside
from agent.guardrails.coverage import Ground, coverage_of
from agent.guardrails.policy import Policy, ThresholdBook, Thresholds, holds, read_policy
from agent.guardrails.policy_model import Condition, Rule
from tests.fixtures.packaged_policy import PACKAGED_POLICY

HEAD = """\
version: 1
rules:
"""
RULE = """\
  - id: {id}
    action: move_promise_date
    when: {when}
    approve: [{{role: {role}}}]
    expires_after: 1d
    sla: 1h
"""


def policy_of(*rules: tuple[str, str, str]) -> Policy:
    text = HEAD + "".join(RULE.format(id=id, when=when, role=role) for id, when, role in rules)
    return read_policy(text, "policy.yaml")


def test_a_rule_below_a_wider_one_is_reported_with_both_lines():
    policy = policy_of(("wide", "{days_slipped: {max: 9}}", "sales_manager"), ("narrow", "{days_slipped: {max: 3}}", "finance"))
    [found] = coverage_of(policy).unreachable
    assert found.words() == "line 9: the rule `narrow` decides nothing; `wide` (line 3) above it match all that it matches."


def test_a_rule_that_two_earlier_ones_share_out_between_them_is_unreachable_and_a_third_is_not_blamed():
    policy = policy_of(
        ("other", "{change: {equals: first}}", "buyer"),
        ("low", "{days_slipped: {max: 3}}", "sales_manager"),
        ("high", "{days_slipped: {min: 4}}", "finance"),
        ("middle", "{days_slipped: {min: 0, max: 9}}", "ops_manager"),
    )
    [found] = coverage_of(policy).unreachable
    assert (found.rule, found.by) == ("middle", ("low", "high"))


def test_of_a_fact_with_fractions_what_lies_between_two_whole_numbers_is_still_reachable():
    policy = policy_of(
        ("low", "{order_value: {max: 3}}", "sales_manager"),
        ("high", "{order_value: {min: 4}}", "finance"),
        ("middle", "{order_value: {min: 0, max: 9}}", "ops_manager"),
    )
    assert coverage_of(policy).unreachable == ()


def test_a_rule_whose_own_conditions_exclude_each_other_is_reported():
    policy = policy_of(("never", "{days_slipped: {min: 4, max: 3}}", "sales_manager"))
    [found] = coverage_of(policy).unreachable
    assert "its own conditions exclude each other" in found.words()


def test_rules_that_cross_with_different_approvals_are_noted_where_they_do():
    policy = policy_of(("short", "{days_slipped: {max: 3}}", "sales_manager"), ("cheap", "{order_value: {max: 100}}", "finance"))
    [found] = coverage_of(policy).overlaps
    assert found.where == "days_slipped is up to 3 and order_value is up to 100"
    assert (found.earlier_line, found.later_line) == (3, 9)


def test_a_ladder_from_narrow_to_wide_and_rules_that_ask_the_same_are_not_noted():
    ladder = policy_of(("small", "{days_slipped: {max: 3}}", "sales_manager"), ("any", "{days_slipped: {max: 9}}", "finance"))
    same = policy_of(("short", "{days_slipped: {max: 3}}", "finance"), ("cheap", "{order_value: {max: 100}}", "finance"))
    assert coverage_of(ladder).overlaps == coverage_of(same).overlaps == ()


def test_where_no_rule_matches_is_told_in_words():
    policy = policy_of(
        ("later", "{change: {equals: later}, days_slipped: {min: 0, max: 60}}", "sales_manager"),
        ("rest", "{change: {in: [first, earlier, cleared]}}", "finance"),
    )
    assert {gap.where for gap in coverage_of(policy).gaps if gap.action == "move_promise_date"} == {
        "change is not known",
        "change is later or not known and days_slipped is up to -1, from 61 or not known",
    }
    assert ("post_note", "anything") in {(gap.action, gap.where) for gap in coverage_of(policy).gaps}


def test_the_packaged_policy_has_no_rule_that_decides_nothing():
    assert coverage_of(PACKAGED_POLICY).unreachable == ()


# Against trying everything

NUMBERS = [Decimal(number) for number in ("-2", "0", "0.5", "1", "1.5", "2", "4")]
CASES = [
    {"days_slipped": days, "order_value": value, "segment": segment, "currency": currency}
    for days, value, segment, currency in product(
        [None, -2, 0, 1, 2, 4], [None, *NUMBERS], [None, "strategic", "key", "standard"], [None, "EUR", "JPY", "USD"]
    )
]  # fmt: skip
bounds = st.one_of(
    st.builds(lambda low: Condition(min=low), st.integers(0, 2)),
    st.builds(lambda high: Condition(max=high), st.integers(0, 2)),
    st.builds(lambda low, high: Condition(min=low, max=high), st.integers(0, 2), st.integers(0, 2)),
    st.builds(lambda values: Condition(**{"in": tuple(values)}), st.sets(st.integers(0, 2), min_size=1)),
)


def texts(*values: str) -> st.SearchStrategy[Condition]:
    return st.builds(lambda some: Condition(**{"in": tuple(some)}), st.sets(st.sampled_from(values), min_size=1))


conditions = st.fixed_dictionaries(
    {},
    optional={
        "days_slipped": bounds,
        "order_value": bounds,
        "segment": texts("strategic", "key"),
        "currency": texts("EUR", "JPY"),
    },
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    whens = draw(st.lists(conditions, min_size=1, max_size=5))
    roles = draw(st.lists(st.sampled_from(["buyer", "finance"]), min_size=len(whens), max_size=len(whens)))
    rules = tuple(
        Rule(id=f"r{index}", action="move_promise_date", when=when, approve=({"role": role},), expires_after="1d", sla="1h")
        for index, (when, role) in enumerate(zip(whens, roles, strict=True))
    )
    text = HEAD + "".join(f"  - {rule.id}\n" for rule in rules)
    return Policy("v1", rules, ThresholdBook(Thresholds()), text=text)


def decided(policy: Policy, facts: dict[str, object]) -> str | None:
    try:
        return policy.require("move_promise_date", facts).rule
    except PolicyRejected:
        return None


@given(policies())
@settings(max_examples=40, deadline=None)
def test_exactly_the_rules_that_decide_none_of_all_cases_are_unreachable_and_gaps_are_exactly_the_rejected_cases(policy):
    ground = Ground.of(policy, "move_promise_date")
    deciding = [decided(policy, facts) for facts in CASES]
    unreachable = {found.rule for found in ground.unreachable(policy)}
    assert unreachable == {rule.id for rule in policy.rules} - set(deciding)
    outside = largest_outside(ground.everything, ground.boxes)
    for place, rule in zip(located(ground), deciding, strict=True):
        assert (rule is None) == any(contains(box, place) for box in outside)
        assert (rule is None) == (not any(contains(box, place) for box in ground.boxes))


@given(policies())
@settings(max_examples=25, deadline=None)
def test_what_covers_an_unreachable_rule_does_so_together_and_none_of_it_can_be_left_out(policy):
    ground = Ground.of(policy, "move_promise_date")
    by_id = {rule.id: index for index, rule in enumerate(policy.rules)}
    for found in ground.unreachable(policy):
        mine = [place for place in located(ground) if contains(ground.boxes[by_id[found.rule]], place)]
        for left_out in (None, *found.by):
            by = [ground.boxes[by_id[one]] for one in found.by if one != left_out]
            taken = all(any(contains(box, place) for box in by) for place in mine)
            assert taken == (left_out is None)


def located(ground: Ground) -> list[Box]:
    """Every case as a box."""
    known = {
        (axis.name, value): places(ground, axis.name, value)
        for axis in ground.axes
        for value in {case[axis.name] for case in CASES}
    }
    return [tuple(known[axis.name, case[axis.name]] for axis in ground.axes) for case in CASES]


def contains(box: Box, place: Box) -> bool:
    return all(mask & part for mask, part in zip(box, place, strict=True))


def places(ground: Ground, name: str, value: object) -> int:
    """The atoms whose sample meets the same conditions as the value: no condition tells them apart."""
    [axis] = [axis for axis in ground.axes if axis.name == name]
    told = [rule.when[name] for rule in ground.rules if name in rule.when]
    return axis.meeting(lambda sample: all(holds(condition, sample) == holds(condition, value) for condition in told))


@pytest.mark.parametrize(
    ("categories", "rule"),
    [(["cable"], "harmless"), (["cable", "tape"], "harmless"), (["cable", "acid"], "rest"), ([], "rest"), (None, "rest")],
)
def test_a_condition_on_a_collection_holds_when_it_holds_for_each_of_it(monkeypatch, categories, rule):
    monkeypatch.setitem(vocabulary.FACTS, "post_note", {"category": vocabulary.TEXTS})
    policy = read_policy(
        HEAD
        + RULE.format(id="harmless", when="{category: {in: [cable, tape]}}", role="buyer").replace(
            "move_promise_date", "post_note"
        )
        + RULE.format(id="rest", when="{}", role="finance").replace("move_promise_date", "post_note"),
        "policy.yaml",
    )
    assert policy.require("post_note", {"category": categories}).rule == rule


def test_rules_on_collections_are_reasoned_about_as_collections(monkeypatch):
    monkeypatch.setitem(vocabulary.FACTS, "move_promise_date", {"category": vocabulary.TEXTS})
    either = policy_of(
        ("cable", "{category: {in: [cable]}}", "buyer"),
        ("tape", "{category: {in: [tape]}}", "buyer"),
        ("both", "{category: {in: [cable, tape]}}", "finance"),
        ("again", "{category: {equals: tape}}", "finance"),
    )
    assert [found.rule for found in coverage_of(either).unreachable] == ["again"], "an order of cable and tape reaches `both`"
