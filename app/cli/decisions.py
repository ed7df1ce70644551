"""Deciding, through serve and as oneself."""

import sys
import time
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from agent.domain.decisions import ProposalState
from agent.errors import ExpediterError, SecondFactorNeeded, ServerUnreachable
from app.cli import output
from app.cli.actions import pair
from app.cli.options import AsPerson, Json, ProposalId, Target, TargetId, Token, api_of
from app.cli.proposals import group_page, page, shown_dry
from app.client import Api, final_answer
from app.contract.proposals import ProposalRow

UNDERWAY = (ProposalState.GRANTED, ProposalState.EXECUTING)
Answer = TypeVar("Answer")
Code = Annotated[
    str | None, typer.Option(help="The code your authenticator shows, where the rule wants one; asked for when left out.")
]
LOOK_EVERY_S = 0.25
Wait = Annotated[
    float, typer.Option(min=0, max=600, metavar="SECONDS", help="How long to wait for the change to be carried out.")
]


def approve(
    target: TargetId,
    reason: Annotated[str, typer.Option(help="Why, for the audit log.")] = "",
    code: Code = None,
    wait: Wait = 20,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Approve a proposal, exactly as `proposals show` shows it, or all lines of a group. Who asked for it cannot approve it."""
    _decide(target, "approve", reason, wait, api_of(as_person, token), json, code)


def reject(
    target: TargetId,
    reason: Annotated[str, typer.Option(help="Why, for whoever asked and for the audit log.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Reject a proposal, or all lines of a group, with a reason."""
    _decide(target, "reject", reason, 0, api_of(as_person, token), json)


def edit(
    proposal_id: ProposalId,
    pairs: Annotated[list[str], typer.Argument(metavar="NAME=VALUE", help="What to change, like promise_date=2026-12-01.")],
    reason: Annotated[str, typer.Option(help="Why, for whoever asked, whoever approves, and the audit log.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """As an approver, change what a proposal asks for: a new one takes its place, which you cannot approve yourself."""
    api = api_of(as_person, token)
    answer = final_answer(api.parts(api.edit(api.proposal(proposal_id), dict(map(pair, pairs)), reason)))
    output.shown(json, answer, lambda: output.say(answer.answer))


def withdraw(
    proposal_id: ProposalId,
    reason: Annotated[str, typer.Option(help="Why, for whoever would have approved it.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Take back what you asked for, while it waits."""
    row = api_of(as_person, token).withdraw(proposal_id, reason)
    output.shown(json, row, lambda: page(row))


def comment(
    proposal_id: ProposalId,
    text: Annotated[str, typer.Argument(help="What you want to say about it.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say something about a proposal, to everybody who sees it."""
    row = api_of(as_person, token).comment(proposal_id, text)
    output.shown(json, row, lambda: page(row))


def undo(proposal_id: ProposalId, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Propose to take back what was done; that needs approval like any other change."""
    api = api_of(as_person, token)
    answer = final_answer(api.parts(api.undo(proposal_id)))
    output.shown(json, answer, lambda: output.say(answer.answer))
    if not answer.proposals:
        raise typer.Exit(1)


def dry_run(proposal_id: ProposalId, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """What the executor would check and send now, everything read anew from the ERP; nothing is sent."""
    api = api_of(as_person, token)
    row = final_answer(api.parts(api.dry_run(proposal_id))).dry_run
    if row is None:
        raise ServerUnreachable("The server's worker answered something else; it may be an older program.")
    shown_dry(row, json)


def carried_out(api: Api, proposal_id: int, wait_s: float) -> ProposalRow:
    """The proposal once the executor is through with it, or as it stands after `wait_s`."""
    give_up = time.monotonic() + wait_s
    row = api.proposal(proposal_id)
    while row.state in UNDERWAY and time.monotonic() < give_up:
        time.sleep(LOOK_EVERY_S)
        row = api.proposal(proposal_id)
    return row


def _with_code(click: Callable[[str | None], Answer], code: str | None) -> Answer:
    """The click; once more with a code that is asked for, where a rule wants one and nobody gave it."""
    try:
        return click(code)
    except SecondFactorNeeded as needed:
        if code is not None or not sys.stdin.isatty():
            raise
        output.warn(str(needed))
    return click(typer.prompt("Code of your authenticator"))


def _decide(target: Target, verdict: str, reason: str, wait: float, api: Api, json: bool, code: str | None = None) -> None:
    if target.is_group:
        _decide_group(target.id, verdict, reason, wait, api, json, code)
        return
    answer = _with_code(lambda given: api.decide(api.proposal(target.id), verdict, reason, given), code)
    row = carried_out(api, target.id, wait) if answer.granted else answer.proposal
    output.shown(json, row, lambda: page(row))
    if row.state in (ProposalState.FAILED, ProposalState.REFUSED_STALE, ProposalState.UNCERTAIN):
        raise ExpediterError(row.outcome_detail or f"{row.label} ended as {row.state.replace('_', ' ')}.")
    if row.state in UNDERWAY and wait:
        why = row.outcome_detail or "It waits for the executor."
        output.warn(f"{row.label} is approved. {why} `expediter proposals show {row.label}` says when it is done.")


def _decide_group(group_id: int, verdict: str, reason: str, wait: float, api: Api, json: bool, code: str | None) -> None:
    answer = _with_code(lambda given: api.decide_group(api.group(group_id), verdict, reason, given), code)
    for label in answer.granted:
        carried_out(api, int(label.removeprefix("P")), wait)
    row = api.group(group_id)
    if json:
        output.print_json(answer.model_copy(update={"group": row}))
    else:
        group_page(row)
        done = "approved" if verdict == "approve" else "rejected"
        output.say(f"{len(answer.decided)} {'line' if len(answer.decided) == 1 else 'lines'} {done}.", style="bold")
        for left in answer.not_decided:
            output.warn(f"{left.label} not: {left.why}")
    if not answer.decided:
        raise typer.Exit(1)
