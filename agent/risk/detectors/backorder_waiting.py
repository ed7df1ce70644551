"""The rest of a delivery that went out in part waits too long, or for nothing that is in sight."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.quantity import ROUNDING
from agent.domain.records import Record
from agent.domain.stock import Picking, PickingKind
from agent.risk.projection import LineOutlook
from agent.risk.situation import Situation, line_evidence
from agent.risk.wording import ago, amount, day, listed

OPEN = ("assigned", "confirmed", "waiting")


def backorder_waiting(situation: Situation) -> Iterator[Finding]:
    """One finding for each backorder that is older than the policy allows, or whose goods have no date.

    Goods that lie ready for a promise still to come do not wait. What waits for another backorder of the order is left out.
    """
    pickings = situation.snapshot.pickings_by_order.get(situation.order.id, ())
    rests = [picking for picking in pickings if picking.backorder_of is not None and _leaves(picking)]
    first = [picking for picking in rests if picking.state != "waiting"]
    oldest = situation.now - timedelta(days=situation.thresholds.backorder_days)
    for picking in first or rests:
        goods = _goods(situation, picking)
        old = picking.created_at < oldest and _waits(situation, goods)
        if old or any(line.ready is None for line in goods):
            yield _finding(situation, picking, goods)


def _leaves(picking: Picking) -> bool:
    return picking.kind is not PickingKind.RECEIPT and picking.state in OPEN


def _waits(situation: Situation, goods: Sequence[LineOutlook]) -> bool:
    promise = situation.order.promise_date
    return promise is None or promise < situation.now or any(line.short_now > ROUNDING for line in goods)


def _goods(situation: Situation, picking: Picking) -> list[LineOutlook]:
    """The order's lines that it carries; all of them where it does not say."""
    carried = {move.sale_line_id for move in situation.snapshot.moves_by_picking.get(picking.id, ())}
    return [line for line in situation.lines if line.line.id in carried] or list(situation.lines)


def _finding(situation: Situation, picking: Picking, goods: Sequence[LineOutlook]) -> Finding:
    order = situation.order
    rest = listed([f"{amount(line.outstanding, line.line.ordered.unit)} of {situation.product_name(line)}" for line in goods], 2)
    undated = any(line.ready is None for line in goods)
    waited = ago(days_between(picking.created_at, situation.now, situation.zone))
    return Finding(
        kind=FindingKind.BACKORDER_WAITING,
        severity=Severity.HIGH if undated and situation.promised_within_horizon() else Severity.MEDIUM,
        order=order.record,
        subject=picking.record,
        since=picking.created_at,
        summary=f"{order.customer_name} got {order.name} in part; the rest ({rest}, {picking.name}) waits since "
        f"{day(picking.created_at, situation.zone)} ({waited}) and {_outlook(situation, goods)}.",
        warehouse_id=picking.warehouse_id,
        evidence=(
            Evidence(picking.record, "backorder_id", _earlier(situation, picking).name),
            Evidence(picking.record, "create_date", picking.created_at.isoformat()),
            Evidence(picking.record, "state", picking.state),
            *(evidence for line in goods for evidence in line_evidence(line)),
        ),
    )


def _earlier(situation: Situation, picking: Picking) -> Record:
    """The delivery that it is the rest of; usually done, and then only its number in the ERP is known."""
    number = picking.backorder_of or 0
    known = situation.snapshot.pickings_by_id.get(number)
    return known.record if known else Record("stock.picking", number, f"transfer no. {number}")


def _outlook(situation: Situation, goods: Sequence[LineOutlook]) -> str:
    dates = [line.ready for line in goods if line.ready is not None]
    if len(dates) < len(goods):
        return "nothing that would fill it is in sight"
    last = max(dates)
    return "could ship now" if last <= situation.now else f"can ship on {day(last, situation.zone)} at the earliest"
