"""The goods are coming, but after the promise date."""

from collections.abc import Iterator
from datetime import datetime

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.risk.projection import LineOutlook
from agent.risk.situation import Situation, line_evidence, supply_evidence
from agent.risk.wording import amount, day, days, listed


def promise_at_risk(situation: Situation) -> Iterator[Finding]:
    """For promises between now and the policy's horizon; a line without any supply is `no_supply` instead."""
    order = situation.order
    promise = order.promise_date
    late = situation.late_lines
    if promise is None or promise < situation.now or not late or not situation.promised_within_horizon():
        return
    worst = max(late, key=_ready)
    delay = days_between(promise, _ready(worst), situation.zone)
    yield Finding(
        kind=FindingKind.PROMISE_AT_RISK,
        severity=situation.severity_of_delay(delay, Severity.MEDIUM, Severity.HIGH),
        order=order.record,
        subject=order.record,
        since=order.ordered_at,
        summary=_summary(situation, worst, len(late) - 1, promise, delay),
        warehouse_id=situation.order.warehouse_id,
        evidence=(
            Evidence(order.record, "commitment_date", promise.isoformat()),
            *(evidence for line in late for evidence in _evidence(line)),
        ),
    )


def _ready(line: LineOutlook) -> datetime:
    assert line.ready is not None
    return line.ready


def _summary(situation: Situation, worst: LineOutlook, others: int, promise: datetime, delay: int) -> str:
    order = situation.order
    goods = f"{amount(worst.short_now, worst.line.ordered.unit)} of {situation.product_name(worst)}"
    how_late = f"{days(delay)} late" if delay else "hours late"
    short = f" (short of {listed(parts)})" if (parts := situation.short_parts(worst)) else ""
    more = f"; {others} more of its lines {'is' if others == 1 else 'are'} late too" if others else ""
    return (
        f"{order.name} for {order.customer_name} is promised for {day(promise, situation.zone)}, but {goods}{short} can ship on "
        f"{day(_ready(worst), situation.zone)} at the earliest ({how_late}), waiting for {_waits_for(worst)}{more}."
    )


def _waits_for(line: LineOutlook) -> str:
    last = max(line.allocation.pegs, key=lambda peg: peg.supply.expected or peg.supply.due).supply
    return f"{last.source.name} from {last.purchase.vendor_name}" if last.purchase else last.source.name


def _evidence(line: LineOutlook) -> Iterator[Evidence]:
    yield from line_evidence(line)
    for peg in line.allocation.pegs:
        yield from supply_evidence(peg.supply)
