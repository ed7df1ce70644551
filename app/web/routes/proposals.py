"""Proposals, and the decisions people take on them."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query

from agent.actions import BARE_OWN, checked, editable_action
from agent.actions.file_mail import FILING
from agent.domain.asked_change import AskedChange
from agent.domain.asked_edit import AskedEdit
from agent.domain.decisions import Person, ProposalState, Verdict
from agent.errors import DecisionRefused, StaleShown
from agent.guardrails.approvals import rule_on
from agent.guardrails.permissions import Permission, demand, may
from app.contract.chat import ReceivedRow
from app.contract.proposals import (
    CommentRequest,
    DecisionAnswer,
    DecisionRequest,
    EditRequest,
    ProposalRow,
    ProposeRequest,
    ReasonRequest,
)
from app.web.context import WebContext
from app.web.deciding import decide_one
from app.web.refusals import noted_refusals
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/proposals", tags=["proposals"])
ProposalId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@router.get("")
def proposals(
    context: Context,
    _person: Reader,
    state: Annotated[list[ProposalState] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Before = None,
) -> list[ProposalRow]:
    """Newest first; with `before` those older than this proposal, the last one of the page before."""
    return [ProposalRow.of(proposal, context.policy) for proposal in context.desk.proposals(state, limit, before=before)]


@router.post("", status_code=202)
def propose(asked: ProposeRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a proposal of this change; another person has to approve it. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE)
    checked(asked.action, asked.arguments, FILING)
    text = AskedChange(**asked.model_dump()).model_dump_json()
    return received(context, person, "propose", text)


@router.get("/{proposal_id}")
def proposal(proposal_id: ProposalId, context: Context, person: Reader, glance: Annotated[bool, Query()] = False) -> ProposalRow:
    """That this person saw it is noted, once, unless it is only a `glance` of a program on their behalf."""
    found = context.desk.proposal(proposal_id)
    if not glance and found.state is ProposalState.PENDING and may(person, Permission.DECIDE):
        context.desk.shown(proposal_id, person.id)
    return ProposalRow.of(found, context.policy)


@router.post("/{proposal_id}/decisions")
def decide(proposal_id: ProposalId, click: DecisionRequest, context: Context, person: SignedIn) -> DecisionAnswer:
    """Approve or reject what was shown. The policy says whose turn it is; the database refuses what must not be."""
    shown = context.desk.proposal(proposal_id)
    with noted_refusals(context, person, proposal_id):
        granted = decide_one(shown, click, context, person)
    return DecisionAnswer(proposal=ProposalRow.of(context.desk.proposal(proposal_id), context.policy), granted=granted)


@router.post("/{proposal_id}/undo", status_code=202)
def undo(proposal_id: ProposalId, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask for a proposal of the inverse; it needs approval like any other. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.PROPOSE)
    done = context.desk.proposal(proposal_id)
    if done.state is not ProposalState.DONE:
        raise DecisionRefused(f"{done.label} is {done.state.replace('_', ' ')}, not done; only what was done can be undone.")
    return received(context, person, "undo", str(proposal_id))


@router.post("/{proposal_id}/dry-run", status_code=202)
def dry_run(proposal_id: ProposalId, context: Context, person: SignedIn) -> ReceivedRow:
    """Ask what the executor would check and send now; nothing is sent. Its answer is read at /v1/chat/{inbound_id}."""
    demand(person, Permission.ASK)
    context.desk.proposal(proposal_id)
    return received(context, person, "dry_run", str(proposal_id))


@router.post("/{proposal_id}/edits", status_code=202)
def edit(proposal_id: ProposalId, wanted: EditRequest, context: Context, person: SignedIn) -> ReceivedRow:
    """As somebody whose turn it is: have it made anew with other values; that takes its place and needs approval by others.

    Its answer is read at /v1/chat/{inbound_id}.
    """
    shown = context.desk.proposal(proposal_id)
    with noted_refusals(context, person, proposal_id):
        if wanted.sha256 != shown.sha256:
            raise StaleShown(f"{shown.label} is not what you were shown; look at it again before editing it.")
        requirement = context.policy.require(shown.content.action, shown.content.facts)
        rule_on(requirement, shown, person, Verdict.APPROVE, context.clock(), context.absences.represented_by(person.id))
    action = editable_action(shown, wanted.changes)
    checked(action.name, shown.content.arguments | wanted.changes, BARE_OWN)
    asked = AskedEdit(proposal=shown.id, sha256=shown.sha256, changes=wanted.changes, reason=wanted.reason)
    return received(context, person, "edit", asked.model_dump_json())


@router.post("/{proposal_id}/withdrawal")
def withdraw(proposal_id: ProposalId, said: ReasonRequest, context: Context, person: SignedIn) -> ProposalRow:
    """As whoever asked for it, while it waits."""
    context.desk.proposal(proposal_id)
    context.desk.withdraw(proposal_id, person_id=person.id, reason=said.reason)
    return ProposalRow.of(context.desk.proposal(proposal_id), context.policy)


@router.post("/{proposal_id}/comments")
def comment(proposal_id: ProposalId, said: CommentRequest, context: Context, person: Reader) -> ProposalRow:
    """As anybody who may see it."""
    context.desk.proposal(proposal_id)
    context.desk.comment(proposal_id, person_id=person.id, text=said.text)
    return ProposalRow.of(context.desk.proposal(proposal_id), context.policy)


def received(context: WebContext, person: Person, kind: str, text: str) -> ReceivedRow:
    """Hand what somebody asked for to the worker, in a conversation of its own."""
    # Not a name that others could foresee: whoever took it first would keep this person from asking.
    conversation = f"{person.handle}-{uuid4().hex[:12]}"
    stored = context.inbound.receive(kind=kind, person_id=person.id, conversation_id=conversation, text=text)
    return ReceivedRow(inbound_id=stored.id, conversation_id=stored.conversation_id)
