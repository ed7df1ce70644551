"""Mails that answer one another, and what people say and do about them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.mail import MailClass, Priority
from agent.domain.records import Record


class MailEventKind(StrEnum):
    CORRECTED = "corrected"
    """Its class, its priority, or both."""
    LINKED = "linked"
    """A person says that it is about a record of the ERP."""
    UNLINKED = "unlinked"
    TAKEN = "taken"
    """Somebody takes care of its thread."""
    ANSWERED = "answered"
    """The first-response clock stops; the thread stays open."""
    DONE = "done"
    REOPENED = "reopened"
    """By a person, or by another mail of the thread."""


@dataclass(frozen=True, slots=True)
class MailDeed:
    """What one person says of a mail. Each kind needs what it is about; `seen` is the thread's `last_event` as it was shown."""

    kind: MailEventKind
    seen: int | None = None
    mail_class: MailClass | None = None
    priority: Priority | None = None
    due_at: datetime | None = None
    record: Record | None = None
    owner_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MailEvent:
    id: int
    mail_id: int
    kind: MailEventKind
    at: datetime
    person: str | None
    """Handle; None: another mail, or a reply that went out."""
    mail_class: MailClass | None = None
    priority: Priority | None = None
    record: Record | None = None
    owner: str | None = None
    reason: str = ""


class ThreadState(StrEnum):
    UNREAD = "unread"
    WAITING_FOR_ERP = "waiting_for_erp"
    """The ERP is away; it is read as soon as it is back."""
    OPEN = "open"
    ANSWERED = "answered"
    """Nothing came since the last answer."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class MailThread:
    """How the thread of a mail stands."""

    id: int
    """Of its first mail."""
    mails: int
    priority: Priority
    """The most urgent of the mails that wait."""
    last_event: int
    """Grows with whatever people do to it and with each mail."""
    owner: str | None = None
    """Handle."""
    answered_at: datetime | None = None
    """What was read by then is answered."""
    due_at: datetime | None = None
    """Until when somebody should answer; None: nobody waits."""
    done_at: datetime | None = None
    done_by: str | None = None
    mail_ids: tuple[int, ...] = ()
    """Oldest first; only of a mail that was asked for by itself."""


@dataclass(frozen=True, slots=True)
class InThread:
    """Where a mail that is being read belongs."""

    thread_id: int
    waiting: int
    """Earlier mails of the thread, written by people, that nobody has answered."""


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Every part narrows. Late threads come first, then by urgency, then the oldest."""

    needs_person: bool = False
    mail_class: MailClass | None = None
    done: bool = False
    """Also those that are done."""
    owner: str | None = None
    """Handle of whose they are: taken, or of a class in `routed` and taken by nobody."""
    routed: tuple[MailClass, ...] = ()
    late: bool = False
    """Only those whose answer is overdue."""
    limit: int = 50
