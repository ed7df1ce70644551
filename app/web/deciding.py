"""From a click to a ballot: what the policy says of it, and what the ledger is asked to record."""

from agent.domain.decisions import Ballot, Person, Proposal, Verdict
from agent.errors import DecisionRefused, PreconditionFailed, StaleShown
from agent.guardrails.approvals import rule_on
from agent.guardrails.authority import as_of_today
from app.contract.proposals import DecisionRequest
from app.web.context import WebContext


def decide_one(shown: Proposal, click: DecisionRequest, context: WebContext, person: Person) -> bool:
    """Whether it was the last approval that was missing. Raises as `ballot_of` and the ledger do."""
    if click.verdict is Verdict.REJECT:
        demand_reason(shown.label, click.reason)
    ballot = ballot_of(shown, click.sha256, click.verdict, context, person)
    grant = context.desk.decide(
        ballot.proposal_id,
        person_id=person.id,
        verdict=click.verdict,
        step=ballot.step,
        earlier=ballot.earlier,
        sha256=ballot.sha256,
        reason=click.reason.strip(),
        policy_version=ballot.policy_version,
        rule=ballot.rule,
        grant_until=ballot.grant_until,
        second_factor=ballot.second_factor,
        for_person_id=ballot.for_person_id,
        code=click.code,
    )
    return grant is not None


def demand_reason(what: str, reason: str) -> None:
    if not reason.strip():
        raise DecisionRefused(f"Say why {what} is rejected; whoever asked, and the report, learn from the reason.")


def ballot_of(shown: Proposal, sha256: str, verdict: Verdict, context: WebContext, person: Person) -> Ballot:
    """Raises StaleShown, PolicyRejected, NotPermitted and DecisionRefused."""
    if sha256 != shown.sha256:
        raise StaleShown(f"{shown.label} is not what you were shown; look at it again before deciding.")
    if verdict is Verdict.APPROVE:
        _demand_that_earlier_approvals_stand(shown, context)
    requirement = context.policy.require(shown.content.action, shown.content.facts)
    ruling = rule_on(requirement, shown, person, verdict, context.clock(), context.absences.represented_by(person.id))
    grants = ruling.completes and verdict is Verdict.APPROVE
    return Ballot(
        proposal_id=shown.id,
        sha256=sha256,
        step=ruling.step,
        earlier=len(shown.decisions),
        policy_version=requirement.policy_version,
        rule=requirement.rule,
        grant_until=context.clock() + requirement.expires_after if grants else None,
        second_factor=ruling.second_factor,
        for_person_id=ruling.on_behalf_of.id if ruling.on_behalf_of else None,
    )


def _demand_that_earlier_approvals_stand(shown: Proposal, context: WebContext) -> None:
    """A step that rests on what no longer counts would only be refused when it is carried out."""
    try:
        as_of_today(shown, context.people, context.absences)
    except PreconditionFailed as gone:
        raise DecisionRefused(
            f"{gone} {shown.label} cannot be approved any more; reject it and have it proposed again."
        ) from None
