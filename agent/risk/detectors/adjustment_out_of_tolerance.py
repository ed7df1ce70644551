"""A stock count that was off by more than a count may be."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from agent.domain.findings import Affected, Evidence, Finding, FindingKind, Severity
from agent.domain.history import Adjustment
from agent.risk.operations import Operations, worst_of
from agent.risk.snapshot import grouped
from agent.risk.wording import amount, day, waiting_orders


def adjustment_out_of_tolerance(operations: Operations) -> Iterator[Finding]:
    """One finding for each adjustment of the policy's window that is worth more than its tolerance, at cost.

    What was counted back within the window is none: goods that were found in the next aisle were never lost.
    """
    history = operations.snapshot.history
    by_place = grouped(history.adjustments if history else (), lambda one: (one.product_id, one.warehouse_id))
    for (_, warehouse_id), adjustments in by_place.items():
        limits = operations.thresholds(warehouse_id)
        start = operations.now - timedelta(days=limits.event_window_days)
        recent = [one for one in adjustments if one.at >= start]
        tolerance = Decimal(limits.adjustment_value)
        if abs(sum((_signed(one) for one in recent), Decimal(0))) > tolerance:
            yield from (_finding(operations, one) for one in recent if abs(_signed(one)) > tolerance)


def _signed(adjustment: Adjustment) -> Decimal:
    """At cost, negative when goods were missing; nothing where the cost is not told."""
    value = adjustment.value.amount if adjustment.value else Decimal(0)
    return -value if adjustment.change.amount < 0 else value


def _finding(operations: Operations, one: Adjustment) -> Finding:
    zone = operations.zone(one.warehouse_id)
    lost = one.change.amount < 0
    orders = _short(operations, one) if lost else ()
    verb, by = ("missing" if lost else "too many"), f" by {one.by}" if one.by else ""
    return Finding(
        kind=FindingKind.ADJUSTMENT_OUT_OF_TOLERANCE,
        severity=worst_of(orders, Severity.MEDIUM if lost else Severity.LOW),
        subject=one.record,
        since=one.at,
        summary=f"{amount(abs(one.change.amount), one.change.unit)} of {one.product_name} worth {one.value} were {verb} when "
        f"{operations.snapshot.warehouse_name(one.warehouse_id)} counted on {day(one.at, zone)}{by}{waiting_orders(orders)}.",
        evidence=(
            Evidence(one.record, "quantity", str(one.change)),
            Evidence(one.record, "value", str(one.value)),
            Evidence(one.record, "date", one.at.isoformat()),
        ),
        affects=orders,
        at_stake=one.value,
        warehouse_id=one.warehouse_id,
    )


def _short(operations: Operations, one: Adjustment) -> tuple[Affected, ...]:
    """Older orders that lack the product there and miss their promise: they may have counted on what was missing."""
    found = []
    for situation in operations.waiting_by_product.get(one.product_id, ()):
        goods = [line for line in situation.goods if line.product_id == one.product_id and line.warehouse_id == one.warehouse_id]
        if situation.order.ordered_at < one.at and situation.breaks_promise and any(line.short_now > 0 for line in goods):
            found.append(situation.affected(goods, Severity.MEDIUM))
    return tuple(sorted(found, key=lambda order: (-order.days, -order.value.amount, order.order.name)))
