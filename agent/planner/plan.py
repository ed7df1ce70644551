"""From a question to tool calls, by patterns. It understands fewer ways of asking than a model does, and always the same."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from agent.planner import questions, requests
from agent.planner.again import again
from agent.planner.calls import Plan, Reading

EXAMPLES = """You can ask:
- which orders will miss their promise this week, and why?
- which orders are late in Rotterdam?
- why is S00042 late?
- read it fresh
- what is new since yesterday?
- which orders wait for P00042, and what if it comes on 2026-12-20?
- what is late from a vendor?
- how much is there of a product, by warehouse?
- what waits for approval?
- how do we handle returns?
- move the promise date of S00042 to 2026-12-01 because the receipt is late
- propose new dates for all orders that wait for P00042 because the vendor is late
- add a note to S00042: the customer was called"""
HELP = f"I did not understand that. {EXAMPLES}"

_GREETING = re.compile(r"^(?:help|hi|hello|hey)?[\s!.?]*$|^what can (?:you|i) (?:do|ask)\b", re.I)

#: The first that fits decides.
_READINGS: tuple[Reading, ...] = (
    requests.note, requests.new_dates,
    requests.move, requests.decide, questions.approvals, questions.procedure, questions.changed, questions.impact,
    questions.why, questions.stock,
    questions.vendor, questions.risk,
)  # fmt: skip


def plan(question: str, now: datetime, earlier: Sequence[str] = ()) -> Plan:
    """What to call for a question. `now` is aware and makes relative dates absolute. Never fails: it says what can be asked.

    `earlier` is what was asked before in this conversation, newest first: `read it fresh` means that.
    """
    text, today = " ".join(question.split()), now.astimezone(UTC).date()
    return again(text, today, earlier, _read) or _read(text, today)


def _read(text: str, today: date) -> Plan:
    if _GREETING.search(text):
        return Plan(reply=EXAMPLES)
    return next((found for reading in _READINGS if (found := reading(text, today))), Plan(reply=HELP))
