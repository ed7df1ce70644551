"""What triage makes of one mail."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from agent.domain.mail import MailClass, Priority, ReferenceKind, Trust
from agent.domain.mailbox import InboxMail
from app.contract.model import Contract


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


class TriageRow(ReadMailRow):
    file: str


class MailRow(Contract):
    """A mail of the shared inbox; `triage` is null until it was read."""

    id: int
    label: str
    mailbox: str
    sender: str
    subject: str
    sent_at: datetime | None
    received_at: datetime
    needs_person: bool
    triage: ReadMailRow | None

    @classmethod
    def of(cls, mail: InboxMail) -> Self:
        return cls(
            id=mail.id,
            label=f"M{mail.id}",
            mailbox=mail.mailbox,
            sender=mail.sender,
            subject=mail.subject,
            sent_at=mail.sent_at,
            received_at=mail.received_at,
            needs_person=mail.needs_person,
            triage=None if mail.triage is None else ReadMailRow.model_validate(mail.triage),
        )
