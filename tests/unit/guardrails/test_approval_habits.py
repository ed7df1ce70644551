"""Who is asked too often, and who approves unread."""

from dataclasses import replace
from datetime import timedelta

from agent.actions import prepare
from agent.domain.approval_report import ApprovalRecords, ApprovalReport, Refusal
from agent.domain.decisions import Person, Proposal, ProposalState, Verdict
from agent.guardrails.approval_habits import approval_report
from tests.fixtures.packaged_policy import PACKAGED_POLICY as POLICY
from tests.unit.execution.fakes import ASKER, LEAD, NOW, OPS, SALES, Clock, Erp, approval, proposal_of

PLAIN = proposal_of(prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"}, Erp(Clock())))


def asked(number: int, *, hours: float = 0) -> Proposal:
    return replace(PLAIN, id=number, created_at=NOW + timedelta(hours=hours), state=ProposalState.PENDING, decisions=())


def decided(number: int, person: Person, seconds: float, verdict: Verdict = Verdict.APPROVE, reason: str = "") -> Proposal:
    waiting = asked(number)
    when = waiting.created_at + timedelta(seconds=seconds)
    taken = replace(approval(waiting, person), verdict=verdict, reason=reason, decided_at=when, rule="small-slip")
    state = ProposalState.DONE if verdict is Verdict.APPROVE else ProposalState.REJECTED
    return replace(waiting, decisions=(taken,), state=state)


def report(*proposals: Proposal, **more: object) -> ApprovalReport:
    given = {"shown": {}, "refusals": ()} | more
    budget = given.pop("budget", None)
    policy = replace(POLICY, request_budget_per_day=budget)  # type: ignore[arg-type]
    records = ApprovalRecords(proposals, **given)  # type: ignore[arg-type]
    return approval_report(records, [ASKER, SALES, OPS, LEAD], policy, NOW, NOW + timedelta(days=30))


def habit(found: ApprovalReport, person: Person):  # type: ignore[no-untyped-def]
    return next(one for one in found.approvers if one.person == person.handle)


def test_without_requests_nothing_is_said() -> None:
    empty = report()
    assert (empty.requests, empty.median_time, empty.approved_unchanged, empty.approvers) == (0, None, None, ())


def test_times_are_those_of_the_decided_by_nearest_rank() -> None:
    found = report(*(decided(number, SALES, 60 * number) for number in range(1, 11)), asked(11))
    assert (found.requests, found.decided) == (11, 10)
    assert (found.median_time, found.p90_time) == (timedelta(minutes=5), timedelta(minutes=9))


def test_a_request_counts_for_whoever_could_decide_on_it_and_not_for_its_authors() -> None:
    found = report(asked(1), asked(2, hours=1), asked(3, hours=24), replace(asked(4), authors=(SALES,)), budget=1)
    sales = habit(found, SALES)
    assert (sales.requests, sales.busiest, sales.days_over_budget) == (3, 2, 1)
    assert sales.busiest_day == NOW.date()
    assert habit(found, OPS).requests == 4
    assert ASKER.handle not in {one.person for one in found.approvers}


def test_a_budget_that_is_met_is_not_exceeded() -> None:
    assert habit(report(asked(1), asked(2), budget=2), SALES).days_over_budget == 0
    assert habit(report(asked(1), asked(2)), SALES).days_over_budget == 0


def test_who_approves_every_time_within_five_seconds_is_named() -> None:
    quick = [decided(number, SALES, 4.9) for number in (1, 2, 3)]
    assert habit(report(*quick), SALES).always_quick
    assert not habit(report(*quick[:2]), SALES).always_quick, "two are no habit"
    assert not habit(report(*quick, decided(4, SALES, 5)), SALES).always_quick


def test_seconds_count_from_when_it_was_shown_to_that_person() -> None:
    late = [decided(number, SALES, 3600) for number in (1, 2, 3)]
    seen = {(made.id, SALES.id): made.decisions[0].decided_at - timedelta(seconds=2) for made in late}
    assert habit(report(*late, shown=seen), SALES).always_quick
    assert not habit(report(*late), SALES).always_quick
    after = {(made.id, SALES.id): made.decisions[0].decided_at + timedelta(seconds=1) for made in late}
    assert not habit(report(*late, shown=after), SALES).always_quick, "shown only after the decision says nothing"


def test_shares_tell_what_was_approved_as_asked_and_what_was_edited() -> None:
    old = replace(asked(1), state=ProposalState.SUPERSEDED)
    revised = replace(decided(2, OPS, 60), supersedes=1)
    found = report(old, revised, decided(3, SALES, 60), decided(4, SALES, 60, Verdict.REJECT, "No."))
    assert found.requests == 3, "a revision is no request of its own"
    assert found.approved_unchanged == 1 / 3
    assert found.edited == 1 / 4


def test_rules_that_never_reject_reasons_and_refused_clicks_are_told() -> None:
    yes = [decided(number, SALES, 60) for number in range(1, 6)]
    assert [rule.never_rejects for rule in report(*yes).rules] == [True]
    assert [rule.never_rejects for rule in report(*yes[:4]).rules] == [False]
    no = decided(6, OPS, 60, Verdict.REJECT, "They take half.")
    refusals = (Refusal("kai", 1, "own_proposal", NOW), Refusal("kai", 2, "own_proposal", NOW))
    found = report(*yes, no, refusals=refusals)
    assert [rule.never_rejects for rule in found.rules] == [False]
    assert [(said.label, said.person, said.reason) for said in found.rejections] == [("P6", OPS.handle, "They take half.")]
    assert found.refused == {"own_proposal": 2}
