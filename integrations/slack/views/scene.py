"""What is true beside the row that is drawn: the policy in force, who there is, who stands in, and the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain.absences import StandIn
from agent.domain.decisions import Person, Proposal, ProposalState
from agent.domain.records import Link, Record
from agent.errors import PolicyRejected
from agent.guardrails.deadlines import Deadlines, deadlines_of
from agent.guardrails.policy import Policy
from agent.guardrails.requirement import Requirement
from agent.guardrails.standing_in import deputies_for, ruling_now


def no_page(_record: Record) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Scene:
    policy: Policy
    people: Sequence[Person]
    standing: Sequence[StandIn]
    now: datetime
    link: Link = no_page
    """Where a record of the ERP opens."""

    def requirement(self, proposal: Proposal) -> Requirement | None:
        """None where no rule allows the action any more."""
        try:
            return self.policy.require(proposal.content.action, proposal.content.facts)
        except PolicyRejected:
            return None

    def deadlines(self, proposal: Proposal) -> Deadlines | None:
        requirement = self.requirement(proposal)
        return deadlines_of(requirement, proposal) if requirement else None

    def able(self, proposal: Proposal) -> list[str]:
        """Who can decide now, by handle; of deputies also for whom."""
        requirement = self.requirement(proposal)
        if requirement is None or proposal.state is not ProposalState.PENDING:
            return []
        deputies = {one.deputy.id: one.absent.handle for one in deputies_for(requirement, proposal, self.now, self.standing)}
        can = [one for one in self.people if ruling_now(requirement, proposal, one, self.now, self.standing)]
        return [f"{one.handle} (for {deputies[one.id]})" if one.id in deputies else one.handle for one in can]
