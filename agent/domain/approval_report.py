"""How people decide: whether they are asked too often, and whether they read what they approve."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.domain.decisions import Proposal


@dataclass(frozen=True, slots=True)
class Refusal:
    """A click that was refused."""

    person: str
    proposal_id: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalRecords:
    """What happened since a moment."""

    proposals: tuple[Proposal, ...]
    shown: dict[tuple[int, int], datetime]
    """By number of proposal and person: when they first saw it."""
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class ApproverHabit:
    person: str
    requests: int
    """That this person could have decided on."""
    busiest_day: date | None
    busiest: int
    """Requests on that day (UTC)."""
    days_over_budget: int
    """0 without a budget."""
    decisions: int
    quick: int
    """Approvals under 5 seconds after the request was shown to them or, if it was not, made."""
    always_quick: bool
    """Several approvals, and each of them so."""


@dataclass(frozen=True, slots=True)
class RuleHabit:
    rule: str
    approvals: int
    rejections: int
    never_rejects: bool
    """Decided on often, and never with a no: perhaps nobody has to be asked."""


@dataclass(frozen=True, slots=True)
class Rejection:
    label: str
    person: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class ApprovalReport:
    since: datetime
    until: datetime
    budget_per_day: int | None
    requests: int
    decided: int
    """Approved or rejected to the end."""
    median_time: timedelta | None
    """From request to last decision; None when nothing was decided."""
    p90_time: timedelta | None
    approved_unchanged: float | None
    """Share of the decided that were approved as they were asked for."""
    edited: float | None
    """Share of the requests that an approver replaced by a revision."""
    approvers: tuple[ApproverHabit, ...]
    rules: tuple[RuleHabit, ...]
    rejections: tuple[Rejection, ...]
    comments: int
    refused: dict[str, int]
    """Refused clicks by kind."""
