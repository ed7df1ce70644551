"""Approvals that wait: what is due, and for whom."""

from typing import Annotated

import typer

from agent.ports.clock import utc_now
from app.cli import output
from app.cli.options import Json
from app.contract.approvals import ApprovalRow, waiting_rows

group = typer.Typer(help="What waits for approval, until when, and for whom.", no_args_is_help=True)


@group.command("list")
def list_(
    handle: Annotated[
        str | None,
        typer.Option("--for", metavar="NAME", help="Only what this person can decide now, also for somebody who is away."),
    ] = None,
    json: Json = False,
) -> None:
    """What waits, the most urgent first: who can decide it, until when, and to whom it escalated."""
    from app.wiring.cli import reading

    with reading() as company:
        people = [company.people.by_handle(handle)] if handle else company.people.all()
        standing, only = company.stand_ins.standing_in(), handle is not None
        rows = waiting_rows(company.book, company.notices, company.policy, people, standing, utc_now(), only=only)
    output.shown(json, rows, lambda: _table(rows, handle))


def _table(rows: list[ApprovalRow], handle: str | None) -> None:
    if not rows:
        output.say(f"Nothing waits for {handle}." if handle else "Nothing waits for approval.")
        return
    output.table(
        ("id", "what", "waits for", "who can", "due", "lapses"),
        (
            (
                row.proposal,
                row.title,
                row.waits_for,
                _who(row),
                _due(row),
                output.minute(row.expires_at),
            )
            for row in rows
        ),
    )


def _who(row: ApprovalRow) -> str:
    deputies = {one.person for one in row.deputies}
    own = [name for name in row.people if name not in deputies]
    return ", ".join([*own, *(f"{one.person} (for {one.on_behalf_of})" for one in row.deputies)]) or "nobody"


def _due(row: ApprovalRow) -> str:
    due = f"overdue since {output.minute(row.overdue_since)}" if row.overdue_since else output.minute(row.due_at)
    escalated = f", escalated to {', '.join(row.escalated_to)}" if row.escalated_to else ""
    reminded = f", reminded {row.reminders}×" if row.reminders else ""
    return f"{due}{escalated}{reminded}"
