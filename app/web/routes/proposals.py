"""Proposals, and the decisions people take on them."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query

from agent.actions import checked
from agent.domain.asked_change import AskedChange
from agent.domain.decisions import Person, Proposal, ProposalState, Verdict
from agent.errors import DecisionRefused, SecondFactorNeeded
from agent.guardrails.approvals import rule_on
from agent.guardrails.permissions import Permission, demand
from app.contract.chat import ReceivedRow
from app.contract.proposals import DecisionAnswer, DecisionRequest, ProposalRow, ProposeRequest
from app.web.context import WebContext
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/proposals", tags=["proposals"])
ProposalId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("")
def proposals(
    context: Context,
    _person: Reader,
    state: Annotated[list[ProposalState] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[ProposalRow]:
    """Newest first."""
    return [ProposalRow.of(proposal, context.policy) for proposal in context.desk.proposals(state, limit)]


@router.post("", status_code=202)
def propose(asked: ProposeRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a proposal of this change; another person has to approve it. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE)
    checked(asked.action, asked.arguments)
    text = AskedChange(**asked.model_dump()).model_dump_json()
    return _received(context, person, "propose", text)


@router.get("/{proposal_id}")
def proposal(proposal_id: ProposalId, context: Context, _person: Reader) -> ProposalRow:
    return ProposalRow.of(context.desk.proposal(proposal_id), context.policy)


@router.post("/{proposal_id}/decisions")
def decide(proposal_id: ProposalId, click: DecisionRequest, context: Context, person: SignedIn) -> DecisionAnswer:
    """Approve or reject what was shown. The policy says whose turn it is; the database refuses what must not be."""
    shown = context.desk.proposal(proposal_id)
    if click.sha256 != shown.sha256:
        raise DecisionRefused(f"{shown.label} is not what you were shown; look at it again before deciding.")
    granted = _record(shown, click, context, person)
    return DecisionAnswer(proposal=ProposalRow.of(context.desk.proposal(proposal_id), context.policy), granted=granted)


@router.post("/{proposal_id}/undo", status_code=202)
def undo(proposal_id: ProposalId, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a proposal of the inverse; it needs approval like any other. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE)
    done = context.desk.proposal(proposal_id)
    if done.state is not ProposalState.DONE:
        raise DecisionRefused(f"{done.label} is {done.state.replace('_', ' ')}, not done; only what was done can be undone.")
    return _received(context, person, "undo", str(proposal_id))


def _received(context: WebContext, person: Person, kind: str, text: str) -> ReceivedRow:
    # Not a name that others could foresee: whoever took it first would keep this person from asking.
    conversation = f"{person.handle}-{uuid4().hex[:12]}"
    received = context.inbound.receive(kind=kind, person_id=person.id, conversation_id=conversation, text=text)
    return ReceivedRow(inbound_id=received.id, conversation_id=received.conversation_id)


def _record(shown: Proposal, click: DecisionRequest, context: WebContext, person: Person) -> bool:
    requirement = context.policy.require(shown.content.action, shown.content.facts)
    ruling = rule_on(requirement, shown, person, click.verdict, context.clock(), context.absences.represented_by(person.id))
    if ruling.second_factor:
        raise SecondFactorNeeded(f"{shown.label} takes a code from an authenticator to approve, which is not checked yet.")
    grants = ruling.completes and click.verdict is Verdict.APPROVE
    grant = context.desk.decide(
        shown.id,
        person_id=person.id,
        verdict=click.verdict,
        step=ruling.step,
        earlier=len(shown.decisions),
        sha256=click.sha256,
        reason=click.reason.strip(),
        policy_version=requirement.policy_version,
        rule=requirement.rule,
        grant_until=context.clock() + requirement.expires_after if grants else None,
        for_person_id=ruling.on_behalf_of.id if ruling.on_behalf_of else None,
    )
    return grant is not None
