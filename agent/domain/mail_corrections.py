"""What a mail is once people have corrected what triage made of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent.domain.mail import BANK_CHANGE, USUAL_LEVEL, MailClass, Priority
from agent.domain.mail_threads import MailEvent, MailEventKind
from agent.domain.records import Record

BY_A_PERSON = (MailEventKind.CORRECTED, MailEventKind.LINKED, MailEventKind.UNLINKED)


def corrected(made: Mapping[str, Any], events: Sequence[MailEvent]) -> dict[str, Any]:
    """`triage_row` of it as people say it is; `events` are this mail's, oldest first. The newest word counts."""
    row = dict(made)
    for event in events:
        if event.kind in BY_A_PERSON:
            row |= {"needs_person": False, "reason": _said(event, row["class"])}
        if event.mail_class and event.mail_class != row["class"]:
            others = [kind for kind in row["intents"] if kind not in (event.mail_class, row["class"])]
            # The draft answered what the mail was thought to be.
            row |= {"class": event.mail_class.value, "intents": [event.mail_class.value, *others], "draft": None}
        if event.priority:
            row["priority"] = event.priority.value
        if event.record:
            row |= _linked(row, event.record, event.kind is MailEventKind.LINKED)
    return row


def priority_of_correction(made: Mapping[str, Any], kind: MailClass) -> Priority:
    """As far above what is usual for the new class as it was above what is usual for the old one."""
    if BANK_CHANGE in made["flags"]:
        return Priority.P1
    if kind is MailClass.AUTOMATED_NOISE:
        return Priority.P5
    steps = max(0, USUAL_LEVEL[MailClass(made["class"])] - int(made["priority"][1:]))
    return Priority(f"P{max(1, USUAL_LEVEL[kind] - steps)}")


def _said(event: MailEvent, kind: str) -> str:
    what = {
        MailEventKind.LINKED: f"linked it to {event.record.name if event.record else ''}",
        MailEventKind.UNLINKED: f"says that it is not about {event.record.name if event.record else ''}",
    }.get(event.kind, "confirmed it" if event.mail_class == kind and event.priority is None else "corrected it")
    return f"{event.person} {what}{f': {event.reason}' if event.reason else ''}"


def _linked(row: Mapping[str, Any], record: Record, is_linked: bool) -> dict[str, Any]:
    def without(links: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [link for link in links if (link["model"], link["id"]) != (record.model, record.id)]

    link = {"model": record.model, "id": record.id, "name": record.name, "confidence": 1.0}
    added = [link] if is_linked else []
    return {"links": [*without(row["links"]), *added], "candidates": without(row["candidates"])}
