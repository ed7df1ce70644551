"""What becomes of a finding: how it stands, what happened to it, and what people said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agent.domain.findings import FindingKind, Severity


class FindingState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody said that they know; until it gets graver or comes back."""
    SNOOZED = "snoozed"
    """Put off until a time; until it gets graver."""
    FALSE_ALARM = "false_alarm"
    """Somebody said that it is none; until it gets graver or comes back."""
    RESOLVED = "resolved"
    """The last scan did not find it any more."""


#: Not shown unless asked for: somebody has dealt with it.
SET_ASIDE = (FindingState.ACKNOWLEDGED, FindingState.SNOOZED, FindingState.FALSE_ALARM)


class EventKind(StrEnum):
    """The first six come from scans, the others from people."""

    OPENED = "opened"
    UPDATED = "updated"
    ESCALATED = "escalated"
    """It got graver."""
    EASED = "eased"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    UNSNOOZED = "unsnoozed"
    ASSIGNED = "assigned"
    COMMENTED = "commented"
    MARKED_TRUE = "marked_true"
    MARKED_FALSE = "marked_false"


@dataclass(frozen=True, slots=True)
class FindingEvent:
    kind: EventKind
    at: datetime
    severity: Severity
    """At the time; of a person's word, what they were shown."""
    person: str | None = None
    """Handle; None for a scan."""
    summary: str | None = None
    """What the scan said then."""
    until: datetime | None = None
    owner: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one person says of a finding. Snoozing needs `until`, assigning `owner_id`, commenting and marking a reason."""

    kind: EventKind
    severity: Severity
    """As it was shown to them: of a finding that got graver meanwhile it does not count."""
    reason: str = ""
    until: datetime | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """A finding as the board keeps it, across scans."""

    id: int
    body: Mapping[str, Any]
    """What the scan found, as the JSON contract has it (agent.risk.rows.finding_row)."""
    state: FindingState
    opened_at: datetime
    seen_at: datetime | None
    """By the last scan that still found it; None when it is resolved: that is when it was gone."""
    changed_at: datetime
    resolved_at: datetime | None
    warehouse: str | None
    value: Decimal | None
    """At stake: the trouble's own money, or of the orders that wait."""
    currency: str | None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    owner: str | None = None
    verdict: EventKind | None = None
    """MARKED_TRUE or MARKED_FALSE, what people said last."""
    verdict_by: str | None = None
    history: tuple[FindingEvent, ...] = ()
    """Oldest first; only of a finding that was asked for by itself."""

    @property
    def label(self) -> str:
        return f"F{self.id}"


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Every part narrows; the empty filter means what is open."""

    states: tuple[FindingState, ...] = (FindingState.OPEN,)
    kinds: tuple[FindingKind, ...] = ()
    severities: tuple[Severity, ...] = ()
    warehouse: str | None = None
    """Its code, name or a part of the name that no other has; case ignored."""
    owner: str | None = None
    """Handle, case ignored."""
    order: str | None = None
    """Number of an order that it endangers, as typed."""
    since: datetime | None = None
    """Something happened to it then or later, by a scan."""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class FindingList:
    """Gravest first, of these what is at stake most; at most `limit` of `total`."""

    findings: tuple[KnownFinding, ...]
    total: int
    set_aside: Mapping[FindingState, int] = field(default_factory=dict)
    """How many the same filter would also have found in states that were not asked for, of those people put aside."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the board knows of itself."""

    as_of: datetime
    """Of the last scan: nothing it rests on is older."""
    open_orders: int
    at_risk: int
    last_full: datetime | None
    """When everything was last read anew."""
    not_seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What a scan changed on the board."""

    scan_id: int
    orders_written: int
    orders_gone: int
    opened: int = 0
    updated: int = 0
    escalated: int = 0
    eased: int = 0
    resolved: int = 0
    reopened: int = 0
