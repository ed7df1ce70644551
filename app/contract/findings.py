"""A finding with its life."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from agent.domain.finding_life import EventKind, FindingEvent, FindingList, FindingState, KnownFinding, Standing
from agent.domain.findings import Severity
from app.contract.model import STORABLE, Contract, Moment, RecordRow
from app.contract.risk import CostRow, FindingRow, HarmRow


class SubjectRow(RecordRow):
    url: str | None


class FindingEventRow(Contract):
    kind: EventKind
    at: Moment
    severity: Severity
    person: str | None
    """None: a scan."""
    summary: str | None
    until: Moment | None
    owner: str | None
    reason: str

    @classmethod
    def of(cls, event: FindingEvent) -> "FindingEventRow":
        return cls(
            kind=event.kind,
            at=event.at,
            severity=event.severity,
            person=event.person,
            summary=event.summary,
            until=event.until,
            owner=event.owner,
            reason=event.reason,
        )


class KnownFindingRow(FindingRow):
    label: str
    """`F12`, as commands accept it."""
    subject: SubjectRow
    order: str | None
    """Whose own trouble it is; None when it is nobody's or several orders'."""
    affects: tuple[HarmRow, ...]
    at_stake: CostRow | None
    sureness: str | None
    warehouse: str | None
    value: float | None
    """Of what waits, or what the trouble itself is about; None also for whoever may not see prices."""
    currency: str | None
    opened_at: Moment
    seen_at: Moment | None
    changed_at: Moment
    resolved_at: Moment | None
    acknowledged_by: str | None
    snoozed_until: Moment | None
    owner: str | None
    verdict: EventKind | None
    verdict_by: str | None
    history: tuple[FindingEventRow, ...]
    """Oldest first; empty in lists."""

    @classmethod
    def of(cls, finding: KnownFinding) -> "KnownFindingRow":
        return cls.model_validate(
            dict(finding.body)
            | {
                "id": finding.id,
                "state": finding.state,
                "label": finding.label,
                "warehouse": finding.warehouse,
                "value": None if finding.value is None else float(round(finding.value, 2)),
                "currency": finding.currency,
                "opened_at": finding.opened_at,
                "seen_at": finding.seen_at,
                "changed_at": finding.changed_at,
                "resolved_at": finding.resolved_at,
                "acknowledged_by": finding.acknowledged_by,
                "snoozed_until": finding.snoozed_until,
                "owner": finding.owner,
                "verdict": finding.verdict,
                "verdict_by": finding.verdict_by,
                "history": tuple(map(FindingEventRow.of, finding.history)),
            }
        )


class FindingsRow(Contract):
    as_of: Moment | None
    """None before the first scan."""
    total: int
    """How many the filter finds; `findings` has the first of them."""
    set_aside: Mapping[FindingState, int]
    """How many more it finds that somebody acknowledged, snoozed or called a false alarm."""
    findings: tuple[KnownFindingRow, ...]

    @classmethod
    def of(cls, found: FindingList, standing: Standing | None) -> "FindingsRow":
        return cls(
            as_of=standing.as_of if standing else None,
            total=found.total,
            set_aside=found.set_aside,
            findings=tuple(map(KnownFindingRow.of, found.findings)),
        )


class DeedRequest(Contract):
    """What someone says of a finding."""

    kind: Literal["acknowledged", "snoozed", "unsnoozed", "assigned", "commented", "marked_true", "marked_false"]
    severity: Severity
    """As it was shown to them; of a finding that got graver meanwhile nothing is recorded."""
    reason: Annotated[str, StringConstraints(max_length=2_000), STORABLE] = ""
    """Needed to comment and to mark."""
    until: AwareDatetime | None = None
    """Needed to snooze."""
    owner: Annotated[str, StringConstraints(max_length=64), STORABLE] | None = None
    """Handle of whom it is assigned to."""
