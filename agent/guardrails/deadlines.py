"""Until when the step that waits should be decided, when people are reminded, and when somebody else may decide too. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.decisions import Proposal, ProposalState, Role
from agent.guardrails.approvals import progress_of
from agent.guardrails.requirement import Requirement, Step

MOST_REMINDERS = 3


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Of the step that waits."""

    step: int
    """From 0."""
    waits_for: Step
    begun: datetime
    due: datetime
    reminders: tuple[datetime, ...]
    """At most `MOST_REMINDERS`, none after it lapses."""
    escalates: datetime | None
    """From then on `escalates_to` may decide too."""
    escalates_to: tuple[Role, ...]
    expires: datetime

    def overdue(self, now: datetime) -> bool:
        return now > self.due

    def escalated(self, now: datetime) -> bool:
        return self.escalates is not None and now >= self.escalates

    def may_decide(self, now: datetime) -> tuple[Role, ...]:
        """Roles, those it escalated to last."""
        added = self.escalates_to if self.escalated(now) else ()
        return (*self.waits_for.any_of, *(role for role in added if role not in self.waits_for.any_of))


def deadlines_of(requirement: Requirement, proposal: Proposal) -> Deadlines | None:
    """None when nobody's approval is waited for."""
    if proposal.state is not ProposalState.PENDING:
        return None
    progress = progress_of(requirement, proposal)
    if progress is None or progress.due == len(requirement.steps):
        return None
    begun, expires = progress.begun, proposal.expires_at
    after = requirement.escalate_after
    escalates = requirement.after(begun, after) if after is not None else None
    return Deadlines(
        step=progress.due,
        waits_for=requirement.steps[progress.due],
        begun=begun,
        due=requirement.after(begun, requirement.sla),
        reminders=tuple(moment for moment in _reminders(requirement, begun) if moment < expires),
        escalates=escalates if escalates and escalates < expires else None,
        escalates_to=requirement.escalate_to,
        expires=expires,
    )


def _reminders(requirement: Requirement, begun: datetime) -> Sequence[datetime]:
    every: timedelta = requirement.remind_every or requirement.sla
    return [requirement.after(begun, every * number) for number in range(1, MOST_REMINDERS + 1)]
