"""The worker's watch over approvals: who is reminded, what is escalated, what lapsed. It decides nothing."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.domain.absences import StandIn
from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Proposal, ProposalState, Role
from agent.errors import PolicyRejected, PreconditionFailed
from agent.guardrails.approvals import progress_of
from agent.guardrails.deadlines import Deadlines, deadlines_of
from agent.guardrails.policy import Policy
from agent.guardrails.standing_in import deputies_for
from agent.guardrails.waiting import waiting
from agent.ports.absences import StandIns
from agent.ports.approval_notices import ApprovalNotices
from agent.ports.ledger import ProposalBook

logger = logging.getLogger(__name__)

#: What lapsed longer ago than this was told, or nobody cares.
LAPSED_LATELY = timedelta(days=2)


def watch(
    book: ProposalBook, notices: ApprovalNotices, stand_ins: StandIns, policy: Policy, now: datetime
) -> list[ApprovalNotice]:
    """Note what has become due since the last look; what was noted then. After a pause only the latest reminder is noted."""
    proposals = [*waiting(book), *notices.lapsed(now - LAPSED_LATELY)]
    known = {(one.proposal_id, one.step, one.kind, one.number) for one in notices.of([proposal.id for proposal in proposals])}
    due = due_notices(proposals, policy, now, stand_ins.standing_in())
    fresh = [one for one in due if (one.proposal_id, one.step, one.kind, one.number) not in known]
    return [notice for notice in fresh if _noted(notice, notices)]


def due_notices(
    proposals: Iterable[Proposal], policy: Policy, now: datetime, standing: Sequence[StandIn] = ()
) -> Iterator[ApprovalNotice]:
    """What is due to be said by now; reminders and escalations also to those who stand in for somebody (`standing`)."""
    for proposal in proposals:
        try:
            requirement = policy.require(proposal.content.action, proposal.content.facts)
        except PolicyRejected:
            continue
        if proposal.state is ProposalState.EXPIRED or proposal.expires_at <= now:
            progress = progress_of(requirement, proposal)
            if progress and progress.due < len(requirement.steps) and now - proposal.expires_at < LAPSED_LATELY:
                roles = requirement.steps[progress.due].any_of
                yield ApprovalNotice(proposal.id, progress.due, NoticeKind.EXPIRY, 1, roles)
        elif deadlines := deadlines_of(requirement, proposal):
            deputies = deputies_for(requirement, proposal, now, standing)
            yield from (replace(notice, deputies=_of(notice.roles, deputies)) for notice in _of_waiting(proposal, deadlines, now))


def _of_waiting(proposal: Proposal, deadlines: Deadlines, now: datetime) -> Iterator[ApprovalNotice]:
    if reminded := sum(moment <= now for moment in deadlines.reminders):
        yield ApprovalNotice(proposal.id, deadlines.step, NoticeKind.REMINDER, reminded, deadlines.may_decide(now))
    if deadlines.escalated(now) and deadlines.escalates_to:
        yield ApprovalNotice(proposal.id, deadlines.step, NoticeKind.ESCALATION, 1, deadlines.escalates_to)


def _of(roles: Sequence[Role], deputies: Sequence[StandIn]) -> tuple[StandIn, ...]:
    return tuple(one for one in deputies if not one.absent.roles.isdisjoint(roles))


def _noted(notice: ApprovalNotice, notices: ApprovalNotices) -> bool:
    try:
        return notices.note(notice)
    except PreconditionFailed as meanwhile:
        logger.info("no notice: %s", meanwhile)
        return False
