"""What can be proposed, and proposing it by name."""

import re
from datetime import datetime
from typing import Annotated, Any

import typer

from agent.actions import ACTIONS, action_named, checked
from agent.actions.file_mail import FILING
from agent.errors import ExpediterError
from app.cli import output
from app.cli.dates import midday
from app.cli.options import AsPerson, Json, Token, api_of
from app.client import final_answer
from app.contract.actions import ActionRow

EXAMPLE = 'expediter propose move_promise_date order=S00042 promise_date=2026-12-01 --reason "The vendor is late." --as maria'
LIST = "\n\n".join(f"{action.name}: {action.description}" for action in ACTIONS.values())
EPILOG = f"[bold]Actions[/bold]\n\n{LIST}\n\n`expediter actions NAME` shows the arguments of one.\n\nExample: {EXAMPLE}"
PAIR = re.compile(r"(?P<name>[a-z_]+)=(?P<value>.*)", re.DOTALL)
ActionName = Annotated[str, typer.Argument(metavar="ACTION", help="One of the actions below.")]
Pairs = Annotated[
    list[str] | None, typer.Argument(metavar="NAME=VALUE", help="Its arguments; `name=` alone leaves the value empty.")
]


def actions(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this one, with its arguments.")] = None,
    json: Json = False,
) -> None:
    """What can be proposed, and what each needs to be told."""
    rows = [ActionRow.of(action) for action in ([action_named(name, FILING)] if name else ACTIONS.values())]
    output.shown(json, rows, lambda: _page(rows[0]) if name else _list(rows))


def propose(
    action: ActionName,
    pairs: Pairs = None,
    reason: Annotated[str, typer.Option(help="Why, as whoever approves will read it.")] = "",
    help_arguments: Annotated[bool, typer.Option("--help-arguments", help="Show the action's arguments and stop.")] = False,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Propose a change by the name of its action. Nothing changes until another person approves it."""
    row = ActionRow.of(action_named(action, FILING))
    if help_arguments:
        output.shown(json, [row], lambda: _page(row))
        return
    asked = dict(map(pair, pairs or ()))
    checked(action, asked, FILING)
    if not reason.strip():
        raise ExpediterError("Say why with --reason; whoever approves reads it.")
    api = api_of(as_person, token)
    answer = final_answer(api.parts(api.propose(action, asked, reason)))
    output.shown(json, answer, lambda: output.say(answer.answer))


def propose_dates(
    cause: Annotated[str, typer.Argument(help="What is late: a purchase (P00042), a transfer, a product, or a vendor's name.")],
    reason: Annotated[str, typer.Option(help="Why, as whoever approves will read it.")],
    date: Annotated[
        datetime | None, typer.Option(parser=midday, metavar="DATE", help="When it comes instead: 2026-12-01, `next friday`.")
    ] = None,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Propose new promise dates for all orders that something late endangers, as one group (`risk impact` shows them first)."""
    api = api_of(as_person, token)
    answer = final_answer(api.parts(api.propose_new_dates(cause, date.date().isoformat() if date else None, reason)))
    output.shown(json, answer, lambda: output.say(answer.answer))
    if not answer.proposals:
        raise typer.Exit(1)


def pair(text: str) -> tuple[str, Any]:
    """`NAME=VALUE`; without a value it is None."""
    found = PAIR.fullmatch(text)
    if not found:
        raise ExpediterError(f"{text!r} is not an argument; write NAME=VALUE, like order=S00042.")
    return found["name"], found["value"] or None


def _list(rows: list[ActionRow]) -> None:
    output.table(("action", "what it does", "undo"), ((row.action, row.description, row.undo) for row in rows))
    output.say("`expediter actions NAME` shows the arguments of one; `expediter propose NAME …` asks for it.", style="dim")


def _page(row: ActionRow) -> None:
    output.say(f"{row.action}: {row.description}", style="bold")
    output.table(
        ("argument", "needed", "meaning"), ((one.name, "yes" if one.needed else "no", one.meaning) for one in row.arguments)
    )
