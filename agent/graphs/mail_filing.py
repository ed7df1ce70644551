"""The linked mails of a day, each put on what it is about: one request with a line for each record."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from agent.actions import OwnActions, prepare
from agent.actions.any_record import KINDS
from agent.actions.file_mail import NAME as FILE_MAIL
from agent.domain.asked_mail import AskedFiling
from agent.domain.mailbox import InboxMail
from agent.domain.records import Record
from agent.errors import NotPermitted, PolicyRejected, PreconditionFailed, RecordMissing
from agent.graphs.mail_follow import gist
from agent.ports.ledger import ProposedLine
from agent.tools import ToolContext
from agent.tools.proposals import propose_group, proposing, waiting
from agent.triage.fields import day_of

FILINGS = "propose_filings"
MOST = 100
_Left = list[dict[str, Any]]


def propose_filings(context: ToolContext, asked: AskedFiling, own: OwnActions) -> dict[str, Any]:
    """By links alone, never by candidates; what hangs there already, or is asked for, is not asked for again.

    Raises NotPermitted, DatabaseUnavailable, and what the reader raises.
    """
    proposing(context)
    if context.inbox is None:
        raise NotPermitted("Where no shared inbox is read, nothing follows from mails.")
    mails = context.inbox.linked(*_bounds(asked.mails_of, context.policy.zone))
    lines, left_out = _lines(context, mails, own)
    if not lines:
        return {"proposed": False, "day": asked.mails_of.isoformat(), "left_out": left_out, "records": []}
    about = {line.content.arguments["mail"] for line in lines}
    title = f"Put {len(about)} {'mail' if len(about) == 1 else 'mails'} of {asked.mails_of} on what they are about"
    return {**propose_group(context, title, lines, asked.reason), "day": asked.mails_of.isoformat(), "left_out": left_out}


def _bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def _lines(context: ToolContext, mails: Sequence[InboxMail], own: OwnActions) -> tuple[list[ProposedLine], _Left]:
    """What can be proposed, and what cannot be in it and why."""
    lines, left_out = list[ProposedLine](), _Left()
    for mail, record in _unfiled(context, mails):
        if len(lines) == MOST:
            left_out.append(_left(mail, record, f"only {MOST} fit into one request"))
            continue
        wanted = {
            "mail": mail.id,
            "record": record.name,
            "text": gist(mail, day_of(dict(mail.triage or {})["fields"], "new_eta")),
        }
        try:
            content = prepare(FILE_MAIL, wanted, context.reader, now=context.now(), own=own)
            requirement = context.policy.require(content.action, content.facts)
        except (PreconditionFailed, RecordMissing, PolicyRejected) as refused:
            left_out.append(_left(mail, record, str(refused)))
            continue
        if waiting(context, content):
            continue
        lines.append(ProposedLine(content, context.now() + requirement.expires_after))
    return lines, left_out


def _unfiled(context: ToolContext, mails: Sequence[InboxMail]) -> Iterator[tuple[InboxMail, Record]]:
    filed = context.inbox.filed(mails) if context.inbox and mails else set()
    for mail in mails:
        for link in (mail.triage or {"links": []})["links"]:
            if link["model"] in KINDS and (mail.id, link["model"], link["id"]) not in filed:
                yield mail, Record(link["model"], link["id"], link["name"])


def _left(mail: InboxMail, record: Record, why: str) -> dict[str, Any]:
    return {"mail": mail.label, "record": record.name, "why": why}
