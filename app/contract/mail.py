"""What triage makes of one mail."""

from typing import Any

from pydantic import Field

from agent.domain.mail import MailClass, Priority, ReferenceKind, Trust
from app.contract.model import Contract


class ReferenceRow(Contract):
    kind: ReferenceKind
    value: str
    span: tuple[int, int]


class LinkRow(Contract):
    model: str
    id: int
    name: str
    confidence: float


class AlternativeRow(Contract):
    """A class that the mail may have."""

    mail_class: MailClass = Field(alias="class")
    confidence: float


class TriageRow(Contract):
    file: str
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
