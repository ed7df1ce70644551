"""What one look at the ERP brought."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.findings import Finding, FindingKind, OrderRisk


class ScanKind(StrEnum):
    FULL = "full"
    """Everything was read anew."""
    INCREMENTAL = "incremental"
    """What changed since the last look was read, and what depends on it was judged anew."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Orders and findings of one scan. Of a full scan these are all there are, of an incremental one those that differ."""

    kind: ScanKind
    began_at: datetime
    as_of: datetime
    """Nothing that was read is older than this."""
    open_orders: int
    at_risk: int
    orders: tuple[OrderRisk, ...]
    findings: tuple[Finding, ...]
    orders_gone: frozenset[int] = frozenset()
    """Ids of orders that are not at risk any more; a full scan leaves it empty: whoever is not in `orders` is gone."""
    resolved: frozenset[str] = frozenset()
    """Fingerprints of troubles that are over; a full scan leaves it empty likewise."""
    not_seen: tuple[str, ...] = ()
    """A sentence for each thing that was not looked at, and why."""
    unjudged: frozenset[FindingKind] = frozenset()
    """Kinds that rest on what was not looked at. Those that were open stay open, though they were not found; so do their orders
    at risk."""
    open_ids: frozenset[int] = frozenset()
    """Of every order that is open; without them no order counts as open any more."""
    missed: tuple[str, ...] = ()
    """Of a full scan: what the incremental ones before it had not noticed, a sentence each."""
    calls: int = 0
    """Sent to the ERP."""
