"""For which deputies an approval waits. Pure."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.absences import StandIn
from agent.domain.decisions import Person, Proposal, Verdict
from agent.errors import DecisionRefused, NotPermitted
from agent.guardrails.approvals import Ruling, rule_on
from agent.guardrails.requirement import Requirement


def ruling_now(
    requirement: Requirement, proposal: Proposal, person: Person, now: datetime, standing: Sequence[StandIn]
) -> Ruling | None:
    """What this person's approval would be now, in their own right or for somebody absent; None when they cannot give one."""
    absent = [one.absent for one in standing if one.deputy.id == person.id]
    try:
        return rule_on(requirement, proposal, person, Verdict.APPROVE, now, absent)
    except (NotPermitted, DecisionRefused):
        return None


def deputies_for(requirement: Requirement, proposal: Proposal, now: datetime, standing: Sequence[StandIn]) -> tuple[StandIn, ...]:
    """Who can approve now only for somebody absent, and for whom, each deputy once, in the order given."""
    deputies = {one.deputy.id: one.deputy for one in standing}
    rulings = ((one, ruling_now(requirement, proposal, one, now, standing)) for one in deputies.values())
    return tuple(StandIn(one, ruling.on_behalf_of) for one, ruling in rulings if ruling and ruling.on_behalf_of)
