"""Confirmed, the promise date past, goods still to ship."""

from collections.abc import Iterator

from agent.domain.calendars import days_between
from agent.domain.findings import Evidence, Finding, FindingKind, Severity
from agent.risk.situation import Situation, line_evidence
from agent.risk.wording import ago, amount, day, listed


def promise_missed(situation: Situation) -> Iterator[Finding]:
    """Raised from the moment after the promise until the last line was delivered."""
    order = situation.order
    promise = order.promise_date
    if order.state != "sale" or order.complete or promise is None or promise >= situation.now:
        return
    late = days_between(promise, situation.now, situation.zone)
    goods = [f"{amount(line.outstanding, line.line.ordered.unit)} of {situation.product_name(line)}" for line in situation.lines]
    yield Finding(
        kind=FindingKind.PROMISE_MISSED,
        severity=situation.severity_of_delay(late, Severity.HIGH, Severity.CRITICAL),
        order=order.record,
        subject=order.record,
        since=promise,
        summary=f"{order.name} for {order.customer_name} was promised for {day(promise, situation.zone)} ({ago(late)}); "
        f"still to ship: {listed(goods)}.",
        warehouse_id=situation.order.warehouse_id,
        evidence=(
            Evidence(order.record, "commitment_date", promise.isoformat()),
            *(evidence for line in situation.lines for evidence in line_evidence(line)),
        ),
    )
