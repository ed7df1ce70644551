"""Who may decide now, and what the decisions add up to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.actions import prepare
from agent.domain.decisions import Decision, Person, Proposal, ProposalState, Role, Verdict
from agent.errors import DecisionRefused, NotPermitted, OwnProposal
from agent.guardrails.approvals import Ruling, rule_on, satisfied, waiting_step
from agent.guardrails.requirement import Requirement, Step
from tests.unit.execution.fakes import ASKER, LEAD, OPS, SALES, Clock, Erp, approval, approved, person, proposal_of

BOTH = person(8, "bea", Role.SALES_MANAGER, Role.OPS_MANAGER)
SECOND_SALES = person(9, "sue", Role.SALES_MANAGER)


def requirement(*steps: Step) -> Requirement:
    return Requirement("small-slip", steps, timedelta(days=2), timedelta(hours=4), "v1")


ONE = requirement(Step((Role.SALES_MANAGER, Role.WAREHOUSE_LEAD)))
TWO = requirement(Step((Role.SALES_MANAGER,)), Step((Role.OPS_MANAGER,)))
QUORUM = requirement(Step((Role.SALES_MANAGER, Role.OPS_MANAGER), count=2))


@pytest.fixture
def proposal() -> Proposal:
    return proposal_of(prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"}, Erp(Clock())))


def test_one_approval_completes_one_step(proposal):
    assert rule_on(ONE, proposal, SALES, Verdict.APPROVE) == Ruling(0, completes=True)
    assert rule_on(ONE, proposal, LEAD, Verdict.APPROVE) == Ruling(0, completes=True)


def test_two_steps_take_two_persons_in_order(proposal):
    assert rule_on(TWO, proposal, SALES, Verdict.APPROVE) == Ruling(0, completes=False)
    assert rule_on(TWO, approved(proposal, SALES), OPS, Verdict.APPROVE) == Ruling(1, completes=True)


def test_step_two_cannot_be_taken_before_step_one(proposal):
    with pytest.raises(NotPermitted, match="olga may not decide on P12 now; rule small-slip asks for one sales_manager"):
        rule_on(TWO, proposal, OPS, Verdict.APPROVE)


def test_step_two_is_not_for_step_ones_role(proposal):
    with pytest.raises(NotPermitted, match="asks for one ops_manager"):
        rule_on(TWO, approved(proposal, SALES), SECOND_SALES, Verdict.APPROVE)


def test_who_approved_step_one_may_not_approve_step_two(proposal):
    with pytest.raises(DecisionRefused, match="bea has already approved P12; one ops_manager who did not has to take this step"):
        rule_on(TWO, approved(proposal, BOTH), BOTH, Verdict.APPROVE)


def test_a_quorum_takes_different_persons(proposal):
    assert rule_on(QUORUM, proposal, SALES, Verdict.APPROVE) == Ruling(0, completes=False)
    once = approved(proposal, SALES)
    assert rule_on(QUORUM, once, OPS, Verdict.APPROVE) == Ruling(0, completes=True)
    with pytest.raises(DecisionRefused, match="sam has already approved"):
        rule_on(QUORUM, once, SALES, Verdict.APPROVE)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_nobody_decides_on_their_own_proposal(proposal, verdict):
    own = replace(proposal, asker=SALES)
    with pytest.raises(
        DecisionRefused, match=r"sam asked for P12 and cannot decide on it; one of sales_manager or warehouse_lead has to"
    ):
        rule_on(ONE, own, SALES, verdict)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SALES_MANAGER, Role.WAREHOUSE_LEAD)])
def test_a_person_without_the_role_can_neither_approve_nor_reject(proposal, role):
    for verdict in Verdict:
        with pytest.raises(NotPermitted, match="rule small-slip asks for one of sales_manager or warehouse_lead"):
            rule_on(ONE, proposal, person(20, "zoe", role), verdict)


def test_a_person_without_any_role_cannot_decide(proposal):
    with pytest.raises(NotPermitted):
        rule_on(ONE, proposal, person(20, "zoe"), Verdict.APPROVE)


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.PENDING])
def test_only_a_pending_proposal_can_be_decided(proposal, state):
    with pytest.raises(DecisionRefused, match=r"^P12 (is|was|has) .+\.$"):
        rule_on(ONE, replace(proposal, state=state), SALES, Verdict.APPROVE)


def test_anybody_with_a_role_of_the_waiting_step_may_reject(proposal):
    assert rule_on(ONE, proposal, LEAD, Verdict.REJECT) == Ruling(0, completes=False)
    assert rule_on(TWO, approved(proposal, SALES), OPS, Verdict.REJECT) == Ruling(1, completes=False)


def test_approvals_that_no_longer_fit_the_policy_ask_for_a_new_proposal(proposal):
    with pytest.raises(
        DecisionRefused, match="The policy has changed since P12 was first approved and now asks for one sales_manager"
    ):
        rule_on(TWO, approved(proposal, LEAD), OPS, Verdict.APPROVE)


def test_approvals_that_would_be_enough_by_now_ask_for_a_new_proposal(proposal):
    with pytest.raises(DecisionRefused, match="have it proposed again"):
        rule_on(ONE, approved(proposal, SALES), LEAD, Verdict.APPROVE)


def test_complete_approvals_satisfy(proposal):
    assert satisfied(ONE, approved(proposal, SALES))
    assert satisfied(TWO, approved(proposal, SALES, OPS))
    assert satisfied(QUORUM, replace(proposal, decisions=(approval(proposal, SALES), approval(proposal, OPS))))


def test_approvals_beyond_what_is_asked_do_no_harm(proposal):
    assert satisfied(ONE, approved(proposal, SALES, OPS))


def broken(proposal: Proposal) -> dict[str, tuple[Decision, ...]]:
    first = approval(proposal, SALES)
    second = approval(replace(proposal, decisions=(first,)), OPS, step=1)

    def by(who: Person) -> tuple[Decision, ...]:
        return (replace(first, person=who), second)

    return {
        "none": (),
        "only the first": (first,),
        "only the second": (second,),
        "in the wrong order": (replace(first, decided_at=second.decided_at), replace(second, decided_at=first.decided_at)),
        "the first by the asker": by(replace(ASKER, roles=SALES.roles)),
        "the first without the role": by(LEAD),
        "both by one person": (replace(first, person=BOTH), replace(second, person=BOTH)),
        "of another hash": (replace(first, sha256="0" * 64), second),
        "a rejection": (replace(first, verdict=Verdict.REJECT), second),
        "both for one step": (first, replace(second, step=0)),
    }


@pytest.mark.parametrize("name", list(broken(proposal_of(prepare("post_note", {"order": "S00042", "text": "x"}, Erp(Clock()))))))
def test_incomplete_or_improper_approvals_do_not_satisfy(proposal, name):
    assert not satisfied(TWO, replace(proposal, decisions=broken(proposal)[name]))


def test_who_had_a_part_in_a_proposal_does_not_decide_on_it(proposal):
    edited = replace(proposal, authors=(SALES,))
    with pytest.raises(OwnProposal, match="had a part in P12 and cannot decide on it"):
        rule_on(ONE, edited, SALES, Verdict.APPROVE)
    with pytest.raises(OwnProposal):
        rule_on(ONE, edited, SALES, Verdict.REJECT)
    assert rule_on(ONE, edited, SECOND_SALES, Verdict.APPROVE).completes
    assert not satisfied(ONE, approved(edited, SALES)), "nor does an approval that somehow got there count"


def test_where_the_rule_wants_a_second_factor_an_approval_without_one_does_not_count(proposal):
    wanting = replace(ONE, second_factor=True)
    assert rule_on(wanting, proposal, SALES, Verdict.APPROVE) == Ruling(0, completes=True, second_factor=True)
    assert not rule_on(wanting, proposal, SALES, Verdict.REJECT).second_factor, "saying no takes no code"
    without = approved(proposal, SALES)
    assert satisfied(ONE, without)
    assert not satisfied(wanting, without)
    checked = tuple(replace(decision, second_factor=True) for decision in without.decisions)
    assert satisfied(wanting, replace(without, decisions=checked))


def test_whose_turn_it_is_follows_the_steps_and_ends_with_them(proposal):
    assert waiting_step(TWO, proposal) == TWO.steps[0]
    assert waiting_step(TWO, approved(proposal, SALES)) == TWO.steps[1]
    assert waiting_step(TWO, approved(proposal, SALES, OPS)) is None
    assert waiting_step(QUORUM, approved(proposal, SALES)) == QUORUM.steps[0]


def test_it_is_nobodys_turn_when_the_policy_changed_under_the_approvals_given(proposal):
    assert waiting_step(requirement(Step((Role.FINANCE,))), approved(proposal, SALES)) is None


def test_more_approvers_than_have_a_word_are_told_in_figures():
    assert Step((Role.FINANCE,), count=12).words().startswith("12 ")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_never_decides_does_not_decide_for_somebody_absent_either(proposal, role):
    ada = person(20, "ada", role)
    with pytest.raises(NotPermitted, match="ada may not decide on P12 now"):
        rule_on(ONE, proposal, ada, Verdict.APPROVE, absent=[SALES])
    agent = person(21, "ann", Role.OPS_AGENT)
    assert rule_on(ONE, proposal, agent, Verdict.APPROVE, absent=[SALES]).on_behalf_of == SALES


def test_a_deputys_approval_counts_only_while_the_deputy_has_a_role_that_decides(proposal):
    given = approval(proposal, person(21, "ann", Role.OPS_AGENT))
    by_deputy = replace(given, on_behalf_of=SALES)
    assert satisfied(ONE, replace(proposal, decisions=(by_deputy,)))
    lost = replace(by_deputy, person=person(21, "ann", Role.AUDITOR))
    assert not satisfied(ONE, replace(proposal, decisions=(lost,)))
