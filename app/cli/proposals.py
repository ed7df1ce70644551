"""Proposals, as anyone on this machine may read them."""

from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from agent.domain.decisions import ProposalState
from agent.ports.clock import utc_now
from app.cli import output
from app.cli.options import BeforeId, Json, ProposalId, TargetId
from app.contract.dry_runs import DryRunRow
from app.contract.groups import GroupRow
from app.contract.proposals import ProposalRow

group = typer.Typer(help="Exact changes that wait, or waited, for approval.", no_args_is_help=True)
STATES = {"done": "green", "pending": "yellow", "granted": "cyan", "executing": "cyan", "rejected": "dim", "expired": "dim"}


@group.command("list")
def list_(
    state: Annotated[list[ProposalState] | None, typer.Option(help="Only these states; may be given several times.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    before: BeforeId = None,
    json: Json = False,
) -> None:
    """Proposals, newest first."""
    from app.wiring.cli import reading

    with reading() as company:
        rows = [ProposalRow.of(found, company.policy) for found in company.book.proposals(state, limit, before=before)]
    output.shown(json, rows, lambda: _table(rows))


@group.command()
def show(target: TargetId, json: Json = False) -> None:
    """One proposal, or a group of them: what exactly would change, who asked, who decided, what came of it."""
    from app.wiring.cli import reading

    proposal_id = target.id
    with reading() as company:
        if target.is_group:
            group = GroupRow.of(company.book.group(target.id), company.policy)
            output.shown(json, group, lambda: group_page(group))
            return
        row = ProposalRow.of(company.book.proposal(proposal_id), company.policy)
    output.shown(json, row, lambda: page(row))


@group.command("dry-run")
def dry_run(proposal_id: ProposalId, json: Json = False) -> None:
    """As `expediter dry-run`, but read here, without a server and without a person."""
    from app.wiring.cli import reading

    with reading() as company:
        row = company.dry_run(proposal_id)
    shown_dry(row, json)


def shown_dry(row: DryRunRow, json: bool) -> None:
    """Exits with 1 where it would not be sent."""
    output.shown(json, row, lambda: _dry_page(row))
    if not row.would_be_sent:
        raise typer.Exit(1)


def _dry_page(row: DryRunRow) -> None:
    output.say(f"{row.label} · {row.title}", style="bold")
    marks = {True: Text("holds", style="green"), False: Text("does not", style="bold red")}
    output.table(("check", "", "now"), ((check.what, marks[check.holds], check.said) for check in row.checks))
    for sent in row.sends:
        output.say(f"would send: {sent}", style="cyan")
    missing = [check.what for check in row.checks if not check.holds]
    output.say(
        "Nothing was sent. The executor would carry it out." if row.would_be_sent
        else f"Nothing was sent. The executor would not carry it out now: {', '.join(missing)}.",
        style="dim",
    )  # fmt: skip


def _table(rows: list[ProposalRow]) -> None:
    if not rows:
        output.say('Nothing was proposed yet. Try: expediter chat "move the promise date of S00042 to 2026-03-02"')
        return
    output.table(
        ("id", "state", "what", "asked by", "approval", "until"),
        ((row.label, row.state, row.preview.title, row.asker, row.approval, output.minute(row.expires_at)) for row in rows),
    )


def page(row: ProposalRow) -> None:
    """Exactly what an approval covers, and what happened to it."""
    output.say(f"{row.label} · {row.preview.title}", style="bold")
    output.say(
        f"{row.state.replace('_', ' ')}{f': {row.outcome_detail}' if row.outcome_detail else ''}",
        style=STATES.get(row.state, "red"),
    )
    for change in row.preview.changes:
        output.say(f"  {change.label}: {_several(change.before)} → {_several(change.after)}")
    output.say(f"  {row.preview.consequence}")
    output.say(f"  undo: {row.preview.undo}", style="dim")
    edited = f", in place of {row.supersedes} and with {', '.join(row.authors)}" if row.supersedes else ""
    line = f", a line of {row.group}" if row.group else ""
    output.say(f"asked by {row.asker} ({row.origin}){edited}{line}: {row.rationale}", style="dim")
    until = f" by {output.minute(row.expires_at)}" if row.state == ProposalState.PENDING else ""
    output.say(f"needs {row.approval}{until}; sha256 {row.sha256[:16]}…", style="dim")
    for decision in row.decisions:
        reason = f": {decision.reason}" if decision.reason else ""
        who = f"{decision.person} for {decision.on_behalf_of}" if decision.on_behalf_of else decision.person
        output.say(
            f"  {decision.verdict} by {who}, {output.minute(decision.decided_at)} (rule {decision.rule}"
            f"{', with a code' if decision.second_factor else ''}){reason}"
        )
    if row.decisions and row.waits_for:
        output.say(f"now waits for {row.waits_for}", style="yellow")
    for sentence in waiting_since(row, utc_now()):
        output.say(sentence, style="yellow")
    for comment in row.comments:
        output.say(f"  {comment.person}, {output.minute(comment.at)}: {comment.text}", style="cyan")


def _several(text: str) -> str:
    """A text of several lines stands below its label, set in."""
    lines = text.splitlines()
    return "\n" + "\n".join(f"    {line}".rstrip() for line in lines) if len(lines) > 1 else text or "none"


def waiting_since(row: ProposalRow, now: datetime) -> list[str]:
    """When it is due, or since when it is overdue, and to whom it escalates or did."""
    said = []
    if row.due_at is not None:
        said.append(f"{'overdue since' if row.due_at < now else 'due by'} {output.minute(row.due_at)}")
    if row.escalates_at is not None:
        when = "since" if row.escalates_at <= now else "on"
        word = "escalated" if row.escalates_at <= now else "escalates"
        said.append(f"{word} to {row.escalates_to} {when} {output.minute(row.escalates_at)}")
    return said


def group_page(row: GroupRow) -> None:
    """One line for each proposal of the group; what says more than a line has room for follows in full."""
    long = [line for line in row.lines if any("\n" in change.before + change.after for change in line.preview.changes)]
    output.say(f"{row.label} · {row.title}", style="bold")
    output.say(f"asked by {row.asker}, {output.minute(row.created_at)}", style="dim")
    output.table(
        ("id", "state", "order", "before", "after", "customer", "approval"),
        (
            (
                line.label,
                line.state.replace("_", " "),
                line.subject.name,
                "" if line in long else "; ".join(change.before for change in line.preview.changes),
                line.preview.title if line in long else "; ".join(change.after for change in line.preview.changes),
                line.facts.get("customer", ""),
                line.waits_for or line.approval,
            )
            for line in row.lines
        ),
    )
    for line in long:
        output.say("")
        page(line)
