"""A transfer of the order that should have moved, and did not."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.stock import Picking, PickingKind
from agent.risk.situation import Situation
from agent.risk.wording import ago, day

STATES = {"assigned": "ready to pick", "confirmed": "waiting for stock", "waiting": "waiting for another transfer"}


def picking_stalled(situation: Situation) -> Iterator[Finding]:
    """One finding for each transfer scheduled longer ago than the policy allows; what waits for another of these is left out.

    What a vendor or a customer has to send is not ours to pick.
    """
    limit = situation.now - timedelta(hours=situation.thresholds.picking_stalled_hours)
    pickings = situation.snapshot.pickings_by_order.get(situation.order.id, ())
    ours = [picking for picking in pickings if picking.kind is not PickingKind.RECEIPT and picking.state in STATES]
    stalled = [picking for picking in ours if _since(picking) < limit]
    first = [picking for picking in stalled if picking.state != "waiting"]
    for picking in first or stalled:
        yield _finding(situation, picking)


def _since(picking: Picking) -> datetime:
    """Nothing stalls before it exists, nor before it is due."""
    return max(picking.scheduled_at, picking.created_at)


def _finding(situation: Situation, picking: Picking) -> Finding:
    since = _since(picking)
    late = ago(days_between(since, situation.now, situation.zone))
    ready = picking.state == "assigned"
    nobody = "; nobody is assigned" if picking.responsible is None else f"; {picking.responsible} is assigned"
    return Finding(
        kind=FindingKind.PICKING_STALLED,
        severity=Severity.HIGH if ready else Severity.MEDIUM,
        order=situation.order.record,
        subject=picking.record,
        since=since,
        summary=f"{picking.name} for {situation.order.name} was scheduled for {day(since, situation.zone)} ({late}) "
        f"and is {STATES[picking.state]}{nobody}.",
        warehouse_id=situation.order.warehouse_id,
        evidence=(
            Evidence(picking.record, "state", picking.state),
            Evidence(picking.record, "scheduled_date", picking.scheduled_at.isoformat()),
            Evidence(picking.record, "user_id", picking.responsible or "nobody"),
        ),
    )
