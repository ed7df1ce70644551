"""From a purchase, a receipt, a vendor or a product to the customer orders it endangers, also if it came on another date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.domain.calendars import told_in
from agent.domain.findings import Severity
from agent.domain.impact import Impact, ImpactedOrder
from agent.domain.money import Money
from agent.domain.records import Record
from agent.domain.sales import Segment
from agent.guardrails.policy import Policy
from agent.risk.credit import sums
from agent.risk.customer_update import customer_update
from agent.risk.outlooks import LineOutlook
from agent.risk.projection import Projection, project, project_product
from agent.risk.ranking import score
from agent.risk.situation import Situation, situations
from agent.risk.snapshot import Snapshot
from agent.risk.supply import Supply
from agent.risk.terms import terms_of
from agent.risk.wording import amount, listed


@dataclass(frozen=True, slots=True)
class Cause:
    """What something might be late because of: supply that is named, or all supply of some products."""

    record: Record
    said: str
    purchase_line_ids: frozenset[int] = frozenset()
    picking_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    """Every order that lacks one of these waits, whatever it waits for."""

    def brings(self, supply: Supply) -> bool:
        by_purchase = supply.purchase is not None and supply.purchase.id in self.purchase_line_ids
        return by_purchase or (supply.move is not None and supply.move.picking_id in self.picking_ids)

    def stops(self, line: LineOutlook) -> bool:
        if line.product_id in self.product_ids and line.short_now > 0:
            return True
        return any(self.brings(peg.supply) for peg in line.allocation.pegs)


def impact(snapshot: Snapshot, policy: Policy, cause: Cause, new_date: datetime | None = None) -> Impact:
    """The orders of the snapshot that wait for the cause, or are served later once it comes on the new date. Pure."""
    terms = terms_of(policy, snapshot)
    before = project(snapshot, terms)
    then, after = snapshot, before
    if new_date is not None:
        then = _moved(snapshot, cause, new_date)
        touched = {move.product_id for move in then.moves if _is_moved(then, cause, move.id)}
        touched |= {line.product_id for line in then.purchase_lines if line.id in cause.purchase_line_ids}
        after = before.replacing(project_product(then, product_id, terms) for product_id in touched)
    found = list(_impacted(snapshot, policy, cause, before, after))
    ranked = sorted(found, key=lambda order: (not order.endangered, -order.score, order.order.name))
    endangered = sums(order.value for order in ranked if order.endangered)
    return Impact(cause.record, cause.said, new_date, snapshot.now, tuple(ranked), endangered, tuple(snapshot.not_seen))


def _is_moved(snapshot: Snapshot, cause: Cause, move_id: int) -> bool:
    move = snapshot.moves_by_id[move_id]
    return move.picking_id in cause.picking_ids or move.purchase_line_id in cause.purchase_line_ids


def _moved(snapshot: Snapshot, cause: Cause, new_date: datetime) -> Snapshot:
    """The same moment, if what the cause brings were announced for the new date."""
    purchased = {
        snapshot.moves_by_id[move.id].purchase_line_id for move in snapshot.moves if move.picking_id in cause.picking_ids
    }
    promised = cause.purchase_line_ids | {line_id for line_id in purchased if line_id is not None}
    moves = [replace(move, expected_at=new_date) if _is_moved(snapshot, cause, move.id) else move for move in snapshot.moves]
    lines = [
        replace(line, vendor_promise_date=new_date, receipt_expected_at=new_date if line.receipt_expected_at else None)
        if line.id in promised
        else line
        for line in snapshot.purchase_lines
    ]
    return replace(snapshot, moves=moves, purchase_lines=lines)


def _impacted(snapshot: Snapshot, policy: Policy, cause: Cause, before: Projection, after: Projection) -> Iterable[ImpactedOrder]:
    was = {situation.order.id: situation for situation in situations(snapshot, before, policy.limits)}
    for situation in situations(snapshot, after, policy.limits):
        old = was[situation.order.id]
        ready_then = _ready_by_line(old)
        waiting = [
            line for line in situation.goods if cause.stops(line) or line.ready != ready_then.get((line.line.id, line.product_id))
        ]
        if waiting:
            yield _order(situation, old, waiting)


def _ready_by_line(situation: Situation) -> Mapping[tuple[int, int], datetime | None]:
    return {(line.line.id, line.product_id): line.ready for line in situation.goods}


def _order(situation: Situation, before: Situation, waiting: Sequence[LineOutlook]) -> ImpactedOrder:
    order, endangered = situation.order, situation.breaks_promise
    value = _value(waiting)
    goods = listed([f"{amount(line.short_now, line.unit)} of {situation.product_name(line)}" for line in waiting])
    language = situation.customer.language if situation.customer else "en"
    return ImpactedOrder(
        order=order.record,
        customer_id=order.customer_id,
        customer_name=order.customer_name,
        promise_date=told_in(order.promise_date, situation.zone),
        ready_before=told_in(before.projected, situation.zone),
        ready_after=told_in(situation.projected, situation.zone),
        days_late=situation.days_late if endangered else 0,
        endangered=endangered,
        goods=goods,
        line_ids=tuple(dict.fromkeys(line.line.id for line in waiting)),
        value=value,
        score=score(
            situation.days_late if endangered else 0, value.amount, situation.segment, _weight(situation), situation.thresholds
        ),
        language=language,
        draft=customer_update(situation, waiting) if endangered else None,
    )


def _weight(situation: Situation) -> Severity:
    if not situation.breaks_promise:
        return Severity.LOW
    return Severity.CRITICAL if situation.segment is Segment.STRATEGIC else Severity.HIGH


def _value(waiting: Sequence[LineOutlook]) -> Money:
    by_line = {line.line.id: line.line.outstanding_value for line in waiting}
    first, *rest = by_line.values()
    return sum(rest, first)
