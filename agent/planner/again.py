"""`Read it fresh`: what was last asked in this conversation, from the ERP instead of the last scan."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from agent.planner.calls import Plan

_HOW = r"(?:fresh(?:ly)?|anew|again|live|once more|now|from (?:odoo|the erp))"
_AGAIN = re.compile(
    r"^(?:please |and |now |can you |could you )*(?:refresh(?: (?:it|that|this|them|the (?:list|answer)))?"
    r"|(?:fresh|anew|again|live)"
    rf"|(?:read|look|check|ask|get|fetch|show|answer|try|do)(?: (?:at|it|that|this|them|all|me|the erp|odoo))*(?: {_HOW})+)"
    rf"(?:,? (?:please|{_HOW}))*[ .!?]*$",
    re.I,
)
#: Tools that answer from the last scan unless told otherwise; the others read the ERP in any case.
_SCANNED = ("orders_at_risk", "why_order")


def again(text: str, today: date, earlier: Sequence[str], reading: Callable[[str, date], Plan]) -> Plan | None:
    """The newest question that looked something up, once more; None when the text asks for something of its own."""
    if not _AGAIN.search(text):
        return None
    for question in earlier:
        asked = reading(" ".join(question.split()), today)
        if asked.calls and not any(call.tool.startswith("propose_") for call in asked.calls):
            return Plan(tuple(replace(call, arguments=_fresh(call.tool) | call.arguments) for call in asked.calls))
    return Plan(reply="Nothing was asked yet that could be read anew. For example: which orders are at risk, read fresh?")


def _fresh(tool: str) -> dict[str, bool]:
    return {"fresh": True} if tool in _SCANNED else {}
