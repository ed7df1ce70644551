"""Requests to change something, read as proposals."""

import re
from datetime import date

from agent.planner.calls import ORDER, Call, Plan
from agent.planner.dates import read_date

_NOTE = re.compile(
    r"\b(?:add|leave|post|write|put|make|attach|log)\b.{0,20}?\bnote\b|^note\b|\bnote (?:on|to|for) (?=SO?-?\d)", re.I
)
_NOTE_TEXT = re.compile(r"(?::\s*|\b(?:saying|that says|that|to say|reading|with(?: the text)?)\b:?\s+)(?P<text>.+)$", re.I)
_QUESTION = re.compile(r"(?:why|what|which|when|will|is|how|has|did|does)\b", re.I)
_MOVE = re.compile(
    r"\b(?:move|postpone|push|set|change|reschedule|delay|shift|extend|put)\b.*\b(?:promise|date|delivery|order|SO?-?\d{2,})\b"
    r"|\bpromise\b.*\b(?:for|to|by|on)\b",
    re.I,
)
_NEW_DATES = re.compile(r"\b(?:new|other|later|promise)\s+(?:promise\s+)?dates\b", re.I)
_CAUSE = re.compile(r"\b(?:wait\w*\s+for|endanger\w*\s+by|hit\s+by|depend\w*\s+on)\s+(?P<cause>[A-Z]+[/\w-]*\d{2,})", re.I)
_REASON = re.compile(r"[\s,;(]+(?:because|since|reason:?|due to|as)\s+(?P<reason>.+?)[).]*$", re.I)
_AFTERTHOUGHT = re.compile(r"[,;]\s+(?P<reason>[A-Za-z]\S*\s[^,;]{2,}?)\.*$")
_DECIDE = re.compile(
    r"^(?:please |can you |could you )?(?:approve|reject|decline|execute|confirm)\b.*?(?P<label>\bP\d+\b)?", re.I
)


def note(text: str, today: date) -> Plan | None:
    if not _NOTE.search(text):
        return None
    order = ORDER.search(text)
    if not order:
        return Plan(reply="Which order should the note go to? For example: add a note to S00042: the customer was called.")
    name, said = order[0].upper(), _note_text(text, order)
    if not said:
        return Plan(reply=f"What should the note on {name} say? For example: add a note to {name}: the customer was called.")
    return Plan((Call("propose_post_note", {"order": name, "text": said, "reason": "A note for colleagues."}),))


def _note_text(text: str, order: re.Match[str]) -> str:
    """What stands after the order, or else between `note` and the order."""
    if said := _NOTE_TEXT.search(text, order.end()):
        return said["text"].strip(" \"“”'")
    said = _NOTE_TEXT.search(text[: order.start()])
    return re.sub(r"\s+(?:to|on|for)(?: order)?\s*$", "", said["text"]).strip(" \"“”'") if said else ""


def new_dates(text: str, today: date) -> Plan | None:
    """`propose new dates for all orders that wait for P00042 because …`, also `if it comes on 2026-12-20`."""
    if not _NEW_DATES.search(text) or _QUESTION.match(text) or not (cause := _CAUSE.search(text)):
        return None
    reason = _reason(text, today)
    until = read_date(text[cause.end() : reason.start()] if reason else text[cause.end() :], today)
    arguments = {"cause": cause["cause"].upper(), "reason": reason["reason"].strip() if reason else "No reason was given."}
    return Plan((Call("propose_new_dates", arguments | ({"new_date": until.isoformat()} if until else {})),))


def move(text: str, today: date) -> Plan | None:
    order = ORDER.search(text)
    if not order or not _MOVE.search(text) or _QUESTION.match(text):
        return None
    name, reason = order[0].upper(), _reason(text, today)
    new_date = read_date(text[: reason.start()] if reason else text, today)
    if new_date is None:
        return Plan(
            reply=f"To which date should {name} move? For example: move the promise date of {name} to {today.isoformat()}."
        )
    why = reason["reason"].strip() if reason else "No reason was given."
    return Plan((Call("propose_move_promise_date", {"order": name, "promise_date": new_date.isoformat(), "reason": why}),))


def _reason(text: str, today: date) -> re.Match[str] | None:
    """What follows `because`, or else a last clause that is no part of the date: `…, the vendor confirmed late`."""
    if said := _REASON.search(text):
        return said
    last = _AFTERTHOUGHT.search(text)
    return last if last and read_date(last["reason"], today) is None else None


def decide(text: str, today: date) -> Plan | None:
    if not _DECIDE.match(text) or _QUESTION.match(text):
        return None
    label = re.search(r"\bP\d+\b", text, re.I)
    name = label[0].upper() if label else "ID"
    here = f"press a button of its card in Slack, or use `expediter approve {name}` under your own name"
    return Plan(reply=f"Nothing is approved or rejected in chat: {here}.")
