"""The worker's care of the shared inbox: take in what came, read it, and let the mailbox show that it was read.

A mail is stored before anything is done with it, read by one process at a time, and what it is said to be is said once, in the
transaction that also audits it. Whatever dies in between, the next look goes on from there.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from agent.domain.mail import ParsedMail, Priority
from agent.domain.mailbox import KeptMail
from agent.errors import (
    DatabaseUnavailable,
    ErpUnavailable,
    ExpediterError,
    MailUnreadable,
    PreconditionFailed,
    SettingMissing,
)
from agent.jobs import intake
from agent.jobs.intake import Parse
from agent.ports.mail_ledger import Claim, MailLedger
from agent.ports.mail_source import MailSource
from agent.triage.threads import named_ids, raised, reopens

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
#: Mails that are read together: kept with one commit, and lost together, unread, with whoever dies meanwhile.
AT_ONCE = 10
COLLISION = "msgid_collision"
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
    refresh: Callable[[], object] = lambda: None
    """Called before mails are read together, which are all judged by what is in force then."""
    at_once: int = AT_ONCE


def attend(sources: Iterable[MailSource], inbox: Inbox) -> int:
    """Look into every mailbox and read what waits; how many mails were read. Raises DatabaseUnavailable.

    A mailbox that is away keeps none of the others waiting, nor does a mail that cannot be read.
    """
    looked_into = [source for source in sources if _tolerant(take_in, source, inbox)]
    number, goes_on = 0, True
    while goes_on:
        read, goes_on = _read_whatever_happens(inbox)
        number += read
    for source in looked_into:
        _tolerant(_mark, source, inbox)
    return number


def take_in(source: MailSource, inbox: Inbox) -> None:
    """Store what came since the last look. Raises MailboxUnavailable and MailboxRefused; what was stored by then stays."""
    intake.take_in(source, inbox.ledger, inbox.parse)


class Progress(NamedTuple):
    read: int
    goes_on: bool
    """There may be more to read now."""


def read_next(inbox: Inbox, most: int = 1) -> Progress:
    """Read the oldest mails that nobody reads, so many at once; each is kept, or waits, whatever becomes of the others."""
    with inbox.ledger.claimed(most) as claims:
        if not claims:
            return Progress(0, goes_on=False)
        inbox.refresh()
        judged: list[_Judged] = []
        try:
            for claim in claims:
                if one := _judged_whatever_happens(claim, inbox):
                    judged.append(one)
        except (ErpUnavailable, SettingMissing) as away:
            # Every other mail would wait as well, so there is nothing more to read now.
            logger.warning("mails wait to be read: %s", away)
            for waiting in claims[claims.index(claim) :]:
                waiting.wait(str(away))
            _keep(judged, inbox)
            return Progress(len(judged), goes_on=False)
        _keep(judged, inbox)
        return Progress(len(judged), goes_on=True)


class _Judged(NamedTuple):
    claim: Claim
    mail: ParsedMail | None
    """None: it could not be read."""
    result: dict[str, Any]

    def names(self) -> Sequence[str]:
        """What its thread is found by; nothing is believed of a mail that may be dressed up as another."""
        return named_ids(self.mail) if self.mail and not self.claim.mail.message_id_taken else ()


def _judged_whatever_happens(claim: Claim, inbox: Inbox) -> _Judged | None:
    """None for a mail that nobody foresaw. Raises what every other mail would meet as well."""
    try:
        return _Judged(claim, *_judged(claim.mail, inbox))
    except PreconditionFailed as held:
        logger.warning("a mail could not be read: %s", held)
    except ExpediterError:
        raise
    except Exception:
        logger.exception("a mail could not be read")
    return None


def _keep(judged: Sequence[_Judged], inbox: Inbox) -> None:
    """Each into its thread, whose earlier mails may make it more urgent, and for good."""
    if len(judged) > 1:
        judged[0].claim.hold([name for one in judged for name in one.names()])
    for one in judged:
        placed = one.claim.thread(one.names())
        told = raised(one.result, placed.waiting)
        said, again = (one.mail.text, reopens(one.mail, told)) if one.mail else ("", True)
        due = inbox.due(Priority(told["priority"]), one.claim.mail.received_at)
        one.claim.read(told, said, due, reopens=again)


def _read_whatever_happens(inbox: Inbox) -> Progress:
    """A mail that nobody foresaw is tried again, alone, and after `MOST_ATTEMPTS` given to a person."""
    try:
        return read_next(inbox, inbox.at_once)
    except DatabaseUnavailable:
        raise
    except PreconditionFailed as held:
        logger.warning("mails could not be kept as they were read: %s", held)
        return Progress(0, goes_on=True)
    except ExpediterError as held:
        logger.warning("mails wait to be read: %s", held)
        return Progress(0, goes_on=False)
    except Exception:
        logger.exception("mails could not be kept as they were read")
        return Progress(0, goes_on=True)


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
    except Exception:
        logger.exception("the mailbox %s could not be looked into", source.name)
        return False
    return True
