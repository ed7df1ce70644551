"""What lies in a shared mailbox, and what is known of a mail once it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from agent.domain.letters import AnswerSent, MailboxDraft
from agent.domain.mail import MailClass, ParsedMail, Priority
from agent.domain.mail_threads import MailEvent, MailThread, ThreadState

NAMELESS = "(nameless)"
"""`authserv` of a server that leaves its name out of what it says of a sender, against RFC 8601, and says `compauth` instead."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One place where a mail lies; the same mail may lie in several, and again elsewhere after the mailbox was rebuilt."""

    key: str
    """What its mailbox calls it, for ever: it is never used for another mail."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A copy with its bytes, of a large mail those that are kept; None where it could not be taken apart, `head` being its header
    lines."""

    copy: Copy
    raw: bytes | None
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Taken:
    """A copy that was fetched, as what it is."""

    fetched: Fetched
    mail: ParsedMail
    identity: str
    """`fingerprint`, or what else tells it from all others."""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail in our keeping, before anybody read it."""

    id: int
    raw: bytes | None
    head: bytes
    authserv: str | None
    """The name that the mailbox's own server puts into Authentication-Results."""
    message_id_taken: bool
    """Another mail with the same Message-ID and other words came before: one of both pretends."""
    attempts: int
    """How often reading it was begun, this time included; not when the ERP was away."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class InboxMail:
    """A mail of the shared inbox as people see it. `triage` is None until it was read."""

    id: int
    mailbox: str
    sender: str
    subject: str
    sent_at: datetime | None
    received_at: datetime
    mail_class: MailClass | None
    priority: Priority | None
    needs_person: bool
    triage: Mapping[str, Any] | None
    """As people corrected it."""
    said: str = ""
    """The beginning of its text."""
    thread: MailThread | None = None
    """None until it was read."""
    read_at: datetime | None = None
    """By triage."""
    waits_since: datetime | None = None
    """Not read, because the ERP is away since then."""
    events: tuple[MailEvent, ...] = ()
    """What people said of it, oldest first; of the whole thread for a mail that was asked for by itself."""
    answers: tuple[AnswerSent, ...] = ()
    """Those that were asked for, oldest first; only where one mail is looked at."""
    mailbox_draft: MailboxDraft | None = None
    """None where none was wanted, and in lists."""

    @property
    def label(self) -> str:
        return f"M{self.id}"

    @property
    def state(self) -> ThreadState:
        if self.thread is None:
            return ThreadState.WAITING_FOR_ERP if self.waits_since else ThreadState.UNREAD
        if self.thread.done_at:
            return ThreadState.DONE
        waits = self.thread.answered_at is None or (self.read_at or self.received_at) > self.thread.answered_at
        return ThreadState.OPEN if waits else ThreadState.ANSWERED

    def is_late(self, now: datetime) -> bool:
        return self.thread is not None and self.thread.due_at is not None and self.thread.due_at < now


def fingerprint(mail: ParsedMail) -> str:
    """What a mail is, wherever and however often it is delivered: who said what when. Message-ID alone can be stolen."""
    words = " ".join(mail.text.split())
    told = (mail.message_id or "", mail.sender, mail.sent_at.isoformat() if mail.sent_at else "", mail.subject, words)
    attached = tuple(f"{one.name}:{one.size}" for one in mail.attachments)
    return sha256("\0".join((*told, *attached)).encode("utf-8", "surrogatepass")).hexdigest()
