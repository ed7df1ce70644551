"""A confirmed order that nobody works on: nothing went out, and no delivery is planned that could."""

from collections.abc import Iterator
from datetime import timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.stock import PickingKind
from agent.risk.projection import LineOutlook
from agent.risk.situation import Situation, line_evidence
from agent.risk.wording import ago, amount, day, listed


def order_stale(situation: Situation) -> Iterator[Finding]:
    """For orders older than the policy allows without a delivery; a transfer or a purchase made for it is progress."""
    order = situation.order
    oldest = situation.now - timedelta(days=situation.thresholds.order_stale_days)
    if order.state != "sale" or order.ordered_at >= oldest or any(_moving(situation, line) for line in situation.lines):
        return
    pickings = situation.snapshot.pickings_by_order.get(order.id, ())
    if all(picking.kind is PickingKind.RECEIPT for picking in pickings):
        yield _finding(situation)


def _moving(situation: Situation, outlook: LineOutlook) -> bool:
    line, snapshot = outlook.line, situation.snapshot
    return bool(line.delivered) or line.id in snapshot.moves_by_sale_line or line.id in snapshot.purchase_lines_by_sale_line


def _finding(situation: Situation) -> Finding:
    order = situation.order
    goods = [f"{amount(line.outstanding, line.line.ordered.unit)} of {situation.product_name(line)}" for line in situation.lines]
    return Finding(
        kind=FindingKind.ORDER_STALE,
        severity=Severity.HIGH if situation.promised_within_horizon() else Severity.MEDIUM,
        order=order.record,
        subject=order.record,
        since=order.ordered_at,
        summary=f"{order.name} for {order.customer_name} was confirmed on {day(order.ordered_at, situation.zone)} "
        f"({ago(days_between(order.ordered_at, situation.now, situation.zone))}) and no delivery is planned for {listed(goods)}.",
        warehouse_id=order.warehouse_id,
        evidence=(
            Evidence(order.record, "state", order.state),
            Evidence(order.record, "date_order", order.ordered_at.isoformat()),
            Evidence(order.record, "picking_ids", "no open delivery"),
            *(evidence for line in situation.lines for evidence in line_evidence(line)),
        ),
    )
