"""Deputies: with whose roles they decide, which roles they may not combine, and that they are told what waits for them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions import prepare
from agent.domain.absences import StandIn
from agent.domain.approval_notices import NoticeKind
from agent.domain.decisions import Proposal, Role, Verdict
from agent.errors import NotPermitted
from agent.guardrails.approvals import Ruling, rule_on, satisfied
from agent.guardrails.policy import Policy
from agent.guardrails.policy_model import Rule
from agent.guardrails.requirement import Requirement, Step
from agent.guardrails.standing_in import deputies_for
from agent.jobs.approvals import due_notices
from app.contract.approvals import ApprovalRow, approval_rows
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.unit.execution.fakes import NOW, OPS, SALES, Clock, Erp, approval, approved, person, proposal_of

APART = (frozenset({Role.SALES_MANAGER, Role.FINANCE}),)
ONE = Requirement("r", (Step((Role.SALES_MANAGER,)),), timedelta(days=2), timedelta(hours=4), "v1", never_together=APART)
FINN = person(20, "finn", Role.FINANCE)
WIM = person(21, "wim", Role.OPS_AGENT)
BOTH = person(22, "bea", Role.SALES_MANAGER, Role.BUYER)


def proposed() -> Proposal:
    return proposal_of(prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"}, Erp(Clock())))


@pytest.fixture
def proposal() -> Proposal:
    return proposed()


# Roles that nobody may combine


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_deputy_does_not_combine_own_roles_with_the_absent_persons_where_the_policy_keeps_them_apart(proposal, verdict):
    with pytest.raises(
        NotPermitted,
        match="finn stands in for sam, but would then be finance and sales_manager, which the policy allows nobody to be at "
        "once; one sales_manager has to decide on P12",
    ):
        rule_on(ONE, proposal, FINN, verdict, absent=[SALES])


def test_a_deputy_whose_roles_go_with_the_absent_persons_decides(proposal):
    assert rule_on(ONE, proposal, WIM, Verdict.APPROVE, absent=[SALES]) == Ruling(0, completes=True, on_behalf_of=SALES)


def test_who_suffices_in_their_own_right_takes_no_other_roles_and_so_combines_nothing(proposal):
    finance = replace(ONE, steps=(Step((Role.FINANCE,)),))
    assert rule_on(finance, proposal, FINN, Verdict.APPROVE, absent=[SALES]) == Ruling(0, completes=True)


def test_of_several_absent_persons_one_whose_roles_go_with_the_deputys_is_taken(proposal):
    either = replace(ONE, steps=(Step((Role.SALES_MANAGER, Role.OPS_MANAGER)),))
    assert rule_on(either, proposal, FINN, Verdict.APPROVE, absent=[SALES, OPS]).on_behalf_of == OPS


def test_who_may_not_decide_even_with_the_absent_persons_roles_is_told_what_the_rule_asks_for(proposal):
    with pytest.raises(NotPermitted, match="finn may not decide on P12 now; rule r asks for one sales_manager"):
        rule_on(ONE, proposal, FINN, Verdict.APPROVE, absent=[OPS])


@pytest.mark.parametrize(("deputy", "counts"), [(FINN, False), (WIM, True)])
def test_what_a_deputy_approved_with_roles_to_be_kept_apart_does_not_count(proposal, deputy, counts):
    for_sam = approval(proposal, deputy, on_behalf_of=SALES)
    assert satisfied(ONE, replace(proposal, decisions=(for_sam,))) is counts


ROLES = st.frozensets(st.sampled_from([role for role in Role if role is not Role.ADMIN]), max_size=4)


@given(ROLES, ROLES, st.frozensets(st.sampled_from(Role), min_size=2, max_size=2))
def test_nobody_ever_decides_with_a_pair_of_roles_that_the_policy_keeps_apart(own, borrowed, pair):
    deputy, absent, rule = person(30, "dan", *own), person(31, "abe", *borrowed), replace(ONE, never_together=(pair,))
    try:
        ruling = rule_on(rule, proposed(), deputy, Verdict.APPROVE, absent=[absent])
    except NotPermitted:
        return
    assert not pair <= (own | borrowed if ruling.on_behalf_of else own)


# For whom it waits


def test_deputies_are_those_who_can_decide_only_for_somebody_absent(proposal):
    standing = [StandIn(WIM, OPS), StandIn(WIM, SALES), StandIn(BOTH, SALES), StandIn(FINN, SALES)]
    assert deputies_for(ONE, proposal, NOW, standing) == (StandIn(WIM, SALES),)


def test_it_waits_for_no_deputy_of_whoever_asked_or_has_approved(proposal):
    two = replace(ONE, steps=(Step((Role.SALES_MANAGER,), count=2),))
    assert deputies_for(two, replace(proposal, asker=SALES), NOW, [StandIn(WIM, SALES)]) == ()
    assert deputies_for(two, approved(proposal, SALES), NOW, [StandIn(WIM, SALES)]) == ()


def policy(**rule) -> Policy:
    given = {"action": "move_promise_date", "approve": ({"role": "sales_manager"},), "expires_after": "2d", "sla": "4h"}
    return replace(PACKAGED_POLICY, rules=(Rule(id="r", **{**given, **rule}),))


def listed(proposal: Proposal, *asked, standing=()) -> ApprovalRow:
    [row] = approval_rows([proposal], policy(), asked, standing, [], NOW)
    return row


def test_the_list_names_a_deputy_and_for_whom_whoever_is_asked_about(proposal):
    away = [StandIn(WIM, SALES)]
    for_wim, for_sam, for_all = listed(proposal, WIM, standing=away), listed(proposal, SALES, standing=away), listed(
        proposal, SALES, WIM, OPS, standing=away
    )  # fmt: skip
    assert (for_wim.people, for_sam.people, for_all.people) == (("wim",), ("sam",), ("sam", "wim"))
    for row in (for_wim, for_sam, for_all):
        assert [(one.person, one.on_behalf_of) for one in row.deputies] == [("wim", "sam")]


def test_without_an_absence_nothing_waits_for_the_deputy(proposal):
    row = listed(proposal, WIM)
    assert (row.people, row.deputies) == ((), ())


def test_a_reminder_is_for_the_deputies_too_and_an_escalation_for_those_of_the_roles_it_goes_to(proposal):
    standing = [StandIn(WIM, SALES), StandIn(FINN, OPS)]
    escalating = policy(escalate={"after": "8h", "to": ("ops_manager",)})

    def noted(hours: int):
        notices = due_notices([proposal], escalating, proposal.created_at + timedelta(hours=hours), standing)
        return [(notice.kind, [(one.deputy.handle, one.absent.handle) for one in notice.deputies]) for notice in notices]

    assert noted(4) == [(NoticeKind.REMINDER, [("wim", "sam")])]
    assert noted(8) == [
        (NoticeKind.REMINDER, [("wim", "sam"), ("finn", "olga")]),
        (NoticeKind.ESCALATION, [("finn", "olga")]),
    ]
