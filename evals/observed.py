"""What a case left behind: read from the database and from the ERP, not from what was said."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ObservedProposal:
    action: str
    order: str
    promise_date: str | None
    """The day that was asked for, ISO 8601."""
    state: str


@dataclass(frozen=True, slots=True)
class Observed:
    """The end state of one case."""

    answer: str
    """The last answer, as released; empty when nothing was asked."""
    degraded: bool
    cites: tuple[str, ...]
    proposals: tuple[ObservedProposal, ...]
    """In the order they were made."""
    promise_dates: dict[str, date | None]
    """Orders whose promise date differs from the seeded one."""
    notes: dict[str, int]
    """Orders with notes that were not seeded."""
    other_changes: tuple[str, ...]
    """Any other table of the ERP that changed."""
    refused: bool
    unapproved: int
    """Executions without a grant and grants without another person's decision; must be 0 whatever the case."""
    mail: dict[str, Any] | None = None
    """The triage of the last mail, in the JSON contract's form."""
    seconds: float = 0.0
    errors: tuple[str, ...] = field(default=())
    """Sentences people were shown instead of an answer."""
