"""Whether a person may decide now, and whether the decisions taken add up to what the policy asks for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.domain.decisions import Decision, Person, Proposal, ProposalState, Role, Verdict
from agent.errors import DecisionRefused, NotPermitted, OwnProposal
from agent.guardrails.permissions import DECIDING_ROLES, Permission, may
from agent.guardrails.requirement import Requirement, Step

DECIDED = {
    ProposalState.GRANTED: "is approved already",
    ProposalState.EXECUTING: "is being carried out",
    ProposalState.DONE: "was carried out already",
    ProposalState.FAILED: "was approved and then failed; have it proposed again",
    ProposalState.REFUSED_STALE: "was approved, but the order had changed by then; have it proposed again",
    ProposalState.UNCERTAIN: "was approved, and a person has to look whether it took effect",
    ProposalState.REJECTED: "was rejected already",
    ProposalState.EXPIRED: "has expired; have it proposed again",
    ProposalState.SUPERSEDED: "was replaced by a newer proposal",
    ProposalState.WITHDRAWN: "was withdrawn",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a decision would be: for which step (from 0), and whether it is the last approval that was missing."""

    step: int
    completes: bool
    on_behalf_of: Person | None = None
    """The absent person whose roles make it count; None: one's own do."""
    second_factor: bool = False
    """It counts only with a code from this person's authenticator."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the approvals given so far lead through the steps."""

    due: int
    """The step that waits; the number of steps when none does."""
    given: tuple[Person, ...]
    """Whose approval counts for any step so far."""
    here: int
    """Approvals the due step already has."""
    begun: datetime
    """Since when the due step waits."""


def rule_on(
    requirement: Requirement,
    proposal: Proposal,
    person: Person,
    verdict: Verdict,
    now: datetime | None = None,
    absent: Sequence[Person] = (),
) -> Ruling:
    """The step a verdict of this person would count for.

    Rejecting takes any role of the step that waits, or of those it escalated to by `now` (None: to nobody). `absent` are those
    for whom this person stands in now: their roles count where the person's own do not, unless both together would be roles
    that the policy keeps apart.

    Raises NotPermitted, naming who may, and DecisionRefused: not pending, own proposal, approved before, or the policy has
    changed under the approvals given.
    """
    _check_person(requirement, proposal, person)
    progress = progress_of(requirement, proposal)
    if progress is None or progress.due == len(requirement.steps):
        raise DecisionRefused(
            f"The policy has changed since {proposal.label} was first approved and now asks for {requirement.words()}; "
            "have it proposed again."
        )
    step = requirement.steps[progress.due]
    roles = requirement.may_decide(progress.due, progress.begun, now or progress.begun)
    standing = _standing(requirement, proposal, person, absent if may(person, Permission.DECIDE) else (), roles, progress)
    if standing is None:
        raise NotPermitted(
            f"{person.handle} may not decide on {proposal.label} now; rule {requirement.rule} asks for {step.words()}."
        )
    if verdict is Verdict.REJECT:
        return Ruling(progress.due, completes=False, on_behalf_of=standing if standing.id != person.id else None)
    ruling = _approval(requirement, proposal, person, progress)
    return replace(ruling, on_behalf_of=standing if standing.id != person.id else None)


def _check_person(requirement: Requirement, proposal: Proposal, person: Person) -> None:
    """Whether this person may have a say in this proposal at all, whatever step waits."""
    if proposal.state is not ProposalState.PENDING:
        raise DecisionRefused(f"{proposal.label} {DECIDED[proposal.state]}.")
    if person.id in proposal.author_ids:
        deed = "had a part in" if person.id != proposal.asker.id else "edited" if proposal.supersedes else "asked for"
        raise OwnProposal(f"{person.handle} {deed} {proposal.label} and cannot decide on it; {requirement.words()} has to.")
    if combined := requirement.forbidden(person):
        raise NotPermitted(
            f"{person.handle} is {combined}, which the policy allows nobody to be at once, and so decides nothing."
        )


def satisfied(requirement: Requirement, proposal: Proposal) -> bool:
    """Whether the proposal's decisions, in the order they were taken, fill every step with different persons of its roles."""
    progress = progress_of(requirement, proposal)
    return progress is not None and progress.due == len(requirement.steps)


def waiting_step(requirement: Requirement, proposal: Proposal) -> Step | None:
    """Whose turn it is; None when nobody's, or when the policy has changed under the approvals given."""
    progress = progress_of(requirement, proposal)
    return requirement.steps[progress.due] if progress and progress.due < len(requirement.steps) else None


def _standing(
    requirement: Requirement,
    proposal: Proposal,
    person: Person,
    absent: Sequence[Person],
    roles: tuple[Role, ...],
    progress: Progress,
) -> Person | None:
    """With whose roles: the person's own where they suffice, else those of somebody absent who might decide too.

    Raises NotPermitted when the person could stand in, but would combine roles that the policy keeps apart.
    """
    if person.roles.intersection(roles):
        return person
    taken = proposal.author_ids | {earlier.id for earlier in progress.given}
    able = [one for one in absent if one.roles.intersection(roles) and one.id not in taken and requirement.forbidden(one) is None]
    standing = next((one for one in able if requirement.forbidden(person, one) is None), None)
    if able and standing is None:
        combined, step = requirement.forbidden(person, able[0]), requirement.steps[progress.due]
        raise NotPermitted(
            f"{person.handle} stands in for {able[0].handle}, but would then be {combined}, which the policy allows nobody "
            f"to be at once; {step.words()} has to decide on {proposal.label}."
        )
    return standing


def _approval(requirement: Requirement, proposal: Proposal, person: Person, progress: Progress) -> Ruling:
    if person.id in {earlier.id for earlier in progress.given}:
        raise DecisionRefused(
            f"{person.handle} has already approved {proposal.label}; {requirement.steps[progress.due].words()} "
            "who did not has to take this step."
        )
    last = progress.due == len(requirement.steps) - 1
    completes = last and progress.here + 1 == requirement.steps[progress.due].count
    return Ruling(progress.due, completes, second_factor=requirement.second_factor)


def progress_of(requirement: Requirement, proposal: Proposal) -> Progress | None:
    """None when some decision does not fit the requirement as it is today, or does not cover this content."""
    due, here, given, begun = 0, 0, list[Person](), proposal.created_at
    for decision in sorted(proposal.decisions, key=lambda taken: taken.decided_at):
        if due == len(requirement.steps):
            break
        if decision.step != due or not _counts(
            decision, proposal, given, requirement.may_decide(due, begun, decision.decided_at), requirement
        ):
            return None
        given.extend(decision.people)
        here += 1
        if here == requirement.steps[due].count:
            due, here, begun = due + 1, 0, decision.decided_at
    return Progress(due, tuple(given), here, begun)


def _counts(
    decision: Decision, proposal: Proposal, given: list[Person], roles: tuple[Role, ...], requirement: Requirement
) -> bool:
    return (
        decision.verdict is Verdict.APPROVE
        and not decision.person.roles.isdisjoint(DECIDING_ROLES)
        and decision.sha256 == proposal.sha256
        and proposal.author_ids.isdisjoint(one.id for one in decision.people)
        and (decision.second_factor or not requirement.second_factor)
        and {one.id for one in decision.people}.isdisjoint(person.id for person in given)
        and not decision.authority.roles.isdisjoint(roles)
        and requirement.forbidden(*decision.people) is None
    )
