"""What triage makes of one mail."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints

from agent.domain.asked_mail import DayOfMails
from agent.domain.following import OfferKind
from agent.domain.mail import MailClass, Priority, ReferenceKind, Trust
from agent.domain.mail_threads import MailEvent, MailEventKind, ThreadState
from agent.domain.mailbox import InboxMail
from app.contract.answering import MailAnswerRow, MailboxDraftRow
from app.contract.model import STORABLE, Contract, Moment


class ReferenceRow(Contract):
    kind: ReferenceKind
    value: str
    span: tuple[int, int]
    source: Literal["body", "subject", "quote", "attachment"] = "body"
    file: str | None = None
    """The attachment whose text the span is in."""


class LinkRow(Contract):
    model: str
    id: int
    name: str
    confidence: float


class AlternativeRow(Contract):
    """A class that the mail may have."""

    mail_class: MailClass = Field(alias="class")
    confidence: float


class AttachmentRow(Contract):
    """A file of the mail; `kind` is empty where no text is looked for."""

    name: str
    kind: str
    size: int
    trouble: str


class OpinionRow(Contract):
    """What a language model says the mail is. `class` is null where it said nothing readable or was not asked; `discounted` says
    why it does not count, and is empty where it does."""

    model: str
    prompt_sha256: str
    mail_class: MailClass | None = Field(alias="class")
    confidence: float
    also: MailClass | None
    evidence: tuple[str, ...]
    tokens_read: int
    tokens_written: int
    discounted: str


class ReadMailRow(Contract):
    mail_class: MailClass = Field(alias="class")
    intents: tuple[MailClass, ...]
    priority: Priority
    language: str
    confidence: float
    alternatives: tuple[AlternativeRow, ...]
    needs_person: bool
    reason: str
    automatic: bool
    trust: Trust
    flags: tuple[str, ...]
    references: tuple[ReferenceRow, ...]
    links: tuple[LinkRow, ...]
    candidates: tuple[LinkRow, ...]
    fields: dict[str, Any]
    draft: str | None
    attachments: tuple[AttachmentRow, ...] = ()
    opinion: OpinionRow | None = None
    """None where no language model reads mails."""


class TriageRow(ReadMailRow):
    file: str


class MailEventRow(Contract):
    """What somebody said or did about a mail."""

    mail: str
    """`M12`."""
    kind: MailEventKind
    at: Moment
    person: str | None
    """None: another mail of the thread, or a reply that went out."""
    mail_class: MailClass | None = Field(alias="class")
    priority: Priority | None
    record: str | None
    owner: str | None
    reason: str

    @classmethod
    def of(cls, event: MailEvent) -> Self:
        said = {"class": event.mail_class}
        return cls(
            mail=f"M{event.mail_id}",
            kind=event.kind,
            at=event.at,
            person=event.person,
            priority=event.priority,
            record=event.record.name if event.record else None,
            owner=event.owner,
            reason=event.reason,
            **said,
        )


class MailRow(Contract):
    """A mail of the shared inbox, and how its thread stands; `triage`, as people corrected it, is null until it was read."""

    id: int
    label: str
    mailbox: str
    sender: str
    subject: str
    sent_at: datetime | None
    received_at: datetime
    needs_person: bool
    state: ThreadState
    waits_since: Moment | None
    """Not read, because the ERP is away since then."""
    owner: str | None
    """Handle of who takes care of the thread."""
    priority: Priority | None
    """Of the most urgent mail of the thread that waits."""
    due_at: Moment | None
    """Until when somebody should answer; null: nobody waits."""
    late: bool
    answered_at: Moment | None
    done_at: Moment | None
    done_by: str | None
    mails: int
    """How many are in the thread."""
    thread: tuple[str, ...]
    """Their labels, oldest first; empty in lists."""
    rev: int
    """Grows with each mail of the thread and each deed; given back with a deed, that is refused when it grew meanwhile."""
    said: str
    """The beginning of its text; empty in lists."""
    events: tuple[MailEventRow, ...]
    """Oldest first; in lists only this mail's own."""
    triage: ReadMailRow | None
    answers: tuple[MailAnswerRow, ...]
    """Oldest first; empty in lists."""
    mailbox_draft: MailboxDraftRow | None
    """Null where none was wanted, and in lists."""

    @classmethod
    def of(cls, mail: InboxMail, now: datetime, *, listed: bool = False) -> Self:
        thread = mail.thread
        return cls(
            id=mail.id,
            label=mail.label,
            mailbox=mail.mailbox,
            sender=mail.sender,
            subject=mail.subject,
            sent_at=mail.sent_at,
            received_at=mail.received_at,
            needs_person=mail.needs_person,
            state=mail.state,
            waits_since=mail.waits_since,
            owner=thread.owner if thread else None,
            priority=thread.priority if thread else None,
            due_at=thread.due_at if thread else None,
            late=mail.is_late(now),
            answered_at=thread.answered_at if thread else None,
            done_at=thread.done_at if thread else None,
            done_by=thread.done_by if thread else None,
            mails=thread.mails if thread else 1,
            thread=tuple(f"M{number}" for number in thread.mail_ids) if thread else (),
            rev=thread.last_event if thread else 0,
            said="" if listed else mail.said,
            events=tuple(map(MailEventRow.of, mail.events)),
            triage=None if mail.triage is None else ReadMailRow.model_validate(mail.triage),
            answers=tuple(map(MailAnswerRow.of, mail.answers)),
            mailbox_draft=MailboxDraftRow.of(mail.mailbox_draft) if mail.mailbox_draft else None,
        )


Words = Annotated[str, StringConstraints(max_length=2_000), STORABLE]
Handle = Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), STORABLE]


class CorrectionRequest(Contract):
    """What a mail really is. At least one of class and priority, or one of `link` and `unlink`."""

    mail_class: MailClass | None = Field(default=None, alias="class")
    priority: Priority | None = None
    """Left out where the class is corrected: as far from the usual as it was."""
    link: Number | None = None
    """Number of a sale order, a purchase or a delivery; the worker looks it up."""
    unlink: Number | None = None
    """Of a record that it is linked to, or that was offered."""
    reason: Words = ""
    rev: Annotated[int, Field(ge=0)] | None = None


class CorrectionAnswer(Contract):
    """The mail as it is now; a link is entered by the worker: read what came of it at /v1/chat/{inbound_id}."""

    mail: MailRow
    inbound_id: int | None = None


class MailDeedRequest(Contract):
    """What someone does about a mail's thread."""

    kind: Literal["taken", "answered", "done", "reopened"]
    owner: Handle | None = None
    """Who takes care of it, when taken; whoever asks when left out."""
    reason: Words = ""
    rev: Annotated[int, Field(ge=0)] | None = None


class FilingRequest(Contract):
    """Every linked mail of a day on what it is about, as one group."""

    day: DayOfMails
    """In the time zone of the office."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]


class EndangeredRow(Contract):
    """A customer order that waits for what a mail is about."""

    order: str
    customer: str
    promise_date: Moment | None
    ready: Moment | None
    """If the mail is right."""
    days_late: int
    endangered: bool
    goods: str


class CustomerUpdatesRequest(Contract):
    """A message to each customer whose promise breaks because of a mail, as one group."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]


class CustomerDraftRow(Contract):
    """What a customer would be told."""

    customer: str
    to: tuple[str, ...]
    orders: tuple[str, ...]
    template: str
    """The approved one that the words come from, with its version and language."""
    text: str


class OfferRow(Contract):
    """Something that a person may have proposed because of a mail."""

    number: int
    kind: OfferKind
    title: str
    action: str
    arguments: dict[str, Any]
    reason: str
    drafts: tuple[CustomerDraftRow, ...] = ()
    """Of messages to customers."""


class FollowingRow(Contract):
    """What follows from a mail. Nothing was proposed, changed or sent."""

    label: str
    said: str
    new_date: date | None
    orders: tuple[EndangeredRow, ...]
    offers: tuple[OfferRow, ...]
    left_out: tuple[str, ...]
    """Why something is not offered."""
