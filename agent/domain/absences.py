"""Who is away, and who stands in."""

from dataclasses import dataclass
from datetime import datetime

from agent.domain.decisions import Person


@dataclass(frozen=True, slots=True)
class Absence:
    id: int
    person: Person
    deputy: Person
    starts_at: datetime
    ends_at: datetime
    """Earlier than was said when it was ended."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who may decide with whose roles."""

    deputy: Person
    absent: Person
