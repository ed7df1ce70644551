"""The same goods are written off again and again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.calendars import day_of
from agent.domain.findings import Evidence, Finding, FindingKind, Severity, Trend
from agent.domain.history import Scrap
from agent.domain.records import Record
from agent.guardrails.policy import Thresholds
from agent.risk.credit import sums
from agent.risk.operations import Operations
from agent.risk.snapshot import grouped
from agent.risk.trend import trend
from agent.risk.wording import amount

#: Write-offs shown as evidence: the latest ones.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Cluster:
    scraps: Sequence[Scrap]
    """Within the window, oldest first."""
    trend: Trend | None
    """Days with a write-off beside those before; None when there is too little past."""
    unusual: bool
    """Nothing says that it was always so."""


def damage_cluster(operations: Operations) -> Iterator[Finding]:
    """One finding for each product written off as often as the policy says within its window; the lot is named that stands out.

    It is minor where the product's own past is no better.
    """
    history = operations.snapshot.history
    for scraps in grouped(history.scraps if history else (), lambda scrap: scrap.product_id).values():
        places = {scrap.warehouse_id for scrap in scraps}
        limits = operations.thresholds(places.pop() if len(places) == 1 else None)
        start = operations.now - timedelta(days=limits.damage_window_days)
        recent = sorted((scrap for scrap in scraps if scrap.at >= start), key=lambda scrap: (scrap.at, scrap.id))
        if history and len(recent) >= limits.damage_count:
            before = [scrap for scrap in scraps if scrap.at < start]
            yield _finding(_cluster(operations, recent, before, start, history.since, limits), limits)


def _cluster(
    operations: Operations,
    recent: Sequence[Scrap],
    before: Sequence[Scrap],
    start: datetime,
    since: datetime,
    limits: Thresholds,
) -> _Cluster:
    """Days are compared, not documents: three write-offs of one fallen pallet are one event."""
    past_days = (start - since).days
    if past_days < limits.trend_minimum_past:
        return _Cluster(recent, None, unusual=True)
    bad, bad_before = (
        len({day_of(scrap.at, operations.zone(scrap.warehouse_id)) for scrap in scraps}) for scraps in (recent, before)
    )
    found = trend(min(bad, limits.damage_window_days), limits.damage_window_days, min(bad_before, past_days), past_days)
    return _Cluster(recent, found, unusual=found.chance * 100 <= limits.trend_chance_percent)


def _finding(cluster: _Cluster, limits: Thresholds) -> Finding:
    scraps = cluster.scraps
    first, worth = scraps[0], sums(scrap.value for scrap in scraps if scrap.value)
    lost = amount(sum((scrap.quantity.amount for scrap in scraps), Decimal(0)), first.quantity.unit)
    places = {scrap.warehouse_id for scrap in scraps}
    return Finding(
        kind=FindingKind.DAMAGE_CLUSTER,
        severity=Severity.MEDIUM if cluster.unusual else Severity.LOW,
        subject=Record("product.product", first.product_id, first.product_name),
        since=first.at,
        summary=f"{first.product_name} was written off {len(scraps)} times in {limits.damage_window_days} days "
        f"({lost}{f' worth {worth[0]}' if worth else ''}){_lot(scraps, limits)}{_before(cluster)}.",
        evidence=tuple(evidence for scrap in scraps[-SHOWN:] for evidence in _evidence(scrap)),
        at_stake=worth[0] if worth else None,
        warehouse_id=places.pop() if len(places) == 1 else None,
        trend=cluster.trend,
    )


def _lot(scraps: Sequence[Scrap], limits: Thresholds) -> str:
    lots = Counter(scrap.lot for scrap in scraps if scrap.lot)
    name, times = lots.most_common(1)[0] if lots else ("", 0)
    return f", {times} times from lot {name}" if times >= limits.damage_count else ""


def _before(cluster: _Cluster) -> str:
    if cluster.trend is None:
        return ""
    earlier = f"on {cluster.trend.bad_before} of {cluster.trend.of_before} days"
    return f"; before, {earlier}: {cluster.trend.sureness}" if cluster.unusual else f"; no more often than before ({earlier})"


def _evidence(scrap: Scrap) -> Iterator[Evidence]:
    lot = f" of lot {scrap.lot}" if scrap.lot else ""
    yield Evidence(scrap.record, "scrap_qty", f"{scrap.quantity}{lot}")
    yield Evidence(scrap.record, "date_done", scrap.at.isoformat())
