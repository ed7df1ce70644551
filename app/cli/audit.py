"""The log that cannot be quietly changed."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from agent.domain.audit import AuditEntry
from agent.errors import ExpediterError, RecordMissing
from agent.guardrails.audit import story
from app.cli import output
from app.cli.options import Json
from app.contract.audit import AuditRow, ChainRow, history

group = typer.Typer(help="What happened, who did it, why, and proof that nothing was changed since.", no_args_is_help=True)
Moment = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC.")]


@group.command()
def verify(json: Json = False) -> None:
    """Recompute the whole chain; exit 1 when it is broken."""
    from app.wiring.cli import reading

    with reading() as company:
        check = ChainRow.of(company.audit.verify())
    output.shown(json, check, lambda: verdict(check))
    if not check.intact:
        raise ExpediterError(f"The audit log was changed at entry {check.broken_at}: {check.reason}")


@group.command()
def explain(
    subject: Annotated[
        str, typer.Argument(metavar="ID", help="A proposal (P12), a finding (F12), or a subject like inbound:7 or sale.order:42.")
    ],
    json: Json = False,
) -> None:
    """Everything recorded about one subject and what it led to, oldest first."""
    from app.wiring.cli import reading

    with reading() as company:
        entries = history(company.audit, subject_of(subject))
    if not entries:
        raise RecordMissing(
            f"The audit log knows nothing of {subject}; a subject looks like P12, F12, inbound:7 or sale.order:42."
        )
    output.shown(json, [AuditRow.of(entry) for entry in entries], lambda: story_of(entries))


@group.command()
def export(since: Moment = None, until: Moment = None) -> None:
    """Print entries as JSON Lines, oldest first."""
    from app.wiring.cli import reading

    with reading() as company:
        for entry in company.audit.entries(_utc(since), _utc(until)):
            output.print_json_line(AuditRow.of(entry))


def subject_of(text: str) -> str:
    """`P12` and `12` are proposals, `F12` is a finding; `P00012` is a purchase and stays as it is."""
    if finding := re.fullmatch(r"[Ff]([1-9]\d{0,9})", text):
        return f"finding:{finding[1]}"
    number = re.fullmatch(r"[Pp]?([1-9]\d{0,9})", text)
    return f"proposal:{number[1]}" if number else text


def story_of(entries: list[AuditEntry]) -> None:
    for sentence in story(entries):
        output.say(f"  {sentence}")


def verdict(check: ChainRow) -> None:
    if check.intact:
        output.say(f"The audit log is intact: {check.entries} entries, each linked to the one before.", style="green")
        output.say(f"head {check.head}", style="dim")


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
