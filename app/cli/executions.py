"""Holding executions, letting them go on, and saying what became of one."""

from typing import Annotated

import typer

from agent.domain.decisions import ALL_ACTIONS, ProposalState
from agent.errors import PreconditionFailed
from app.cli import output
from app.cli.options import AsPerson, Json, ProposalId, Token, api_of
from app.cli.proposals import page
from app.contract.executions import LimitRow

group = typer.Typer(help="What is carried out: stop it, limit it, and resolve what ended uncertain.", no_args_is_help=True)
Action = Annotated[str, typer.Argument(metavar="[ACTION]", help="One action, like move_promise_date; all of them without it.")]
Reason = Annotated[str, typer.Option(help="Why, for everybody who waits and for the audit log.")]


@group.command()
def stop(
    reason: Reason, action: Action = ALL_ACTIONS, as_person: AsPerson = None, token: Token = None, json: Json = False
) -> None:
    """No further change is begun from now on, also after a restart; what is approved waits. Anybody who may decide can do it."""
    _held(api_of(as_person, token).hold(action, 0, reason), json)


@group.command()
def limit(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="Like move_promise_date; * for all of them together.")],
    per_hour: Annotated[int, typer.Option(min=1, max=100_000, help="How many may begin in an hour.")],
    reason: Reason,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Let no more than so many begin in an hour; the others wait."""
    _held(api_of(as_person, token).hold(action, per_hour, reason), json)


@group.command()
def go(reason: Reason, action: Action = ALL_ACTIONS, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Take a stop or a limit away; an ops manager or an admin can."""
    _held(api_of(as_person, token).hold(action, None, reason), json)


@group.command()
def limits(json: Json = False) -> None:
    """What is stopped or limited now, by whom and why."""
    from app.wiring.cli import reading

    with reading() as company:
        rows = [LimitRow.of(found) for found in company.limits]
    _held(rows, json)


@group.command()
def resolve(
    proposal_id: ProposalId,
    took_effect: Annotated[
        bool | None, typer.Option("--took-effect/--no-effect", help="What a look into the ERP shows; asked for when left out.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="What you saw, for the audit log; asked for when left out.")] = None,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say what became of a change that ended uncertain: shows what to look for in the ERP and asks what is there."""
    api = api_of(as_person, token)
    shown = api.proposal(proposal_id)
    if shown.state != ProposalState.UNCERTAIN:
        raise PreconditionFailed(f"{shown.label} is {shown.state.replace('_', ' ')}, not uncertain; there is nothing to resolve.")
    if took_effect is None or reason is None:
        page(shown)
        output.say(f"Open {shown.subject.name} in the ERP and compare it with what was to change.", style="bold")
    seen = typer.confirm("Did the change take effect?") if took_effect is None else took_effect
    told = typer.prompt("What do you see there?") if reason is None else reason
    row = api.resolve(proposal_id, seen, told)
    output.shown(json, row, lambda: output.say(f"{row.label} is {row.state.replace('_', ' ')} now: {row.outcome_detail}"))


def _held(rows: list[LimitRow], json: bool) -> None:
    output.shown(json, rows, lambda: _table(rows))


def _table(rows: list[LimitRow]) -> None:
    if not rows:
        output.say("Nothing is stopped or limited; what is approved is carried out.")
        return
    output.table(
        ("action", "an hour", "by", "since", "why"),
        (
            (
                "all" if row.action == ALL_ACTIONS else row.action,
                row.per_hour or "stopped",
                row.by,
                output.minute(row.since),
                row.reason,
            )
            for row in rows
        ),
    )
