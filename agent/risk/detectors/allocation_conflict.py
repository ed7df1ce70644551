"""Scarce goods are reserved for an order that can wait better, while this one breaks its promise for want of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.domain.sales import SaleOrder, Segment
from agent.risk.projection import LineOutlook
from agent.risk.situation import Situation, line_evidence
from agent.risk.snapshot import grouped
from agent.risk.wording import amount, day, listed

ZERO = Decimal(0)
PRIORITY = list(Segment)


@dataclass(frozen=True, slots=True)
class _Conflict:
    """What the order lacks of one product, and who could give it: those that are needed last in front."""

    lines: Sequence[LineOutlook]
    holders: Sequence[LineOutlook]


@dataclass(frozen=True, slots=True)
class _Gift:
    holder: LineOutlook
    amount: Decimal


def allocation_conflict(situation: Situation) -> Iterator[Finding]:
    """One finding for each product that others would have to give, when with all of it the order keeps its promise.

    Of a promise that is past: when the order ships earlier. Who is not starred gives to who is, and a customer who matters less
    to one who matters more. An order of the same rank gives when it is promised for later; one of a higher rank only where it is
    served in time, and still is with what this order waits for: else it would ask for the goods back.
    """
    promise = situation.order.promise_date
    if promise is None or not situation.breaks_promise or not situation.promised_within_horizon():
        return
    conflicts = list(_conflicts(situation))
    deadline = promise if promise >= situation.now else _soonest(situation, conflicts)
    if deadline is None or not any(conflict.holders for conflict in conflicts):
        return
    gifts = [(conflict, _asked(conflict, deadline)) for conflict in conflicts if _need(conflict, deadline) > ROUNDING]
    if all(given for _, given in gifts):
        yield from (_finding(situation, conflict, given) for conflict, given in gifts)


def _conflicts(situation: Situation) -> Iterator[_Conflict]:
    short = [line for line in situation.goods if line.short_now > ROUNDING]
    for lines in grouped(short, lambda line: (line.product_id, line.warehouse_id)).values():
        yield _Conflict(lines, _holders(situation, lines))


def _holders(situation: Situation, lines: Sequence[LineOutlook]) -> list[LineOutlook]:
    """As many as are needed: once those needed later hold enough, nobody needed earlier has to be asked."""
    found, lacking = [], sum((line.short_now for line in lines), ZERO)
    for rival in reversed(situation.projection.products[lines[0].product_id].outlooks):
        if rival.reserved > ROUNDING and _gives(situation, rival, lines[0]):
            found.append(rival)
            if rival.need_by > lines[0].need_by:
                lacking -= rival.reserved
                if lacking <= ROUNDING:
                    break
    return found


def _gives(situation: Situation, rival: LineOutlook, line: LineOutlook) -> bool:
    if rival.warehouse_id != line.warehouse_id or rival.line.order_id == situation.order.id:
        return False
    mine = not line.urgent, PRIORITY.index(situation.segment)
    its = not rival.urgent, PRIORITY.index(_segment(situation, rival))
    if its > mine:
        return True
    in_exchange = _in_time(line, rival) and _in_time(rival, rival)
    return rival.need_by > line.need_by and (its == mine or in_exchange)


def _in_time(line: LineOutlook, rival: LineOutlook) -> bool:
    """Whether what this line waits for is there when the rival needs it."""
    return line.ready is not None and line.ready <= rival.need_by


def _segment(situation: Situation, rival: LineOutlook) -> Segment:
    """Of a customer who was not read nobody can say that others matter more or less."""
    customer = situation.snapshot.customers.get(situation.snapshot.orders[rival.line.order_id].customer_id)
    return customer.segment if customer else situation.segment


def _soonest(situation: Situation, conflicts: Sequence[_Conflict]) -> datetime | None:
    """When the goods that nobody can give are there; None when that is not known, or nothing would ship earlier."""
    hopeless = [line.ready for conflict in conflicts if not conflict.holders for line in conflict.lines]
    if None in hopeless:
        return None
    soonest = max((ready for ready in hopeless if ready), default=situation.now)
    return soonest if situation.projected is None or soonest < situation.projected else None


def _need(conflict: _Conflict, deadline: datetime) -> Decimal:
    """What is not there by then."""
    lacking = ZERO
    for line in conflict.lines:
        in_time = (peg.amount for peg in line.allocation.pegs if peg.supply.expected and peg.supply.expected <= deadline)
        lacking += line.short_now - sum(in_time, ZERO)
    return lacking


def _asked(conflict: _Conflict, deadline: datetime) -> list[_Gift]:
    """Who is needed later gives first. Who is needed earlier would get what comes in time in return: it does not count then."""
    own = conflict.lines[0].need_by
    later = [holder for holder in conflict.holders if holder.need_by > own]
    everything = sum((line.short_now for line in conflict.lines), ZERO)
    return _gifts(later, _need(conflict, deadline)) or _gifts(conflict.holders, everything)


def _gifts(holders: Sequence[LineOutlook], need: Decimal) -> list[_Gift]:
    """Empty when all of them together do not hold enough."""
    gifts = []
    for holder in holders:
        given = min(holder.reserved, need)
        gifts.append(_Gift(holder, given))
        need -= given
        if need <= ROUNDING:
            return gifts
    return []


def _finding(situation: Situation, conflict: _Conflict, gifts: Sequence[_Gift]) -> Finding:
    order, line = situation.order, conflict.lines[0]
    product = situation.snapshot.products.get(line.product_id)
    subject = product.record if product else Record("product.product", line.product_id, line.line.product_name)
    lacking = amount(sum((gift.amount for gift in gifts), ZERO), line.unit)
    others = [situation.snapshot.orders[gift.holder.line.order_id] for gift in gifts]
    return Finding(
        kind=FindingKind.ALLOCATION_CONFLICT,
        severity=_severity(situation),
        order=order.record,
        subject=subject,
        since=max(order.ordered_at, min(other.ordered_at for other in others)),
        summary=f"{order.name} for {order.customer_name} ({_promise(situation, order)}) lacks {lacking} of {subject.name} "
        f"that {'is' if lacking.startswith('1 ') else 'are'} reserved for "
        f"{listed([_holder(situation, gift) for gift in gifts])}.",
        warehouse_id=line.warehouse_id,
        evidence=(
            Evidence(order.record, "commitment_date", order.promise_date.isoformat() if order.promise_date else "none"),
            *(evidence for each in conflict.lines for evidence in line_evidence(each)),
            *(evidence for gift in gifts for evidence in _evidence(situation, gift)),
        ),
    )


def _severity(situation: Situation) -> Severity:
    promise = situation.order.promise_date
    if promise is None or promise >= situation.now:
        return Severity.HIGH
    return situation.severity_of_delay(days_between(promise, situation.now, situation.zone), Severity.HIGH, Severity.CRITICAL)


def _promise(situation: Situation, order: SaleOrder) -> str:
    return f"promised for {day(order.promise_date, situation.zone)}" if order.promise_date else "promised for no day"


def _holder(situation: Situation, gift: _Gift) -> str:
    other = situation.snapshot.orders[gift.holder.line.order_id]
    segment = _segment(situation, gift.holder)
    rank = f", a {segment} customer" if segment is not situation.segment else ""
    return f"{other.name} ({other.customer_name}{rank}, {_promise(situation, other)}: {amount(gift.amount, gift.holder.unit)})"


def _evidence(situation: Situation, gift: _Gift) -> Iterator[Evidence]:
    other = situation.snapshot.orders[gift.holder.line.order_id]
    yield Evidence(other.record, "commitment_date", other.promise_date.isoformat() if other.promise_date else "none")
    for move in situation.snapshot.moves_by_sale_line.get(gift.holder.line.id, ()):
        if move.reserved and move.product_id == gift.holder.product_id:
            yield Evidence(Record("stock.move", move.id, move.reference), "reserved", str(move.reserved))
