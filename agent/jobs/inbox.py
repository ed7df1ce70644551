"""The worker's care of the shared inbox: take in what came, read it, and let the mailbox show that it was read.

A mail is stored before anything is done with it, read by one process at a time, and what it is said to be is said once, in the
transaction that also audits it. Whatever dies in between, the next look goes on from there.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from agent.domain.mail import ParsedMail, Priority
from agent.domain.mailbox import Fetched, KeptMail, fingerprint
from agent.errors import (
    DatabaseUnavailable,
    ErpUnavailable,
    ExpediterError,
    MailUnreadable,
    PreconditionFailed,
    SettingMissing,
)
from agent.ports.mail_ledger import Claim, MailLedger
from agent.ports.mail_source import MailSource
from agent.triage.threads import named_ids, raised, reopens

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
COLLISION = "msgid_collision"
Parse = Callable[[bytes], ParsedMail]
Judge = Callable[[ParsedMail, str | None], dict[str, Any]]
"""The mail, and the name its own server signs with → `triage_row` of it. Raises ErpUnavailable: then the mail waits."""
Due = Callable[[Priority, datetime], datetime | None]
"""Until when somebody should answer a mail of this priority that came then."""


def nobody_waits(_: Priority, __: datetime) -> None:
    """For whoever counts no answers."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the care of the inbox needs from the world."""

    ledger: MailLedger
    parse: Parse
    """Raises MailUnreadable for what is no mail."""
    judge: Judge
    open: Parse | None = None
    """The same, and reads what is attached; None: files stay closed."""
    due: Due = nobody_waits


def attend(sources: Iterable[MailSource], inbox: Inbox) -> int:
    """Look into every mailbox and read what waits; how many mails were read. Raises DatabaseUnavailable.

    A mailbox that is away keeps none of the others waiting, nor does a mail that cannot be read.
    """
    looked_into = [source for source in sources if _tolerant(take_in, source, inbox)]
    number = 0
    while _read_whatever_happens(inbox):
        number += 1
    for source in looked_into:
        _tolerant(_mark, source, inbox)
    return number


def take_in(source: MailSource, inbox: Inbox) -> None:
    """Store what came since the last look. Raises MailboxUnavailable and MailboxRefused; what was stored by then stays."""
    copies, cursor = source.changes(inbox.ledger.cursor(source.name))
    new = inbox.ledger.unknown(source.name, copies)
    for fetched in source.fetch(new):
        mail, identity = _identified(fetched, inbox.parse, source.name)
        inbox.ledger.take_in(source, fetched, mail, identity)
    inbox.ledger.looked(source.name, cursor)


def read_next(inbox: Inbox) -> bool:
    """Read the oldest mail that nobody reads; whether there was one."""
    with inbox.ledger.claimed() as claim:
        if claim is None:
            return False
        try:
            mail, result = _judged(claim.mail, inbox)
        except (ErpUnavailable, SettingMissing) as away:
            # Every other mail would wait as well, so there is nothing more to read now.
            logger.warning("mails wait to be read: %s", away)
            claim.wait(str(away))
            return False
        _keep(claim, mail, result, inbox)
        return True


def _keep(claim: Claim, mail: ParsedMail | None, result: dict[str, Any], inbox: Inbox) -> None:
    """Into its thread, whose earlier mails may make it more urgent, and for good."""
    believed = mail is not None and not claim.mail.message_id_taken
    placed = claim.thread(named_ids(mail) if mail and believed else ())
    told = raised(result, placed.waiting)
    said, again = (mail.text, reopens(mail, result)) if mail else ("", True)
    claim.read(told, said, inbox.due(Priority(told["priority"]), claim.mail.received_at), reopens=again)


def _read_whatever_happens(inbox: Inbox) -> bool:
    """A mail that nobody foresaw is tried again at once, and after `MOST_ATTEMPTS` given to a person."""
    try:
        return read_next(inbox)
    except DatabaseUnavailable:
        raise
    except PreconditionFailed as held:
        logger.warning("a mail could not be read: %s", held)
        return True
    except ExpediterError as held:  # every other mail would meet it as well
        logger.warning("mails wait to be read: %s", held)
        return False
    except Exception:
        logger.exception("a mail could not be read")
        return True


def _judged(kept: KeptMail, inbox: Inbox) -> tuple[ParsedMail | None, dict[str, Any]]:
    """None: it could not be read."""
    if kept.raw is None:
        return None, _for_a_person("it is too large to be read")
    if kept.attempts > MOST_ATTEMPTS:
        return None, _for_a_person(f"reading it failed {MOST_ATTEMPTS} times")
    try:
        mail = (inbox.open or inbox.parse)(kept.raw)
        result = inbox.judge(mail, kept.authserv)
    except MailUnreadable as unreadable:
        return None, _for_a_person(str(unreadable).rstrip("."))
    return mail, _disbelieved(result) if kept.message_id_taken else result


def _disbelieved(result: dict[str, Any]) -> dict[str, Any]:
    reason = f"{result['reason']}; another mail with other words has the same Message-ID"
    # Nothing is believed of a mail that may be dressed up as another.
    links = [*result["links"], *result["candidates"]]
    pretends = {"links": [], "candidates": links, "draft": None, "needs_person": True, "reason": reason}
    return result | pretends | {"flags": sorted({*result["flags"], COLLISION})}


def _for_a_person(why: str) -> dict[str, Any]:
    """What can be said without having read it."""
    return {
        "class": "other", "intents": [], "priority": "P3", "language": "unknown", "confidence": 0.0,
        "alternatives": [], "needs_person": True,
        "reason": f"A person has to read it: {why}", "automatic": False, "trust": "unknown", "flags": ["unreadable"],
        "references": [], "links": [], "candidates": [], "fields": {}, "draft": None,
    }  # fmt: skip


def _identified(fetched: Fetched, parse: Parse, mailbox: str) -> tuple[ParsedMail, str]:
    """The mail and its identity; what is no mail is identified by its bytes, and without any by where it lies."""
    raw = fetched.head if fetched.raw is None else fetched.raw
    try:
        mail = parse(raw)
        return mail, fingerprint(mail)
    except MailUnreadable:
        return NO_MAIL, sha256(raw or f"{mailbox}\0{fetched.copy.key}".encode()).hexdigest()


NO_MAIL = ParsedMail(
    message_id=None, sender="", sender_name="", to=(), subject="(not a mail that can be read)", sent_at=None, in_reply_to=None,
    text="", quoted=(), hidden_text="", headers=(), attachments=(),
)  # fmt: skip


def _mark(source: MailSource, inbox: Inbox) -> None:
    while copies := inbox.ledger.unmarked(source.name):
        source.mark(copies)
        inbox.ledger.marked(source.name, copies)


def _tolerant(step: Callable[[MailSource, Inbox], None], source: MailSource, inbox: Inbox) -> bool:
    try:
        step(source, inbox)
    except DatabaseUnavailable:
        raise
    except ExpediterError as away:  # whatever one mailbox lacks, even the file of its password
        logger.warning("%s", away)
        return False
    return True
