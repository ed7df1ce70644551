"""A zone's queue is older than it used to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from agent.domain.findings import Affected, Evidence, Finding, FindingKind, Severity, Trend
from agent.domain.history import FinishedPicking, History
from agent.domain.records import Record
from agent.domain.stock import Picking
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations, worst_of
from agent.risk.snapshot import grouped
from agent.risk.trend import rise
from agent.risk.wording import days, waiting_orders

OPEN = ("assigned", "confirmed", "waiting")
A_WEEK = timedelta(weeks=1)
#: Waiting transfers shown as evidence: the oldest ones.
SHOWN = 5
Ages = list[timedelta]


@dataclass(frozen=True, slots=True)
class _Queue:
    zone: Record
    waiting: Sequence[tuple[timedelta, Picking]]
    """Oldest first."""
    age: timedelta
    """Half of them have waited longer."""
    usual: timedelta
    trend: Trend


def zone_bottleneck(operations: Operations) -> Iterator[Finding]:
    """One finding for each operation type whose open transfers are older than its own queue was in the policy's past weeks.

    The past is looked at once a week, at the same hour of the same weekday: what was due then and not done yet. Nothing is said
    of a short queue, of a zone with too little past, or when accident explains the difference.
    """
    history = operations.snapshot.history
    if history is None:
        return
    finished = grouped(history.finished, lambda picking: picking.zone.id)
    queues = (picking for picking in operations.snapshot.pickings if picking.zone and picking.state in OPEN)
    for zone_id, pickings in grouped(queues, lambda picking: picking.zone.id if picking.zone else None).items():
        limits = operations.thresholds(pickings[0].warehouse_id)
        queue = _queue(operations.now, pickings, finished.get(zone_id, ()), history, limits)
        if queue:
            yield _finding(operations, queue, limits)


def _queue(
    now: datetime, pickings: Sequence[Picking], finished: Sequence[FinishedPicking], history: History, limits: Thresholds
) -> _Queue | None:
    due = [(now - _entry(picking), picking) for picking in pickings if _entry(picking) <= now]
    past = list(_past(now, pickings, finished, history, limits)) if len(due) >= limits.zone_queue_minimum else []
    if sum(bool(ages) for ages in past) * 2 < limits.zone_history_weeks:
        return None
    earlier = [age for ages in past for age in ages]
    usual, age = _median(earlier), _median([age for age, _ in due])
    trend = rise([age > usual for age, _ in due], [age > usual for age in earlier], limits)
    if trend is None or age * 100 <= usual * (100 + limits.zone_age_percent):
        return None
    zone = pickings[0].zone
    assert zone is not None
    return _Queue(zone, sorted(due, key=lambda one: one[0], reverse=True), age, usual, trend)


def _median(ages: Ages) -> timedelta:
    return timedelta(seconds=median(age.total_seconds() for age in ages))


def _entry(picking: Picking | FinishedPicking) -> datetime:
    """Nothing waits before it exists, nor before it is due."""
    return max(picking.scheduled_at, picking.created_at)


def _past(
    now: datetime, pickings: Sequence[Picking], finished: Sequence[FinishedPicking], history: History, limits: Thresholds
) -> Iterator[Ages]:
    """The queue's ages at each of the past weeks that the history reaches back to; what is open still was open then."""
    for week in range(1, limits.zone_history_weeks + 1):
        moment = now - week * A_WEEK
        if moment >= history.since:
            done_later = (moment - _entry(one) for one in finished if _entry(one) <= moment < one.done_at)
            still_open = (moment - _entry(one) for one in pickings if _entry(one) <= moment)
            yield [*done_later, *still_open]


def _finding(operations: Operations, queue: _Queue, limits: Thresholds) -> Finding:
    orders = _orders(operations, queue)
    oldest = queue.waiting[0][1]
    return Finding(
        kind=FindingKind.ZONE_BOTTLENECK,
        severity=worst_of(orders, Severity.MEDIUM),
        subject=queue.zone,
        since=_entry(oldest),
        summary=f"{len(queue.waiting)} transfers wait in {queue.zone.name}, half of them for more than {_long(queue.age)}, "
        f"where {_long(queue.usual)} was usual in the last {limits.zone_history_weeks} weeks ({queue.trend.sureness})"
        f"{waiting_orders(orders)}.",
        evidence=(
            Evidence(queue.zone, "median age of open transfers", _long(queue.age)),
            Evidence(queue.zone, "median age in past weeks", _long(queue.usual)),
            *(Evidence(one.record, "scheduled_date", one.scheduled_at.isoformat()) for _, one in queue.waiting[:SHOWN]),
        ),
        affects=orders,
        warehouse_id=oldest.warehouse_id,
        trend=queue.trend,
    )


def _orders(operations: Operations, queue: _Queue) -> tuple[Affected, ...]:
    """Those in the queue whose promise is over before the queue has moved on by what it takes now."""
    waiting = {picking.sale_order_id: None for _, picking in queue.waiting if picking.sale_order_id is not None}
    found = (operations.situations_by_order.get(order_id) for order_id in waiting)
    soon = operations.now + queue.age
    hit = [one for one in found if one and one.order.promise_date is not None and one.order.promise_date <= soon]
    orders = [one.affected(one.lines, Severity.MEDIUM) for one in hit]
    return tuple(sorted(orders, key=lambda order: (-order.days, -order.value.amount, order.order.name)))


def _long(age: timedelta) -> str:
    hours = round(age.total_seconds() / 3600)
    return days(round(hours / 24)) if hours >= 72 else "1 hour" if hours == 1 else f"{hours} hours"
