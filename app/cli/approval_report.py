"""`approvals report`: whether people are asked too often, and whether they read what they approve."""

from typing import Annotated

import typer

from app.cli import output
from app.cli.options import Json
from app.contract.approval_report import ApprovalReportRow, ApproverRow

COLUMNS = ("who", "requests", "busiest day", "over budget", "decided", "under 5 s")
SHOWN = 10


def report(days: Annotated[int, typer.Option(min=1, max=3650, help="How far to look back.")] = 30, json: Json = False) -> None:
    """Requests per approver, time to decide, what is approved as asked, who approves unread, why people say no."""
    from app.wiring.cli import reading

    with reading() as company:
        row = company.approval_report(days)
    output.shown(json, row, lambda: _page(row))


def _page(row: ApprovalReportRow) -> None:
    if not row.requests:
        output.say(f"Nothing was proposed since {output.minute(row.since)}, so there is nothing to report.")
        return
    budget = f"budget {row.budget_per_day} requests a day" if row.budget_per_day is not None else "no budget in the policy"
    output.say(f"{row.requests} requests since {output.minute(row.since)}, {row.decided} decided; {budget}", style="bold")
    output.say(
        f"time to decide: median {_time(row.median_seconds)}, p90 {_time(row.p90_seconds)}; "
        f"approved as asked {_percent(row.approved_unchanged)}, edited {_percent(row.edited)}; {row.comments} comments"
    )
    output.table(COLUMNS, map(_line, row.approvers), right=COLUMNS[1:])
    for one in row.approvers:
        if one.always_quick:
            output.warn(f"{one.person} approved {one.quick} times, each in under 5 seconds: hardly read.")
    if quiet := [rule.rule for rule in row.rules if rule.never_rejects]:
        output.say(f"never rejected: {', '.join(quiet)}; perhaps nobody has to be asked", style="yellow")
    for said in row.rejections[-SHOWN:]:
        output.say(f"  no to {said.label} by {said.person} (rule {said.rule}): {said.reason}")
    if row.refused:
        output.say(f"refused clicks: {', '.join(f'{kind} {count}' for kind, count in row.refused.items())}", style="dim")


def _line(one: ApproverRow) -> tuple[object, ...]:
    busiest = f"{one.busiest} on {one.busiest_day:%d %b}" if one.busiest_day else "–"
    over = f"{one.days_over_budget} d" if one.days_over_budget else "–"
    return one.person, one.requests, busiest, over, one.decisions, one.quick


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
