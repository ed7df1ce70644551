"""From a snapshot to the orders at risk and everything that was found."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from agent.domain.calendars import told_in
from agent.domain.findings import Affected, Finding, FindingKind, OrderRisk, RiskReport
from agent.guardrails.policy import Policy
from agent.risk.detectors import HISTORY_DETECTORS, OPERATIONS_DETECTORS, ORDER_DETECTORS
from agent.risk.garbage import collector_at_rest
from agent.risk.operations import Operations
from agent.risk.options import options_for
from agent.risk.projection import project
from agent.risk.ranking import SEVERITY, ranked, score
from agent.risk.situation import Situation, situations
from agent.risk.snapshot import Snapshot
from agent.risk.terms import terms_of

Hit = tuple[Finding, Affected | None]


@collector_at_rest()
def assess(snapshot: Snapshot, policy: Policy) -> RiskReport:
    """Everything that is found, and the orders it endangers, most urgent first. Pure: the same snapshot gives the same report."""
    projection = project(snapshot, terms_of(policy, snapshot))
    found = tuple(situations(snapshot, projection, policy.limits))
    general = findings_beyond_orders(Operations(snapshot, projection, policy.limits, found))
    by_order = findings_by_order(general)
    own = {situation.order.id: findings_of(situation) for situation in found}
    risks = (
        assess_order(situation, seen_by(own[situation.order.id], by_order[situation.order.id]), policy) for situation in found
    )
    return RiskReport(
        as_of=snapshot.now,
        open_orders=len(snapshot.subjects),
        orders=ranked(risk for risk in risks if risk),
        findings=gravest_first([*(finding for each in own.values() for finding in each), *general]),
        not_seen=snapshot.all_not_seen,
    )


def findings_of(situation: Situation) -> list[Finding]:
    """One order's own troubles."""
    return [finding for detect in ORDER_DETECTORS for finding in detect(situation)]


def findings_beyond_orders(operations: Operations) -> list[Finding]:
    """Troubles of purchases, vendors, transfers, stock and documents; those that need the past only when it was read."""
    detectors = (*OPERATIONS_DETECTORS, *(HISTORY_DETECTORS if operations.snapshot.history else ()))
    return [finding for detect in detectors for finding in detect(operations)]


def findings_by_order(findings: Iterable[Finding]) -> defaultdict[int, list[Hit]]:
    """Order id → the findings that endanger it, each with how it hits that order; None where the order is not among the affected.

    A queue may hold up thousands of orders: none of them looks for itself among the others.
    """
    by_order: defaultdict[int, list[Hit]] = defaultdict(list)
    for finding in findings:
        hits: dict[int, Affected | None] = {finding.order.id: None} if finding.order else {}
        for affected in reversed(finding.affects):
            hits[affected.order.id] = affected
        for order_id, hit in hits.items():
            by_order[order_id].append((finding, hit))
    return by_order


def seen_by(own: Iterable[Finding], others: Iterable[Hit]) -> list[Finding]:
    """What endangers one order, as it sees it: its own troubles, and those that hit others too."""
    return [*own, *(finding.as_it_affects(hit) for finding, hit in others)]


def assess_order(
    situation: Situation, found: Sequence[Finding], policy: Policy, before: OrderRisk | None = None
) -> OrderRisk | None:
    """None when nothing was found; the gravest finding comes first. `found`: as the order sees it.

    `before` is how it was assessed in the same situation with other troubles: of these only a hold changes what can be done.
    """
    findings = gravest_first(found)
    if not findings:
        return None
    held = _held(findings)
    options = before.options if before and _held(before.findings) is held else options_for(situation, policy, held)
    value, late = situation.outstanding_value, situation.days_late
    return OrderRisk(
        order=situation.order.record,
        customer_name=situation.order.customer_name,
        promise_date=told_in(situation.order.promise_date, situation.zone),
        projected_date=told_in(situation.projected, situation.zone),
        days_late=late,
        value_at_risk=value,
        score=score(late, value.amount, situation.segment, findings[0].severity, situation.thresholds),
        findings=findings,
        options=options,
        warehouse_id=situation.order.warehouse_id,
    )


def _held(findings: Iterable[Finding]) -> bool:
    return any(finding.kind is FindingKind.CREDIT_HOLD for finding in findings)


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of equal severity in the order they were found."""
    return tuple(sorted(findings, key=lambda finding: -SEVERITY[finding.severity]))
