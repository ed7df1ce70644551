"""Questions, and answers that are released sentence by sentence."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Inbound:
    """Something a person sent, as `serve` stored it. Who asked is taken from here and nowhere else."""

    id: int
    kind: str
    """`chat`, `undo` or `propose`."""
    person_id: int
    conversation_id: str
    text: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """What a sentence rests on: an ERP record, or a section of a document."""

    source: str
    """`S00042` or `returns.md`."""
    detail: str
    """Model and id of the record, or the section's heading."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, once its last sentence was released."""

    text: str
    degraded: bool
    """True when rules worded it because no model is configured or it failed."""
    as_of: datetime
    citations: tuple[Citation, ...] = ()
    proposals: tuple[int, ...] = ()
    withheld: tuple[str, ...] = ()
    """Sentences that no tool result supported; logged, never shown."""


class PartKind(StrEnum):
    """What can be released of a turn, in order."""

    STATUS = "status"
    SENTENCE = "sentence"
    FINAL = "final"
    FAILED = "failed"


Released = tuple[PartKind, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One released piece of the answer to one inbound row."""

    seq: int
    kind: PartKind
    body: dict[str, Any]
    """sentence/status/failed: `{"text": …}`; final: the whole answer as the CLI's `chat` JSON."""
