"""From a snapshot to the orders at risk."""

from datetime import timedelta

from agent.domain.findings import FindingKind, OrderRisk, RiskReport
from agent.guardrails.policy import Policy
from agent.risk.detectors import DETECTORS
from agent.risk.garbage import collector_at_rest
from agent.risk.options import options_for
from agent.risk.projection import project
from agent.risk.ranking import SEVERITY, ranked, score
from agent.risk.situation import Situation, situations
from agent.risk.snapshot import Snapshot


@collector_at_rest()
def assess(snapshot: Snapshot, policy: Policy) -> RiskReport:
    """The orders looked at that have at least one finding, most urgent first. Pure: the same snapshot gives the same report."""
    thresholds = policy.thresholds
    projection = project(snapshot, timedelta(days=thresholds.receipt_grace_days))
    found = (assess_order(situation, policy) for situation in situations(snapshot, projection, thresholds))
    return RiskReport(snapshot.now, len(snapshot.subjects), ranked(risk for risk in found if risk), tuple(snapshot.not_seen))


def assess_order(situation: Situation, policy: Policy) -> OrderRisk | None:
    """None when no detector finds anything; the gravest finding comes first."""
    found = [finding for detect in DETECTORS for finding in detect(situation)]
    findings = tuple(sorted(found, key=lambda finding: -SEVERITY[finding.severity]))
    if not findings:
        return None
    held = any(finding.kind is FindingKind.CREDIT_HOLD for finding in findings)
    value, late = situation.outstanding_value, situation.days_late
    return OrderRisk(
        order=situation.order.record,
        customer_name=situation.order.customer_name,
        promise_date=situation.order.promise_date,
        projected_date=situation.projected,
        days_late=late,
        value_at_risk=value,
        score=score(late, value.amount, situation.segment, findings[0].severity, policy.thresholds),
        findings=findings,
        options=options_for(situation, policy, held),
    )
