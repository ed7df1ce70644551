"""What every new customer starts with, as a finance director would read it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from agent.domain.decisions import Role
from agent.errors import PolicyRejected
from agent.guardrails.coverage import coverage_of
from agent.guardrails.permissions import DECIDING_ROLES
from agent.guardrails.policy_model import Rule
from agent.guardrails.requirement import Requirement
from agent.guardrails.vocabulary import FACTS
from integrations.demo.people import PEOPLE
from tests.fixtures.packaged_policy import PACKAGED_POLICY as POLICY

COVERAGE = coverage_of(POLICY)
RULES = {rule.id: rule for rule in POLICY.rules}

#: Give goods, prices or credit away, or choose who is paid.
MONEY = (
    "price_exception",
    "adjust_stock",
    "write_off",
    "create_credit_note",
    "cancel_credit_note",
    "release_order",
    "change_vendor",
)
ONE_WILL_DO = {"release-within-limit"}

OTHER_MONEY = "currency is none of CHF, EUR, GBP, USD or not known"
HARM = ("segment_harmed is nobody, strategic or not known", OTHER_MONEY)
SOMEBODY = "orders_harmed is from 1 or not known"
UNKNOWN_GIVER = "segment_giving is strategic or not known"


def harmed(most: int) -> tuple[str, ...]:
    return (f"value_harmed is below 0, above {most} or not known", *HARM)


#: What nobody may have done by a click, each on purpose.
GAPS: dict[str, set[str]] = {
    "move_promise_date": {
        "change is not known",
        "change is later or not known and days_slipped is up to -1, from 61 or not known",
    },
    "send_customer_update": {"recipients is up to 0, from 21 or not known"},
    "reply_to_mail": {"answers_before is up to -1, from 4 or not known"},
    "create_transfer": {"orders_harmed is not known", *(f"{SOMEBODY} and {what}" for what in harmed(20000))},
    "reserve_stock": {"orders_harmed is not known", *(f"{SOMEBODY} and {what}" for what in harmed(20000))},
    "reassign_reservation": {
        "orders_harmed is not known",
        f"orders_harmed is up to 0 or not known and {UNKNOWN_GIVER}",
        *(f"{SOMEBODY} and {what}" for what in harmed(50000)),
        *(f"{what} and {UNKNOWN_GIVER}" for what in harmed(50000)),
    },
    "create_return": {"kind is not known"},
    "adjust_stock": {"value is below 0, above 10000 or not known", OTHER_MONEY},
    "write_off": {"value is below 0, above 10000 or not known", OTHER_MONEY},
    "send_vendor_message": {
        "cost is below 0, above 5000 or not known",
        f"cost is below 0, above 0 or not known and {OTHER_MONEY}",
    },
    "confirm_vendor_date": {"days_slipped is from 121 or not known"},
    "change_vendor": {"cost is below 0, above 50000 or not known", "extra_percent is above 25 or not known", OTHER_MONEY},
}  # fmt: skip


def rules_of(*actions: str) -> list[Rule]:
    return [rule for rule in POLICY.rules if rule.action in actions]


def required(rule: Rule) -> Requirement:
    return POLICY.requirement_of(rule)


def test_every_action_has_a_rule_each_rule_decides_something_and_has_an_example() -> None:
    assert {rule.action for rule in POLICY.rules} == set(FACTS)
    assert COVERAGE.unreachable == ()
    assert COVERAGE.untried == ()


def test_no_two_rules_cross_so_that_their_order_matters_only_from_narrow_to_wide() -> None:
    """But one: a message that offers nothing has no currency to look at."""
    assert {found.earlier for found in COVERAGE.overlaps} == {"vendor-message"}


def test_what_is_rejected_is_what_was_meant_to_be() -> None:
    found: dict[str, set[str]] = {}
    for gap in COVERAGE.gaps:
        found.setdefault(gap.action, set()).add(gap.where)
    assert found == GAPS


def bounds() -> Iterable[tuple[Rule, str, Decimal, int]]:
    """Each bound on a number: the rule, the fact, the bound, and in which direction it ends."""
    for rule in POLICY.rules:
        for name, condition in rule.when.items():
            for bound, beyond in ((condition.min, -1), (condition.max, 1)):
                if bound is not None:
                    yield rule, name, bound, beyond


#: Ends of what can be, rather than limits that somebody chose.
FLOORS = {
    "amount", "order_value", "value", "cost", "value_harmed", "freight", "over_limit", "discount_percent", "recipients",
    "answers_before",
}  # fmt: skip


def chosen(fact: str, bound: Decimal, beyond: int) -> bool:
    if (fact, bound, beyond) in (
        ("margin_percent", 100, 1),
        ("over_limit", 0, 1),
        ("orders_harmed", 0, 1),
        ("orders_harmed", 1, -1),
    ):
        return False
    return not (fact in FLOORS and beyond < 0)


@pytest.mark.parametrize(
    ("rule", "fact", "bound", "beyond"),
    [found for found in bounds() if chosen(*found[1:])],
    ids=lambda value: value.id if isinstance(value, Rule) else str(value),
)
def test_at_a_limit_the_last_case_within_and_the_first_beyond_are_examples(
    rule: Rule, fact: str, bound: Decimal, beyond: int
) -> None:
    whole = FACTS[rule.action][fact].whole
    steps = [Decimal(beyond)] if whole else [beyond * Decimal("0.1"), beyond * Decimal("0.01")]
    cases = [each for each in POLICY.examples if each.action == rule.action and each.facts.get(fact) is not None]
    found = {(Decimal(str(each.facts[fact])), each.expect) for each in cases}
    assert (bound, rule.id) in found
    assert [expect for value, expect in found if value - bound in steps and expect != rule.id], f"none beyond {fact} {bound}"


def test_what_gives_money_or_goods_away_takes_two_and_a_code_and_escalates_to_nobody() -> None:
    for rule in rules_of(*MONEY):
        assert rule.second_factor, rule.id
        assert rule.escalate is None, rule.id
        assert len(rule.approve) >= 2 or rule.id in ONE_WILL_DO, rule.id


@pytest.mark.parametrize("action", MONEY)
def test_finance_can_be_asked_before_money_goes_and_has_to_be_where_it_is_much(action: str) -> None:
    """A step that only finance may take in the last rule of each, which is the widest."""
    assert any(step.any_of == (Role.FINANCE,) for step in required(rules_of(action)[-1]).steps)


def test_going_down_the_rules_of_an_action_that_moves_money_it_never_takes_fewer_people() -> None:
    for action in MONEY:
        steps = [len(rule.approve) for rule in rules_of(action)]
        assert all(first <= second for first, second in pairwise(steps)), action


@pytest.mark.parametrize("cost", ["0.01", "1000.00", "5000.00"])
def test_whatever_fee_a_message_offers_a_buyer_cannot_let_it_out(cost: str) -> None:
    facts = {"cost": cost, "currency": "EUR"}
    assert Role.BUYER not in POLICY.require("send_vendor_message", facts).steps[0].any_of


def test_a_date_that_a_vendor_is_said_to_have_named_is_read_by_who_deals_with_vendors() -> None:
    for rule in rules_of("confirm_vendor_date"):
        assert {Role.BUYER, Role.PURCHASING_MANAGER, Role.OPS_MANAGER} >= set(rule.approve[0].roles)


@pytest.mark.parametrize(
    ("done", "undone", "facts"),
    [
        ("create_credit_note", "cancel_credit_note", {"amount": "900", "currency": "EUR", "segment": "key"}),
        ("confirm_purchase", "cancel_purchase", {"cost": "9000", "currency": "EUR", "state": "purchase"}),
    ],
)
def test_undoing_takes_as_many_as_doing(done: str, undone: str, facts: dict[str, str]) -> None:
    assert len(POLICY.require(undone, facts).steps) >= len(POLICY.require(done, facts).steps)


def test_letting_a_held_order_go_is_never_easier_than_holding_it() -> None:
    held = set(POLICY.require("hold_order", {}).steps[0].any_of)
    for rule in rules_of("release_order"):
        assert set(rule.approve[0].roles) < held


def test_who_decides_on_policies_is_not_changed_by_whom_a_wider_rule_names() -> None:
    own = POLICY.require("activate_policy", {"rules_changed": 1, "settings_changed": 0, "changes_its_own_rules": "yes"})
    assert own.words() == "one ops_manager, then one finance (with a code from their authenticator)"


@pytest.mark.parametrize("role", sorted(DECIDING_ROLES))
@pytest.mark.parametrize("apart", [Role.ADMIN, Role.AUDITOR])
def test_who_hands_out_or_checks_authority_does_not_decide(apart: Role, role: Role) -> None:
    assert frozenset({apart, role}) in POLICY.never_together


def test_the_people_of_the_demo_company_hold_nothing_that_the_policy_keeps_apart() -> None:
    for person in PEOPLE:
        assert not [pair for pair in POLICY.never_together if pair <= set(person.roles)], person.handle
    assert {role for person in PEOPLE for role in person.roles} >= {
        role for rule in POLICY.rules for step in rule.approve for role in step.roles
    }


#: Each hour of an ordinary week.
WEEK = [datetime(2027, 2, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hours) for hours in range(7 * 24)]


@pytest.mark.parametrize("rule", POLICY.rules, ids=lambda rule: rule.id)
def test_every_step_has_its_time_before_the_proposal_lapses_whenever_it_was_made(rule: Rule) -> None:
    requirement = required(rule)
    assert requirement.hours is not None
    for made in WEEK:
        due = made
        for _ in requirement.steps:
            due = requirement.after(due, requirement.sla)
        assert due < made + requirement.expires_after, made
        if requirement.escalate_after is not None:
            assert requirement.sla < requirement.escalate_after
            assert requirement.after(made, requirement.escalate_after) < made + requirement.expires_after, made


def test_it_escalates_to_somebody_who_could_not_decide_before() -> None:
    for rule in POLICY.rules:
        if rule.escalate is not None:
            assert not set(rule.escalate.to) & {role for step in rule.approve for role in step.roles}, rule.id


def test_where_no_rule_speaks_nothing_is_permitted_even_with_every_fact_unknown() -> None:
    for action in GAPS:
        with pytest.raises(PolicyRejected):
            replace(POLICY).require(action, {})
