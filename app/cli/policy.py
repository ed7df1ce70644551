"""Who would have to approve what."""

import re
from typing import Annotated, Any

import typer
from rich.text import Text

from agent.errors import ExpediterError
from app.cli import output
from app.cli.options import Json
from app.contract.policy import PolicyRow

group = typer.Typer(help="Who has to approve what, and by which rule.", no_args_is_help=True)
NUMBER = re.compile(r"-?[0-9]{1,18}")
Pairs = Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help="A fact to decide on: days_slipped=9.")]
Arguments = Annotated[
    list[str] | None, typer.Option("--with", metavar="NAME=VALUE", help="An argument of the action: promise_date=2026-03-02.")
]


@group.command()
def explain(
    action: Annotated[str, typer.Argument(help="An action: move_promise_date, post_note …")],
    orders: Annotated[list[str] | None, typer.Argument(metavar="ORDER", help="Orders to read the facts from.")] = None,
    fact: Pairs = None,
    with_: Arguments = None,
    json: Json = False,
) -> None:
    """Which rule decides and who has to approve, on given facts or on an order as it is now."""
    from agent.actions import action_named
    from app.wiring.cli import reading

    action_named(action)
    given = _pairs(fact)
    with reading() as company:
        cases: list[tuple[str | None, dict[str, Any]]]
        cases = [(order, company.facts_of(action, order, _pairs(with_)) | given) for order in orders or ()] or [(None, given)]
        rows = [PolicyRow.of(company.policy, action, order, facts) for order, facts in cases]
    output.shown(json, rows, lambda: _pages(rows))


def _pages(rows: list[PolicyRow]) -> None:
    for row in rows:
        subject = f" on {row.order}" if row.order else ""
        facts = ", ".join(f"{name}={value}" for name, value in row.facts.items()) or "no facts given"
        output.say(f"{row.action}{subject}: {row.approval}", style="bold")
        output.say(f"policy {row.policy_version}, on {facts}", style="dim")
        if not row.rules:
            output.say("  No rule of this policy names the action, so it is not permitted.")
        for rule in row.rules:
            mark = Text("  ✓ ", style="green") if rule.matched else Text("  – ", style="dim")
            output.console().print(Text.assemble(mark, output.plain(f"{rule.rule}: {rule.reason} → {rule.approval}")))


def _pairs(given: list[str] | None) -> dict[str, Any]:
    pairs = {}
    for text in given or []:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ExpediterError(f"{text!r} is not a fact; write NAME=VALUE, like days_slipped=9.")
        pairs[name] = int(value) if NUMBER.fullmatch(value) else value
    return pairs
