"""Who would have to approve what."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from agent.errors import ExpediterError
from agent.guardrails.policy_diff import judged_otherwise
from app.cli import output
from app.cli.options import Json
from app.contract.policy import PolicyDiffRow, PolicyRow, PolicyTestRow

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


@group.command("test")
def run_examples(
    which: Annotated[
        str | None, typer.Argument(metavar="[POLICY]", help="A file, or `packaged`; without it the policy in force.")
    ] = None,
    json: Json = False,
) -> None:
    """Run a policy's examples and look for rules that decide nothing; exit 1 when one does or an example fails."""
    from app.wiring.cli import reading

    with reading() as company:
        row = PolicyTestRow.of(company.policy_named(which, checked=False))
    output.shown(json, row, lambda: _tested(row))
    if not row.passed:
        raise typer.Exit(1)


@group.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A file, or `packaged`, or `active` for the one in force.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same.")],
    days: Annotated[int, typer.Option(min=0, max=366, help="Judge the proposals of so many days by both; 0: none.")] = 30,
    json: Json = False,
) -> None:
    """Which rules differ between two policies, and which of the last month's proposals somebody else would decide."""
    from app.wiring.cli import reading

    with reading() as company:
        before, after = company.policy_named(old), company.policy_named(new)
        proposals = company.proposals_of_last(days)
        row = PolicyDiffRow.of(before, after, days, len(proposals), judged_otherwise(before, after, proposals))
    output.shown(json, row, lambda: _differences(row))


def _tested(row: PolicyTestRow) -> None:
    output.say(f"{row.policy_version} ({row.policy}): {row.rules} rules, {len(row.examples)} examples", style="bold")
    for example in row.examples:
        facts = ", ".join(f"{name}={_fact(value)}" for name, value in example.facts.items())
        words = f"line {example.line}: {example.action} ({facts}) → {example.got}"
        if example.passed:
            output.say(f"  ✓ {words}", style="green")
        else:
            output.say(f"  ✗ {words}, not {example.expect}", style="red")
    for sentence in row.unreachable:
        output.say(f"  ✗ {sentence}", style="red")
    _section("Rules that no example reaches:", row.untried)
    _section("Worth a look; the earlier rule decides:", row.overlaps)
    _section("Rejected, because no rule matches:", [f"{gap.action}: {gap.where}" for gap in row.rejected])
    failed = sum(not example.passed for example in row.examples)
    said = "everything holds" if row.passed else f"{failed} examples fail, {len(row.unreachable)} rules decide nothing"
    output.say(said.capitalize() + ".", style="green" if row.passed else "red")


def _differences(row: PolicyDiffRow) -> None:
    output.say(f"{row.old} → {row.new}", style="bold")
    for change in row.rules:
        output.say(f"  {change.kind} {change.rule} ({change.action}): {'; '.join(change.words)}")
    _section("Beside the rules:", row.settings)
    if not row.rules and not row.settings:
        output.say("  They say the same.")
    if not row.days:
        return
    if not row.proposals:
        output.say(f"Nothing was proposed in the last {row.days} days, so there is nothing to compare on.")
        return
    output.say(
        f"Of {row.proposals} proposals of the last {row.days} days, {len(row.judged_otherwise)} would be decided by others."
    )
    if row.judged_otherwise:
        output.table(
            ("id", "action", "on", "decided by", "would be decided by"),
            (
                (
                    one.proposal,
                    one.action,
                    one.subject,
                    f"{one.old_approval} ({one.old_rule})",
                    f"{one.new_approval} ({one.new_rule})",
                )
                for one in row.judged_otherwise
            ),
        )


def _section(title: str, sentences: Sequence[str]) -> None:
    if sentences:
        output.say(title, style="bold")
    for sentence in sentences:
        output.say(f"  – {sentence}", style="dim")


def _fact(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


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
