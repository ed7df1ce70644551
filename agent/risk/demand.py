"""Which customers' orders a trouble of purchasing hits: those that lack the goods, or would, were they to come later."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.calendars import days_between
from agent.domain.findings import Affected, Severity
from agent.domain.quantity import ROUNDING
from agent.risk.operations import Operations, Waiting
from agent.risk.outlooks import LineOutlook
from agent.risk.situation import Situation
from agent.risk.snapshot import grouped


def lacking(operations: Operations, product_id: int, warehouse_id: int | None) -> tuple[Affected, ...]:
    """Orders with a line of the product that nothing covers, neither stock nor supply; in any warehouse when it is None."""
    found = []
    for situation in operations.waiting_by_product.get(product_id, ()):
        lines = [line for line in situation.goods if _lacks(line, product_id, warehouse_id)]
        if lines:
            found.append(situation.affected(lines, Severity.HIGH if situation.breaks_promise else Severity.MEDIUM))
    return costliest_first(found)


def broken_by(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Those whose promise is over before this very supply is there."""
    return [each for each in waiting if (promise := _promise(each)) and each.peg.supply.expected and promise < _expected(each)]


def broken_if_later(waiting: Iterable[Waiting], days: int) -> tuple[Affected, ...]:
    """Orders in time as things stand that would miss their promise, were these supplies `days` later; with how late then."""
    by_order = grouped((each for each in waiting if each.peg.supply.expected), lambda each: each.situation.order.id)
    found = [_if_later(each, timedelta(days=days)) for each in by_order.values()]
    return costliest_first(order for order in found if order)


def left_out(waiting: Iterable[Waiting], share: Decimal) -> tuple[Affected, ...]:
    """Orders that would lack goods, came each of these supplies short by that share; who needs them first is served first."""
    short: list[Waiting] = []
    for rivals in grouped(waiting, lambda each: id(each.peg.supply)).values():
        rest = rivals[0].peg.supply.amount * (1 - share)
        for each in sorted(rivals, key=lambda each: (each.line.need_by, each.line.line.id)):
            rest -= each.peg.amount
            if rest < -ROUNDING:
                short.append(each)
    by_order = grouped(short, lambda each: each.situation.order.id).values()
    return costliest_first(_severely(each, Severity.MEDIUM) for each in by_order)


def each_once(orders: Iterable[Affected]) -> tuple[Affected, ...]:
    """An order that several goods are missing for stands once, with their values added up."""
    found: dict[int, Affected] = {}
    for order in orders:
        known = found.get(order.order.id)
        found[order.order.id] = replace(order, value=known.value + order.value) if known else order
    return costliest_first(found.values())


def costliest_first(orders: Iterable[Affected]) -> tuple[Affected, ...]:
    """The longest late first, then the most valuable."""
    return tuple(sorted(orders, key=lambda order: (-order.days, -order.value.amount, order.order.name)))


def _lacks(line: LineOutlook, product_id: int, warehouse_id: int | None) -> bool:
    here = warehouse_id is None or line.warehouse_id == warehouse_id
    return here and line.product_id == product_id and line.unsupplied > ROUNDING


def _promise(each: Waiting) -> datetime | None:
    return each.situation.order.promise_date


def _expected(each: Waiting) -> datetime:
    assert each.peg.supply.expected is not None
    return each.peg.supply.expected


def _if_later(waiting: list[Waiting], delay: timedelta) -> Affected | None:
    situation: Situation = waiting[0].situation
    promise = situation.order.promise_date
    later = max(_expected(each) for each in waiting) + delay
    if promise is None or situation.breaks_promise or later <= promise:
        return None
    return replace(_severely(waiting, Severity.MEDIUM), days=days_between(promise, later, situation.zone))


def _severely(waiting: list[Waiting], severity: Severity) -> Affected:
    lines = {each.line.line.id: each.line for each in waiting}
    return waiting[0].situation.affected(list(lines.values()), severity)
