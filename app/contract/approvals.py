"""Approvals that wait: for whom, and until when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from agent.domain.absences import StandIn
from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Person, Proposal
from agent.errors import PolicyRejected
from agent.guardrails.deadlines import Deadlines, deadlines_of
from agent.guardrails.policy import Policy
from agent.guardrails.standing_in import deputies_for, ruling_now
from agent.guardrails.waiting import waiting_pages
from agent.ports.approval_notices import ApprovalNotices
from agent.ports.ledger import ProposalBook
from app.contract.model import Contract, Moment


class DeputyRow(Contract):
    person: str
    """The deputy's handle."""
    on_behalf_of: str
    """Who is away."""

    @classmethod
    def of(cls, one: StandIn) -> "DeputyRow":
        return cls(person=one.deputy.handle, on_behalf_of=one.absent.handle)


class ApprovalRow(Contract):
    proposal: str
    """`P12`."""
    action: str
    subject: str
    title: str
    asker: str
    step: int
    """From 1."""
    waits_for: str
    """In words, with those it escalated to."""
    people: tuple[str, ...]
    """Who can decide now, by handle, deputies among them; nobody: it will lapse unless somebody gets the role."""
    deputies: tuple[DeputyRow, ...]
    """Who can only because somebody is away."""
    due_at: Moment
    overdue_since: Moment | None
    escalated_to: tuple[str, ...]
    """Roles; none before it escalates."""
    expires_at: Moment
    reminders: int
    """How many were noted for this step."""


def waiting_rows(
    book: ProposalBook,
    notices: ApprovalNotices,
    policy: Policy,
    people: Sequence[Person],
    standing: Sequence[StandIn],
    now: datetime,
    *,
    only: bool = False,
    limit: int | None = None,
    before: int | None = None,
) -> list[ApprovalRow]:
    """Of all that wait, the most urgent first, of those due at once the oldest.

    With `only` of those that one of `people` can decide now; with `limit` only of the newest, of those older than `before`.
    """
    found = list[ApprovalRow]()
    for page in waiting_pages(book, before):
        told = notices.of([proposal.id for proposal in page])
        rows = approval_rows(page, policy, people, standing, told, now)
        found += [row for row in rows if row.people or not only]
        if limit is not None and len(found) >= limit:
            break
    return sorted(reversed(found[:limit]), key=lambda row: row.due_at)


def approval_rows(
    proposals: Iterable[Proposal],
    policy: Policy,
    people: Sequence[Person],
    standing: Sequence[StandIn],
    notices: Sequence[ApprovalNotice],
    now: datetime,
) -> Iterator[ApprovalRow]:
    """In the order given; `people` are those asked about, deputies are named even when they are not among them."""
    for proposal in proposals:
        try:
            requirement = policy.require(proposal.content.action, proposal.content.facts)
        except PolicyRejected:
            continue
        deadlines = deadlines_of(requirement, proposal)
        if deadlines is not None:
            able = tuple(one.handle for one in people if ruling_now(requirement, proposal, one, now, standing))
            deputies = tuple(map(DeputyRow.of, deputies_for(requirement, proposal, now, standing)))
            yield _row(proposal, deadlines, able, deputies, notices, now)


def _row(
    proposal: Proposal,
    deadlines: Deadlines,
    able: tuple[str, ...],
    deputies: tuple[DeputyRow, ...],
    notices: Sequence[ApprovalNotice],
    now: datetime,
) -> ApprovalRow:
    reminders = [
        one.number
        for one in notices
        if (one.proposal_id, one.step, one.kind) == (proposal.id, deadlines.step, NoticeKind.REMINDER)
    ]
    return ApprovalRow(
        proposal=proposal.label,
        action=proposal.content.action,
        subject=proposal.content.subject.name,
        title=proposal.content.preview.title,
        asker=proposal.asker.handle,
        step=deadlines.step + 1,
        waits_for=replace(deadlines.waits_for, any_of=deadlines.may_decide(now)).words(),
        people=able,
        deputies=deputies,
        due_at=deadlines.due,
        overdue_since=deadlines.due if deadlines.overdue(now) else None,
        escalated_to=tuple(map(str, deadlines.escalates_to)) if deadlines.escalated(now) else (),
        expires_at=deadlines.expires,
        reminders=len(reminders),
    )
