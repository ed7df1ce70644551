"""Findings across scans, and what one does about them: `risk findings`, `risk ack` and the like."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from agent.domain.finding_life import EventKind, FindingFilter, FindingState
from agent.domain.findings import FindingKind, Severity
from app.cli import output
from app.cli.dates import ago
from app.cli.evidence import evidence_line
from app.cli.options import LARGEST_ID, AsPerson, Json, Token, api_of
from app.client import Api
from app.contract.findings import FindingEventRow, FindingsRow, KnownFindingRow

STATES = {"open": "yellow", "acknowledged": "cyan", "snoozed": "dim", "false_alarm": "dim", "resolved": "green"}
TOLD = {
    EventKind.MARKED_TRUE: "said that it is a true alarm",
    EventKind.MARKED_FALSE: "said that it is a false alarm",
    EventKind.ESCALATED: "got graver",
    EventKind.UNSNOOZED: "ended the snooze",
}


def _finding_id(text: str) -> int:
    found = re.fullmatch(r"[Ff]?(\d{1,10})", text.strip())
    if not found or not 0 < int(found[1]) <= LARGEST_ID:
        raise typer.BadParameter(f"{text!r} is not a finding's number; it looks like F12 or 12.")
    return int(found[1])


def _until(text: str) -> datetime:
    """`3d`, `4h`, a day or a minute in this computer's own zone."""
    span = re.fullmatch(r"(\d{1,4})([hd])", text.strip().lower())
    try:
        if span:
            return datetime.now(UTC) + timedelta(**{"hours" if span[2] == "h" else "days": int(span[1])})
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no time; it looks like 4h, 3d, 2026-12-01 or 2026-12-01T08:00.") from None


FindingId = Annotated[int, typer.Argument(metavar="ID", parser=_finding_id, help="The finding, as F12 or 12.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads the finding's history.")]


def findings(
    kind: Annotated[
        list[FindingKind] | None,
        typer.Option(metavar="KIND", help="Only these kinds, like promise_missed; may be given several times."),
    ] = None,
    state: Annotated[
        list[FindingState] | None,
        typer.Option(metavar="STATE", help=f"Only these states, of {', '.join(FindingState)}.", show_default="open"),
    ] = None,
    severity: Annotated[
        list[Severity] | None, typer.Option(metavar="SEVERITY", help=f"Only this grave: {', '.join(Severity)}.")
    ] = None,
    warehouse: Annotated[str | None, typer.Option(help="Its code, name or part of the name.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="Assigned to this person.")] = None,
    order: Annotated[str | None, typer.Option(help="Endangers this order.")] = None,
    since: Annotated[
        datetime | None, typer.Option(parser=ago, metavar="SINCE", help="Changed then or later: 24h, 3d, 2026-12-01.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    json: Json = False,
) -> None:
    """What the last scan found wrong, gravest first; what people put aside is counted only."""
    from agent.domain.asked_days import since_when
    from app.wiring.cli import reading

    wanted = FindingFilter(
        states=tuple(state or (FindingState.OPEN,)),
        kinds=tuple(kind or ()),
        severities=tuple(severity or ()),
        warehouse=warehouse,
        owner=owner,
        order=order,
        since=since_when(since, datetime.now(UTC)) if since else None,
        limit=limit,
    )
    with reading() as company:
        found = FindingsRow.of(company.findings(wanted), company.board.standing())
    output.shown(json, found, lambda: _table(found, wanted))


def finding(finding_id: FindingId, json: Json = False) -> None:
    """One finding: the evidence, who waits because of it, and everything that happened to it."""
    from app.wiring.cli import reading

    with reading() as company:
        row = KnownFindingRow.of(company.board.finding(finding_id))
    output.shown(json, row, lambda: page(row))


def ack(finding_id: FindingId, reason: Reason = "", as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Say that you know of a finding: it leaves the list until it gets graver or comes back."""
    _say(api_of(as_person, token), finding_id, json, EventKind.ACKNOWLEDGED, reason=reason)


def snooze(
    finding_id: FindingId,
    until: Annotated[datetime, typer.Argument(parser=_until, metavar="UNTIL", help="4h, 3d, 2026-12-01 or 2026-12-01T08:00.")],
    reason: Reason = "",
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Put a finding off; it comes back earlier when it gets graver."""
    _say(api_of(as_person, token), finding_id, json, EventKind.SNOOZED, reason=reason, until=until.isoformat())


def unsnooze(finding_id: FindingId, as_person: AsPerson = None, token: Token = None, json: Json = False) -> None:
    """Bring back a finding that was put off."""
    _say(api_of(as_person, token), finding_id, json, EventKind.UNSNOOZED)


def assign(
    finding_id: FindingId,
    person: Annotated[str, typer.Argument(metavar="NAME", help="Who takes care of it, as in `expediter person list`.")],
    reason: Reason = "",
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say who takes care of a finding."""
    _say(api_of(as_person, token), finding_id, json, EventKind.ASSIGNED, reason=reason, owner=person)


def comment(
    finding_id: FindingId,
    text: Annotated[list[str], typer.Argument(help="What you want to be remembered.")],
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Add words to a finding's history."""
    _say(api_of(as_person, token), finding_id, json, EventKind.COMMENTED, reason=" ".join(text))


def mark(
    finding_id: FindingId,
    reason: Reason,
    alarm: Annotated[bool | None, typer.Option("--true/--false", help="Was it a true alarm or a false one?")] = None,
    as_person: AsPerson = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say whether a finding is right; `risk scorecard` counts it, and a false alarm leaves the list."""
    if alarm is None:
        raise typer.BadParameter("say which: --true when the trouble is real, --false when there is none")
    _say(api_of(as_person, token), finding_id, json, EventKind.MARKED_TRUE if alarm else EventKind.MARKED_FALSE, reason=reason)


#: Of `expediter risk`, in the order they are met.
COMMANDS = (findings, finding, ack, snooze, unsnooze, assign, comment, mark)


def _say(api: Api, finding_id: int, json: bool, kind: EventKind, **said: str) -> None:
    row = api.say(api.finding(finding_id), kind, said)
    output.shown(json, row, lambda: page(row))


def _table(found: FindingsRow, wanted: FindingFilter) -> None:
    if found.as_of is None:
        output.say("No scan has been published yet; the worker scans when it starts (`expediter up`).")
        return
    as_of, states = output.minute(found.as_of), " or ".join(state.replace("_", " ") for state in wanted.states)
    if found.findings:
        columns = ("id", "severity", "what", "where", "at stake", "owner", "since")
        output.table(columns, map(_line, found.findings), right=("at stake",))
        more = f", {found.total - len(found.findings)} more with --limit" if found.total > len(found.findings) else ""
        noun = "finding" if found.total == 1 else "findings"
        output.say(f"{found.total} {noun} {states} as of {as_of}{more}. `expediter risk finding ID` says more.", style="dim")
    else:
        output.say(f"No finding that fits is {states} as of {as_of}.")
    if found.set_aside:
        counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in found.set_aside.items())
        output.say(f"Not listed: {counts}; --state {next(iter(found.set_aside))} shows such.", style="dim")


def _line(row: KnownFindingRow) -> tuple[object, ...]:
    return (
        row.label,
        output.severity(row.severity),
        row.summary,
        row.warehouse or "–",
        output.money(row.value, row.currency or ""),
        row.owner or "–",
        output.day(row.since),
    )


def page(row: KnownFindingRow) -> None:
    """Everything that is known of one finding."""
    head = f"  {row.label} · {row.kind.replace('_', ' ')} · {row.subject.name}"
    output.console().print(Text.assemble(output.severity(row.severity), output.plain(head)), style="bold")
    output.say(_standing(row), style=STATES.get(row.state or "", ""))
    output.say(row.summary)
    if row.value is not None:
        output.say(f"{output.money(row.value, row.currency or '')} at stake", style="dim")
    for fact in row.evidence:
        output.say(f"  {evidence_line(fact)}", style="dim")
    for order in row.affects:
        output.say(f"  {order.order} ({order.customer}) waits: {order.days} d, {output.money(order.value, order.currency)}")
    output.say("\nHistory", style="bold")
    for event in row.history:
        output.say(f"  {output.minute(event.at)}  {_told(event)}")


def _standing(row: KnownFindingRow) -> str:
    parts = [(row.state or "").replace("_", " ")]
    if row.state is FindingState.SNOOZED and row.snoozed_until:
        parts.append(f"until {output.minute(row.snoozed_until)}")
    if row.state is FindingState.ACKNOWLEDGED:
        parts.append(f"by {row.acknowledged_by}")
    if row.resolved_at:
        parts.append(f"since {output.minute(row.resolved_at)}")
    elif row.seen_at:
        parts.append(f"as of {output.minute(row.seen_at)}")
    owner = f"; {row.owner} takes care of it" if row.owner else ""
    return f"{' '.join(parts)}{owner}"


def _told(event: FindingEventRow) -> str:
    """One line of the history."""
    what = TOLD.get(event.kind, event.kind.replace("_", " "))
    who = event.person or "scan"
    until = f" until {output.minute(event.until)}" if event.until else ""
    owner = f" to {event.owner}" if event.owner else ""
    words = event.reason or (None if event.kind is EventKind.RESOLVED else event.summary)
    graver = f" ({event.severity})" if event.person is None and event.kind is not EventKind.RESOLVED else ""
    return f"{who}: {what}{graver}{until}{owner}{f': {words}' if words else ''}"
