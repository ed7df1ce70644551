"""The log that cannot be quietly changed."""

import re
from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agent.domain.audit import AuditEntry
from agent.errors import ExpediterError, RecordMissing
from agent.guardrails.audit import story
from app.cli import output
from app.cli.options import Json
from app.contract.audit import AuditRow, ChainRow, CheckpointRow, history

group = typer.Typer(help="What happened, who did it, why, and proof that nothing was changed since.", no_args_is_help=True)
Moment = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC.")]


class Form(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


@group.command()
def verify(
    checkpoints: Annotated[Path | None, typer.Option(help="A copy of the checkpoints that was kept elsewhere.")] = None,
    public_key: Annotated[
        list[str] | None, typer.Option(help="Trust only checkpoints signed with this key; once for each key that was in use.")
    ] = None,
    json: Json = False,
) -> None:
    """Recompute the whole chain; exit 1 when it is broken, or says other than a checkpoint."""
    from agent.guardrails.seal import trusted_by
    from app.wiring.cli import reading
    from integrations.database.audit_checkpoints import copied_checkpoints

    elsewhere = copied_checkpoints(checkpoints) if checkpoints else []
    with reading() as company:
        if public_key:
            trusted = trusted_by(public_key, {*company.audit.checkpoints(), *elsewhere})
        check = ChainRow.of(company.audit.verify(elsewhere))
    output.shown(json, check, lambda: verdict(check))
    if not check.intact:
        raise ExpediterError(f"The audit log was changed at entry {check.broken_at}: {check.reason}.")
    if checkpoints and not elsewhere:
        raise ExpediterError(f"{checkpoints} holds no checkpoint, so it proves nothing of the chain's end.")
    if public_key and not json:
        output.say(f"{len(trusted)} checkpoints carry a trusted signature, the last at entry {max(trusted)}.", style="dim")


@group.command()
def explain(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A proposal (P12), a finding (F12), a mail (M12), person:maria, or like sale.order:42."
        ),
    ],
    json: Json = False,
) -> None:
    """Everything recorded about one subject and what it led to, oldest first."""
    from app.wiring.cli import reading

    with reading() as company:
        entries = history(company.audit, subject_of(subject))
    if not entries:
        raise RecordMissing(
            f"The audit log knows nothing of {subject}; a subject looks like P12, F12, M12, inbound:7 or sale.order:42."
        )
    output.shown(json, [AuditRow.of(entry) for entry in entries], lambda: story_of(entries))


@group.command()
def export(
    since: Moment = None,
    until: Moment = None,
    form: Annotated[Form, typer.Option("--format", help="JSON Lines, or CSV for a spreadsheet.")] = Form.JSONL,
) -> None:
    """Print the entries of a period, oldest first; `until` itself is not in it."""
    from app.wiring.cli import reading

    with reading() as company, closing(company.audit.entries(_utc(since), _utc(until))) as entries:
        if form is Form.CSV:
            output.print_csv(list(AuditRow.model_fields), (AuditRow.of(entry).model_dump(mode="json") for entry in entries))
            return
        for entry in entries:
            output.print_json_line(AuditRow.of(entry))


@group.command()
def checkpoints() -> None:
    """Print the checkpoints noted so far, as JSON Lines: kept elsewhere, they prove later that nothing was cut off."""
    from app.wiring.cli import reading

    with reading() as company:
        for checkpoint in company.audit.checkpoints():
            output.print_json_line(CheckpointRow.of(checkpoint))


@group.command()
def key(json: Json = False) -> None:
    """Make a pair of keys: the executor signs checkpoints with one, whoever verifies has the other. Nothing is stored."""
    from agent.guardrails.seal import new_keys

    keys = new_keys()
    if json:
        output.print_json({"private": keys.private, "public": keys.public})
        return
    output.say(f"EXPEDITER_AUDIT_SIGNING_KEY={keys.private}")
    output.say(f"expediter audit verify --public-key {keys.public}")
    output.warn("The first line belongs into the executor's settings and nowhere else; it is not shown again.")


def subject_of(text: str) -> str:
    """`P12` and `12` are proposals, `F12` is a finding, `M12` a mail; `P00012` is a purchase and stays as it is."""
    if finding := re.fullmatch(r"[Ff]([1-9]\d{0,9})", text):
        return f"finding:{finding[1]}"
    if mail := re.fullmatch(r"[Mm]([1-9]\d{0,9})", text):
        return f"mail:{mail[1]}"
    number = re.fullmatch(r"[Pp]?([1-9]\d{0,9})", text)
    return f"proposal:{number[1]}" if number else text


def story_of(entries: list[AuditEntry]) -> None:
    for sentence in story(entries):
        output.say(f"  {sentence}")


def verdict(check: ChainRow) -> None:
    if check.intact:
        beside = f", in agreement with {check.checkpoints} checkpoints" if check.checkpoints else ""
        output.say(f"The audit log is intact: {check.entries} entries, each linked to the one before{beside}.", style="green")
        output.say(f"head {check.head}", style="dim")


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
