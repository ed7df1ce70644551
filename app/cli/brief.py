"""The morning's brief."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Annotated

import typer
from rich.text import Text

from agent.domain.briefs import Change
from app.cli import output
from app.cli.dates import ago
from app.cli.options import Json
from app.contract.briefs import BriefLineRow, BriefRow

HEADINGS = {Change.NEW: "New", Change.WORSE: "Worse", Change.BETTER: "Better", Change.GONE: "Gone"}


class Grouping(StrEnum):
    WAREHOUSE = "warehouse"
    OWNER = "owner"


BY: dict[Grouping, Callable[[BriefLineRow], str]] = {
    Grouping.WAREHOUSE: lambda line: line.finding.warehouse or "no warehouse in particular",
    Grouping.OWNER: lambda line: line.finding.owner or "nobody's yet",
}


def brief(
    since: Annotated[
        datetime | None, typer.Option(parser=ago, metavar="SINCE", help="24h, 3d, 2026-12-01; a day ago when left out.")
    ] = None,
    warehouse: Annotated[str | None, typer.Option(help="Only this one, by code, name or part of the name.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person takes care of.")] = None,
    by: Annotated[Grouping | None, typer.Option(help="In sections.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Lines to show of each kind.")] = 20,
    json: Json = False,
) -> None:
    """What is new, worse, better and gone since yesterday, from the last scan."""
    from agent.domain.asked_days import since_when
    from agent.risk.brief import make_brief
    from app.wiring.cli import reading

    now = datetime.now(UTC)

    with reading() as company:
        moment = since_when(since or now - timedelta(days=1), now)
        row = BriefRow.of(make_brief(company.board, moment, warehouse, owner, company.inbox))
    narrowed = (f" in {warehouse}" if warehouse else "") + (f" through what {owner} takes care of" if owner else "")
    output.shown(json, row, lambda: page(row, by, limit, narrowed))


def page(row: BriefRow, by: Grouping | None, limit: int, narrowed: str = "") -> None:
    """`narrowed` says of which part of the company it tells; the open orders are counted of the whole only."""
    orders = "order" if row.at_risk == 1 else "orders"
    of = f"{row.at_risk} {orders} at risk{narrowed}" if narrowed else f"{row.at_risk} of {row.open_orders} open orders at risk"
    output.say(
        f"{of} as of {output.minute(row.as_of)}. Since {output.minute(row.since)}: {_counts(row)}.",
        style="bold",
    )
    _late_mails(row, limit)
    if by is None:
        _sections(row.lines, limit)
        return
    for heading, lines in groupby(sorted(row.lines, key=BY[by]), key=BY[by]):
        output.say(f"\n{heading}", style="bold underline")
        _sections(tuple(lines), limit)


def _late_mails(row: BriefRow, limit: int) -> None:
    mails = row.late_mails
    if not mails:
        return
    output.say(f"\n{row.late_mails_said}", style="bold")
    for mail in mails[:limit]:
        owner = f" · {mail.owner}" if mail.owner else " · nobody has taken it"
        said = f"{mail.subject}, from {mail.sender or 'nobody'}; answer was due {output.minute(mail.due_at)}{owner}"
        output.say(f"  {mail.label:>5} {mail.priority} {said}")
    if len(mails) > limit:
        output.say(f"  … and {len(mails) - limit} more; `expediter mail list --late`", style="dim")


def _counts(row: BriefRow) -> str:
    told = [f"{row.counts[change]} {change}" for change in Change if row.counts.get(change)]
    return ", ".join(told) if told else "nothing changed"


def _sections(lines: tuple[BriefLineRow, ...], limit: int) -> None:
    for change in Change:
        found = [line for line in lines if line.change is change]
        if not found:
            continue
        output.say(f"\n{HEADINGS[change]}", style="bold")
        for line in found[:limit]:
            output.console().print(_line(line))
        if len(found) > limit:
            output.say(f"  … and {len(found) - limit} more with --limit", style="dim")


def _line(line: BriefLineRow) -> Text:
    finding = line.finding
    was = f" (was {line.before})" if line.change in (Change.WORSE, Change.BETTER) else ""
    owner = f" · {finding.owner}" if finding.owner else ""
    said = output.plain(f"  {finding.summary}{was}")
    return Text.assemble(f"  {finding.label:>5} ", output.severity(finding.severity), said, (output.plain(owner), "dim"))
