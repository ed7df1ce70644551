"""Deciding, through serve and as oneself."""

import time
from typing import Annotated

import typer

from agent.domain.decisions import ProposalState
from agent.errors import ExpediterError
from app.cli import output
from app.cli.options import AsPerson, Json, ProposalId, Token, api_of
from app.cli.proposals import page
from app.client import Api, final_answer
from app.contract.proposals import ProposalRow

UNDERWAY = (ProposalState.GRANTED, ProposalState.EXECUTING)
LOOK_EVERY_S = 0.25
Wait = Annotated[
    float, typer.Option(min=0, max=600, metavar="SECONDS", help="How long to wait for the change to be carried out.")
]


def approve(
    proposal_id: ProposalId,
    reason: Annotated[str, typer.Option(help="Why, for the audit log.")] = "",
    wait: Wait = 20,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Approve a proposal, exactly as `proposals show` shows it. Who asked for it cannot approve it."""
    _decide(proposal_id, "approve", reason, wait, api_of(as_person, token), json)


def reject(
    proposal_id: ProposalId,
    reason: Annotated[str, typer.Option(help="Why, for whoever asked and for the audit log.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Reject a proposal, with a reason."""
    _decide(proposal_id, "reject", reason, 0, api_of(as_person, token), json)


def undo(proposal_id: ProposalId, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Propose to take back what was done; that needs approval like any other change."""
    api = api_of(as_person, token)
    answer = final_answer(api.parts(api.undo(proposal_id)))
    output.shown(json, answer, lambda: output.say(answer.answer))
    if not answer.proposals:
        raise typer.Exit(1)


def carried_out(api: Api, proposal_id: int, wait_s: float) -> ProposalRow:
    """The proposal once the executor is through with it, or as it stands after `wait_s`."""
    give_up = time.monotonic() + wait_s
    row = api.proposal(proposal_id)
    while row.state in UNDERWAY and time.monotonic() < give_up:
        time.sleep(LOOK_EVERY_S)
        row = api.proposal(proposal_id)
    return row


def _decide(proposal_id: int, verdict: str, reason: str, wait: float, api: Api, json: bool) -> None:
    answer = api.decide(api.proposal(proposal_id), verdict, reason)
    row = carried_out(api, proposal_id, wait) if answer.granted else answer.proposal
    output.shown(json, row, lambda: page(row))
    if row.state in (ProposalState.FAILED, ProposalState.REFUSED_STALE, ProposalState.UNCERTAIN):
        raise ExpediterError(row.outcome_detail or f"{row.label} ended as {row.state.replace('_', ' ')}.")
    if row.state in UNDERWAY and wait:
        why = row.outcome_detail or "It waits for the executor."
        output.warn(f"{row.label} is approved. {why} `expediter proposals show {row.label}` says when it is done.")
