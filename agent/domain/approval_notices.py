"""What was said to whom about an approval that waits."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.absences import StandIn
from agent.domain.decisions import Role


class NoticeKind(StrEnum):
    REMINDER = "reminder"
    ESCALATION = "escalation"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class ApprovalNotice:
    proposal_id: int
    step: int
    """From 0."""
    kind: NoticeKind
    number: int
    """From 1; of reminders there are at most three for a step."""
    roles: tuple[Role, ...]
    """Whom it is for."""
    at: datetime | None = None
    """None: not noted yet."""
    deputies: tuple[StandIn, ...] = ()
    """Whom it is for as well, because they can decide for somebody who is away."""
