"""From what was decided to what should be asked less, or read more. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from agent.domain.approval_report import ApprovalRecords, ApprovalReport, ApproverHabit, Rejection, RuleHabit
from agent.domain.decisions import Decision, Person, Proposal, ProposalState, Verdict
from agent.errors import PolicyRejected
from agent.guardrails.policy import Policy

QUICK = timedelta(seconds=5)
#: Fewer tell nothing of a habit.
ENOUGH_APPROVALS, ENOUGH_DECISIONS = 3, 5
APPROVED = frozenset(
    {
        ProposalState.GRANTED, ProposalState.EXECUTING, ProposalState.DONE, ProposalState.FAILED, ProposalState.REFUSED_STALE,
        ProposalState.UNCERTAIN,
    }
)  # fmt: skip


def approval_report(
    records: ApprovalRecords, people: Sequence[Person], policy: Policy, since: datetime, until: datetime
) -> ApprovalReport:
    """Requests made from `since` on. Who could have decided on one is told by the policy as it is now."""
    decided = [made for made in records.proposals if made.state in APPROVED or made.state is ProposalState.REJECTED]
    times = sorted(max(taken.decided_at for taken in made.decisions) - made.created_at for made in decided if made.decisions)
    unchanged = sum(made.state in APPROVED and made.supersedes is None for made in decided)
    edited = sum(made.state is ProposalState.SUPERSEDED for made in records.proposals)
    asked = [made for made in records.proposals if made.supersedes is None]
    return ApprovalReport(
        since=since,
        until=until,
        budget_per_day=policy.request_budget_per_day,
        requests=len(asked),
        decided=len(decided),
        median_time=_percentile(times, 50),
        p90_time=_percentile(times, 90),
        approved_unchanged=_share(unchanged, len(decided)),
        edited=_share(edited, len(records.proposals)),
        approvers=tuple(_habits(records, people, policy)),
        rules=tuple(_rules(taken for made in records.proposals for taken in made.decisions)),
        rejections=tuple(_rejections(records.proposals)),
        comments=sum(len(made.comments) for made in records.proposals),
        refused=dict(Counter(refusal.kind for refusal in records.refusals).most_common()),
    )


def _percentile(ordered: Sequence[timedelta], percent: int) -> timedelta | None:
    """The smallest that so many percent do not exceed (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _habits(records: ApprovalRecords, people: Sequence[Person], policy: Policy) -> Iterable[ApproverHabit]:
    for person in people:
        days = Counter(made.created_at.date() for made in records.proposals if _could_decide(person, made, policy))
        taken = [(made, one) for made in records.proposals for one in made.decisions if one.person.id == person.id]
        if days or taken:
            yield _habit(person, days, taken, records, policy.request_budget_per_day)


def _habit(
    person: Person,
    days: "Counter[date]",
    taken: Sequence[tuple[Proposal, Decision]],
    records: ApprovalRecords,
    budget: int | None,
) -> ApproverHabit:
    approvals = [(made, one) for made, one in taken if one.verdict is Verdict.APPROVE]
    quick = sum(_seen_for(made, one, records) < QUICK for made, one in approvals)
    busiest = max(days.items(), key=lambda day: (day[1], day[0]), default=(None, 0))
    return ApproverHabit(
        person=person.handle,
        requests=days.total(),
        busiest_day=busiest[0],
        busiest=busiest[1],
        days_over_budget=sum(count > budget for count in days.values()) if budget is not None else 0,
        decisions=len(taken),
        quick=quick,
        always_quick=len(approvals) >= ENOUGH_APPROVALS and quick == len(approvals),
    )


def _could_decide(person: Person, made: Proposal, policy: Policy) -> bool:
    if person.id in made.author_ids:
        return False
    try:
        steps = policy.require(made.content.action, made.content.facts).steps
    except PolicyRejected:
        return False
    return any(person.roles.intersection(step.any_of) for step in steps)


def _seen_for(made: Proposal, taken: Decision, records: ApprovalRecords) -> timedelta:
    shown = records.shown.get((made.id, taken.person.id))
    return taken.decided_at - (shown if shown is not None and shown <= taken.decided_at else made.created_at)


def _rules(decisions: Iterable[Decision]) -> Iterable[RuleHabit]:
    counts = Counter((taken.rule, taken.verdict) for taken in decisions)
    for rule in sorted({rule for rule, _ in counts}):
        yes, no = counts[rule, Verdict.APPROVE], counts[rule, Verdict.REJECT]
        yield RuleHabit(rule, yes, no, never_rejects=no == 0 and yes >= ENOUGH_DECISIONS)


def _rejections(proposals: Iterable[Proposal]) -> Iterable[Rejection]:
    for made in proposals:
        for taken in made.decisions:
            if taken.verdict is Verdict.REJECT:
                yield Rejection(made.label, taken.person.handle, taken.rule, taken.reason)
