"""Whom we write to, and what we ask colleagues to do."""

from dataclasses import dataclass
from datetime import date

from agent.domain.records import Record


@dataclass(frozen=True, slots=True)
class Contact:
    """Someone outside."""

    id: int
    name: str
    email: str | None
    language: str = "en"
    """ISO 639-1, for what is written to them."""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.email else self.name


@dataclass(frozen=True, slots=True)
class Colleague:
    """A user of the ERP."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that a colleague is asked to do about a record."""

    id: int
    summary: str
    owner: str
    due: date


@dataclass(frozen=True, slots=True)
class Case:
    """A trouble that somebody owns until it is solved."""

    record: Record
    open: bool
