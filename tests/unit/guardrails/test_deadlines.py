"""When an approval is due, whom it reminds, and who else may decide once it has waited too long."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions import prepare
from agent.domain.approval_notices import NoticeKind
from agent.domain.decisions import Proposal, ProposalState, Role, Verdict
from agent.domain.working_hours import LONGEST, WorkingHours
from agent.errors import NotPermitted, PolicyInvalid
from agent.guardrails.approvals import Ruling, rule_on, satisfied
from agent.guardrails.deadlines import deadlines_of
from agent.guardrails.policy import read_policy
from agent.guardrails.policy_model import Rule
from agent.guardrails.requirement import Requirement, Step
from agent.jobs.approvals import due_notices
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.unit.execution.fakes import OPS, SALES, Clock, Erp, approval, approved, person, proposal_of

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = WorkingHours(BERLIN, frozenset(range(5)), time(8), time(17), frozenset({date(2026, 12, 25)}))
FRIDAY = datetime(2026, 11, 27, tzinfo=BERLIN)


def clock(day: datetime, hour: int, minute: int = 0) -> datetime:
    return day.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (clock(FRIDAY, 9), 4, clock(FRIDAY, 13)),
        (clock(FRIDAY, 13), 4, clock(FRIDAY, 17)),
        (clock(FRIDAY, 16), 4, datetime(2026, 11, 30, 11, tzinfo=BERLIN)),
        (clock(FRIDAY, 5), 1, clock(FRIDAY, 9)),
        (clock(FRIDAY, 20), 1, datetime(2026, 11, 30, 9, tzinfo=BERLIN)),
        (datetime(2026, 12, 24, 16, tzinfo=BERLIN), 2, datetime(2026, 12, 28, 9, tzinfo=BERLIN)),
        (clock(FRIDAY, 8), 18, datetime(2026, 11, 30, 17, tzinfo=BERLIN)),
    ],
)
def test_time_is_counted_in_working_hours_only(start, hours, due):
    assert OFFICE.after(start, timedelta(hours=hours)) == due


def test_who_never_works_is_not_waited_for_for_ever():
    never = replace(OFFICE, days=frozenset())
    start = clock(FRIDAY, 9)
    assert never.after(start, timedelta(hours=1)) == start + LONGEST


@given(st.integers(0, 500_000), st.integers(1, 60), st.integers(1, 60))
def test_waiting_twice_is_waiting_for_the_sum(minutes, one, other):
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    first, second = timedelta(hours=one), timedelta(hours=other)
    assert OFFICE.after(OFFICE.after(begin, first), second) == OFFICE.after(begin, first + second)


def requirement(**changes) -> Requirement:
    steps = (Step((Role.SALES_MANAGER,)), Step((Role.WAREHOUSE_LEAD,)))
    base = Requirement("r", steps, timedelta(days=2), timedelta(hours=4), "v1", escalate_after=timedelta(hours=8),
                       escalate_to=(Role.OPS_MANAGER,))  # fmt: skip
    return replace(base, **changes)


@pytest.fixture
def proposal() -> Proposal:
    return proposal_of(prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"}, Erp(Clock())))


def test_each_step_has_its_own_time_from_when_the_step_before_was_complete(proposal):
    first = deadlines_of(requirement(), proposal)
    assert (first.step, first.due - proposal.created_at) == (0, timedelta(hours=4))
    later = approved(proposal, SALES)
    second = deadlines_of(requirement(), later)
    assert (second.step, second.due - later.decisions[0].decided_at) == (1, timedelta(hours=4))


def test_what_is_decided_or_lapsed_is_due_for_nobody(proposal):
    assert deadlines_of(requirement(), replace(proposal, state=ProposalState.EXPIRED)) is None


def test_it_reminds_three_times_at_most_and_never_after_it_lapses(proposal):
    assert len(deadlines_of(requirement(remind_every=timedelta(hours=1)), proposal).reminders) == 3
    short = replace(proposal, expires_at=proposal.created_at + timedelta(hours=5))
    assert len(deadlines_of(requirement(), short).reminders) == 1


def test_before_it_escalates_the_next_role_may_not_decide_and_from_then_on_it_may(proposal):
    escalates = deadlines_of(requirement(), proposal).escalates
    with pytest.raises(NotPermitted):
        rule_on(requirement(), proposal, OPS, Verdict.APPROVE, escalates - timedelta(seconds=1))
    assert rule_on(requirement(), proposal, OPS, Verdict.APPROVE, escalates) == Ruling(0, completes=False)
    assert rule_on(requirement(), proposal, SALES, Verdict.APPROVE, escalates) == Ruling(0, completes=False)


@pytest.mark.parametrize(("hours", "counts"), [(7, False), (8, True), (9, True)])
def test_the_executor_counts_an_escalated_approval_by_when_it_was_given(proposal, hours, counts):
    one_step = requirement(steps=(Step((Role.SALES_MANAGER,)),))
    given_then = approval(proposal, OPS, decided_at=proposal.created_at + timedelta(hours=hours))
    assert satisfied(one_step, replace(proposal, decisions=(given_then,))) is counts


def test_who_has_roles_that_nobody_may_combine_decides_nothing_and_what_they_approved_does_not_count(proposal):
    both = person(9, "bea", Role.SALES_MANAGER, Role.FINANCE)
    apart = requirement(steps=(Step((Role.SALES_MANAGER,)),), never_together=(frozenset({Role.SALES_MANAGER, Role.FINANCE}),))
    with pytest.raises(NotPermitted, match="bea is finance and sales_manager, which the policy allows nobody to be at once"):
        rule_on(apart, proposal, both, Verdict.APPROVE)
    assert not satisfied(apart, approved(proposal, both))
    assert satisfied(apart, approved(proposal, SALES))


# What the worker notes


def noted(proposal, after: timedelta, **rule):
    given = {"action": "move_promise_date", "approve": ({"role": "sales_manager"},), "expires_after": "2d", "sla": "4h"}
    policy = replace(PACKAGED_POLICY, rules=(Rule(id="r", **{**given, **rule}),))
    return [(one.kind, one.number, one.roles) for one in due_notices([proposal], policy, proposal.created_at + after)]


def test_nothing_is_said_before_it_is_due_and_then_one_reminder_after_the_other(proposal):
    sales = (Role.SALES_MANAGER,)
    assert noted(proposal, timedelta(hours=3, minutes=59)) == []
    assert noted(proposal, timedelta(hours=4)) == [(NoticeKind.REMINDER, 1, sales)]
    assert noted(proposal, timedelta(hours=40)) == [(NoticeKind.REMINDER, 3, sales)]


def test_an_escalation_is_for_those_it_escalates_to_and_reminders_then_for_both(proposal):
    found = noted(proposal, timedelta(hours=8), escalate={"after": "8h", "to": ("ops_manager",)})
    assert found == [
        (NoticeKind.REMINDER, 2, (Role.SALES_MANAGER, Role.OPS_MANAGER)),
        (NoticeKind.ESCALATION, 1, (Role.OPS_MANAGER,)),
    ]


def test_what_lapsed_is_said_once_to_those_who_had_not_decided(proposal):
    assert noted(proposal, timedelta(days=2)) == [(NoticeKind.EXPIRY, 1, (Role.SALES_MANAGER,))]
    assert noted(proposal, timedelta(days=5)) == []


# As a policy says it

POLICY = """\
version: 1
hours:
  office: {time_zone: Europe/Berlin, opens: "08:00", closes: "17:00"}
never_together: [[buyer, finance]]
rules:
  - id: note
    action: post_note
    approve: [{role: buyer}]
    expires_after: 1w
    sla: 4h
    hours: office
    remind_every: 2h
    escalate: {after: 1d, to: [ops_manager]}
"""


def test_hours_reminders_escalation_and_roles_to_keep_apart_are_read_from_the_policy():
    found = read_policy(POLICY, "policy.yaml").require("post_note", {})
    assert found.after(clock(FRIDAY, 16), timedelta(hours=4)) == datetime(2026, 11, 30, 11, tzinfo=BERLIN)
    assert (found.remind_every, found.escalate_after) == (timedelta(hours=2), timedelta(days=1))
    assert found.escalate_to == (Role.OPS_MANAGER,)
    assert found.never_together == (frozenset({Role.BUYER, Role.FINANCE}),)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("hours: office\n", "hours: warehouse\n", 11, "there are no hours `warehouse`; office"),
        ('closes: "17:00"', 'closes: "07:00"', 3, "closing at 07:00 is not after opening at 08:00"),
        ("to: [ops_manager]", "to: [auditor]", 13, "the role auditor may not decide, so nothing can be escalated to it"),
        ("[[buyer, finance]]", "[[buyer, buyer]]", 4, "name at least two roles"),
        ("Europe/Berlin", "Berlin", 3, "`Berlin` is not a time zone"),
    ],
)
def test_mistakes_in_them_are_named_with_their_line(old, new, line, says):
    assert old in POLICY
    with pytest.raises(PolicyInvalid, match=f"line {line}: ") as refusal:
        read_policy(POLICY.replace(old, new, 1), "policy.yaml")
    assert says in str(refusal.value)
