"""A zone's queue is older than it used to be."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from agent.domain.findings import Affected, Evidence, Finding, FindingKind, Severity, Trend
from agent.domain.history import History
from agent.domain.records import Record
from agent.domain.stock import Picking, PickingKind
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations, worst_of
from agent.risk.snapshot import grouped
from agent.risk.trend import trend
from agent.risk.wording import days, waiting_orders

OPEN = ("assigned", "confirmed", "waiting")
A_DAY = timedelta(days=1)
DAYS_A_WEEK = 7
#: Waiting transfers shown as evidence: the oldest ones.
SHOWN = 5

_Wait = tuple[datetime, datetime]
"""When a finished transfer began to wait, and when it was done."""


@dataclass(frozen=True, slots=True)
class _Queue:
    zone: Record
    waiting: Sequence[tuple[timedelta, Picking]]
    """Oldest first."""
    age: timedelta
    """Half of them have waited longer."""
    usual: timedelta
    """Half of what was finished had waited longer by then."""
    trend: Trend
    """This look at the queue beside those of the days before: whether it was as old as now."""


def zone_bottleneck(operations: Operations) -> Iterator[Finding]:
    """One finding for each operation type whose open transfers are older than what it usually finishes, and than its queue was.

    The queue is compared with itself at the same time of day, on each day of the policy's past weeks: what was due then and not
    done yet. A zone that starts late every morning, or every Monday, has no bottleneck then. Nothing is said of a short queue, of
    a zone with too little past, or when accident explains the difference. Receipts wait for vendors, not for hands.
    """
    history = operations.snapshot.history
    if history is None:
        return
    queues = (one for one in operations.snapshot.pickings if one.state in OPEN and one.kind is not PickingKind.RECEIPT)
    for zone_id, pickings in grouped(queues, lambda picking: picking.zone.id if picking.zone else None).items():
        limits = operations.thresholds(pickings[0].warehouse_id)
        now = operations.now.astimezone(operations.zone(pickings[0].warehouse_id))
        queue = _queue(now, pickings, history.waits_by_zone.get(zone_id, ()), history, limits)
        if queue:
            yield _finding(operations, queue, limits)


def _queue(
    now: datetime, pickings: Sequence[Picking], finished: Sequence[_Wait], history: History, limits: Thresholds
) -> _Queue | None:
    due = [(now - entered, picking) for picking in pickings if (entered := _entry(picking)) <= now]
    if len(due) < limits.zone_queue_minimum or len(finished) < limits.trend_minimum_past:
        return None
    age = _median([age for age, _ in due])
    usual = _median([max(done - entered, timedelta()) for entered, done in finished if done > now - _past(limits)])
    if age < timedelta(hours=limits.zone_age_hours) or age * 100 <= usual * (100 + limits.zone_age_percent):
        return None
    looks = _looks(now, pickings, finished, history, limits)
    found = trend(1, 1, sum(before >= age for before in looks), len(looks))
    if len(looks) * 2 < _past(limits).days or found.chance * 100 > limits.trend_chance_percent:
        return None
    zone = pickings[0].zone
    assert zone is not None
    return _Queue(zone, sorted(due, key=lambda one: one[0], reverse=True), age, usual, found)


def _past(limits: Thresholds) -> timedelta:
    return timedelta(weeks=limits.zone_history_weeks)


def _median(ages: Sequence[timedelta]) -> timedelta:
    """Nothing when there is nothing: an empty queue is a fresh one."""
    return timedelta(seconds=median(age.total_seconds() for age in ages)) if ages else timedelta()


def _entry(picking: Picking) -> datetime:
    """Nothing waits before it exists, nor before it is due."""
    return max(picking.scheduled_at, picking.created_at)


def _looks(
    now: datetime, pickings: Sequence[Picking], finished: Sequence[_Wait], history: History, limits: Thresholds
) -> list[timedelta]:
    """The queue's age at this time of each day since the zone's past begins, within the policy's weeks.

    `now` is in the warehouse's own zone, so that the hour is the same when clocks change. What is open still was open then.
    """
    begins = max(history.since, min(entered for entered, _ in finished))
    days_before = (now - number * A_DAY for number in range(limits.zone_history_weeks * DAYS_A_WEEK, 0, -1))
    looks = [moment for day in days_before if (moment := day.astimezone(UTC)) >= begins]
    ages: list[list[timedelta]] = [[] for _ in looks]
    for entered, done in (*finished, *((_entry(one), now) for one in pickings)):
        for number in range(bisect_left(looks, entered), bisect_left(looks, done)):
            ages[number].append(looks[number] - entered)
    return [_median(each) for each in ages]


def _finding(operations: Operations, queue: _Queue, limits: Thresholds) -> Finding:
    orders = _orders(operations, queue)
    oldest = queue.waiting[0][1]
    return Finding(
        kind=FindingKind.ZONE_BOTTLENECK,
        severity=worst_of(orders, Severity.MEDIUM),
        subject=queue.zone,
        since=_entry(oldest),
        summary=f"{len(queue.waiting)} transfers wait in {queue.zone.name}, half of them for more than {_long(queue.age)}, "
        f"where {_long(queue.usual)} is usual; at this time of day {_rarity(queue.trend)} "
        f"of the last {limits.zone_history_weeks} weeks ({queue.trend.sureness}){waiting_orders(orders)}.",
        evidence=(
            Evidence(queue.zone, "median age of open transfers", _long(queue.age)),
            Evidence(queue.zone, "median wait of finished transfers", _long(queue.usual)),
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


def _rarity(trend: Trend) -> str:
    """`they had waited so long on 2 of the 56 days`."""
    return f"they had waited so long on {trend.bad_before or 'none'} of the {trend.of_before} days"


def _long(age: timedelta) -> str:
    hours = round(age.total_seconds() / 3600)
    return (
        days(round(hours / 24)) if hours >= 72 else "1 hour" if hours == 1 else f"{hours} hours" if hours else "less than an hour"
    )
