"""What changed since somebody last looked."""

from datetime import timedelta
from typing import Any

from pydantic import Field

from agent.domain.briefs import BriefLine, Change, late_mails_said
from agent.errors import PreconditionFailed
from agent.guardrails.permissions import Permission
from agent.risk.brief import make_brief
from agent.tools.base import Effect, Tool, ToolArguments
from agent.tools.context import ToolContext

SHOWN = 15


class WhatChanged(ToolArguments):
    hours: int = Field(default=24, ge=1, le=24 * 31, description="Since so many hours ago; 24 for since yesterday")
    warehouse: str | None = Field(
        default=None, max_length=64, description="Only this warehouse, by code or name, or a part of the name"
    )


def what_changed(context: ToolContext, arguments: WhatChanged) -> dict[str, Any]:
    if context.board is None:
        raise PreconditionFailed("What changed is known where scans are kept; run `expediter up`.")
    since = context.now() - timedelta(hours=arguments.hours)
    brief = make_brief(context.board, since, arguments.warehouse, inbox=context.inbox)
    shown = [line for change in Change for line in [line for line in brief.lines if line.change is change][:SHOWN]]
    return {
        "as_of": brief.standing.as_of.isoformat(),
        "since": since.isoformat(),
        "open_orders": brief.standing.open_orders,
        "warehouse": arguments.warehouse,
        "orders_at_risk": brief.at_risk,
        "counts": {change.value: brief.counts.get(change, 0) for change in Change},
        "not_shown": len(brief.lines) - len(shown),
        "late_mails": late_mails_said(brief.late_mails),
        "findings": [_line(line) for line in shown],
        "records": [line.finding.body["subject"] for line in shown],
    }


def _line(line: BriefLine) -> dict[str, Any]:
    finding = line.finding
    return {
        "change": line.change.value,
        "finding": finding.label,
        "severity": finding.body["severity"],
        "before": line.before.value if line.before else None,
        "summary": finding.body["summary"],
        "warehouse": finding.warehouse,
        "owner": finding.owner,
    }


TOOLS = (
    Tool(
        "what_changed",
        "What is new, worse, better and gone among all findings since some hours ago, from the scans: the morning's brief.",
        WhatChanged,
        Effect.READ,
        Permission.READ,
        what_changed,
    ),
)
