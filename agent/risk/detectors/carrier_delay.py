"""A carrier says that a shipment comes after the promise, or that something went wrong with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.domain.affairs import CarrierReport, Shipment
from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.domain.records import Record
from agent.domain.sales import Segment
from agent.guardrails.policy import Thresholds
from agent.risk.operations import Operations
from agent.risk.snapshot import grouped
from agent.risk.terms import scope_of
from agent.risk.wording import day, days

TROUBLES = {
    "exception": "reports a problem with {}",
    "attempt_failed": "could not deliver {}",
    "returned": "is bringing {} back",
}


def carrier_delay(operations: Operations) -> Iterator[Finding]:
    """One finding for each shipment whose latest report breaks the day that was promised."""
    affairs = operations.snapshot.affairs
    if affairs is None or not affairs.reports:
        return
    reports = grouped(affairs.reports, lambda report: report.tracking)
    for shipment in affairs.shipments:
        found = reports.get(shipment.tracking)
        latest = max(found, key=lambda report: report.occurred_at) if found else None
        if (
            latest
            and not _forgotten(operations, shipment, latest)
            and (latest.status in TROUBLES or _days_late(operations, shipment, latest) > 0)
        ):
            yield _finding(operations, shipment, latest)


def _forgotten(operations: Operations, shipment: Shipment, report: CarrierReport) -> bool:
    until = max(report.occurred_at, report.eta or report.occurred_at)
    return operations.now - until > timedelta(days=_limits(operations, shipment).carrier_report_days)


def _days_late(operations: Operations, shipment: Shipment, report: CarrierReport) -> int:
    """Whole days: carriers name a day, and a day is promised."""
    if shipment.promise_date is None or report.eta is None:
        return 0
    return days_between(shipment.promise_date, report.eta, operations.zone(shipment.warehouse_id))


def _finding(operations: Operations, shipment: Shipment, report: CarrierReport) -> Finding:
    return Finding(
        kind=FindingKind.CARRIER_DELAY,
        severity=_severity(operations, shipment, report),
        order=shipment.order,
        subject=shipment.picking,
        since=report.occurred_at,
        summary=_summary(operations, shipment, report),
        warehouse_id=shipment.warehouse_id,
        evidence=tuple(_evidence(shipment, report)),
    )


def _severity(operations: Operations, shipment: Shipment, report: CarrierReport) -> Severity:
    """What comes back never keeps its promise without us. What the carrier still means to bring in time may yet come."""
    segment, limits = _segment(operations, shipment), _limits(operations, shipment)
    late = _days_late(operations, shipment, report)
    if report.status == "returned" or late >= limits.critical_days_late or (late > 0 and segment is Segment.STRATEGIC):
        return Severity.CRITICAL
    return Severity.HIGH if late > 0 or report.eta is None or _past(shipment, operations.now) else Severity.MEDIUM


def _segment(operations: Operations, shipment: Shipment) -> Segment | None:
    order = operations.snapshot.orders.get(shipment.order_id)
    customer = operations.snapshot.customers.get(order.customer_id) if order else None
    return customer.segment if customer else None


def _limits(operations: Operations, shipment: Shipment) -> Thresholds:
    segment = _segment(operations, shipment)
    return operations.limits.at(scope_of(operations.snapshot, shipment.warehouse_id, segment=segment))


def _past(shipment: Shipment, now: datetime) -> bool:
    return shipment.promise_date is not None and shipment.promise_date < now


def _summary(operations: Operations, shipment: Shipment, report: CarrierReport) -> str:
    late, zone = _days_late(operations, shipment, report), operations.zone(shipment.warehouse_id)
    promised = f"promised for {day(shipment.promise_date, zone)}" if shipment.promise_date else "on its way"
    when = f" on {day(report.eta, zone)}{f' ({days(late)} late)' if late > 0 else ''}" if report.eta else ""
    if report.status in TROUBLES:
        fate = TROUBLES[report.status].format(shipment.picking.name) + (f" and expects to bring it{when}" if when else "")
    else:
        fate = f"expects to bring {shipment.picking.name}{when}"
    return f"{shipment.order.name} for {shipment.customer_name} is {promised}, but the carrier {fate}."


def _evidence(shipment: Shipment, report: CarrierReport) -> Iterator[Evidence]:
    source = Record("carrier report", report.id, report.tracking)
    yield Evidence(shipment.picking, "carrier_tracking_ref", shipment.tracking)
    yield Evidence(source, "status", report.status)
    if report.eta:
        yield Evidence(source, "eta", report.eta.isoformat())
    if report.said:
        yield Evidence(source, "said", report.said)
    if shipment.promise_date:
        yield Evidence(shipment.order, "commitment_date", shipment.promise_date.isoformat())
