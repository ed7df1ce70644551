"""A plan for several orders that compete for the same stock: it promises no unit twice."""

from decimal import Decimal

from agent.domain.calendars import days_between
from agent.domain.findings import FindingKind, Option, OptionKind, OrderRisk
from agent.domain.plans import Plan, PlanStep
from agent.guardrails.policy import Policy
from agent.risk.assess import assess
from agent.risk.options import options_for
from agent.risk.options.ground import NO_RULE, NOTHING_CLAIMED
from agent.risk.projection import project
from agent.risk.situation import Situation, situations
from agent.risk.snapshot import Snapshot
from agent.risk.terms import terms_of

#: These depend on somebody else's goodwill and, where no price is told, cost more than it seems.
FROM_OTHERS = (OptionKind.EXPEDITE_PURCHASE, OptionKind.BUY_ELSEWHERE)


def plan(snapshot: Snapshot, policy: Policy) -> Plan:
    """One step for each order at risk of the snapshot, most urgent first; later steps see what earlier ones use up. Pure."""
    report = assess(snapshot, policy)
    projection = project(snapshot, terms_of(policy, snapshot))
    by_order = {situation.order.id: situation for situation in situations(snapshot, projection, policy.limits)}
    claimed, steps = NOTHING_CLAIMED, []
    for risk in report.orders:
        situation = by_order[risk.order.id]
        held = any(finding.kind is FindingKind.CREDIT_HOLD for finding in risk.findings)
        best = _best(situation, options_for(situation, policy, held, claimed))
        claimed = claimed.with_these(best.claims if best else ())
        steps.append(_step(situation, risk, best, held))
    fine = sorted(snapshot.orders[order_id].name for order_id in snapshot.subjects - {risk.order.id for risk in report.orders})
    return Plan(report.as_of, tuple(steps), tuple(fine), report.not_seen)


def _best(situation: Situation, options: tuple[Option, ...]) -> Option | None:
    """The allowed option after which all together wait least; of equal ones what uses our own goods, then the cheapest.

    What makes the order complete comes before what ships a part of it, and that before a later promise.
    """
    allowed = [option for option in options if option.approval != NO_RULE and option.ready_date is not None]
    whole = [option for option in allowed if option.whole and option.kind is not OptionKind.MOVE_PROMISE_DATE]
    sooner = [option for option in whole if situation.projected is None or _ready_before(option, situation)]
    part = [option for option in allowed if not option.whole]
    promise = [option for option in allowed if option.kind is OptionKind.MOVE_PROMISE_DATE]
    candidates = sooner or part or promise
    return min(candidates, key=lambda option: _waiting(situation, option), default=None)


def _ready_before(option: Option, situation: Situation) -> bool:
    """Sooner than without it; what is there already and only has to leave counts as well."""
    at_hand = option.kind is OptionKind.SHIP_AVAILABLE
    return at_hand or (
        option.ready_date is not None and situation.projected is not None and option.ready_date < situation.projected
    )


def _waiting(situation: Situation, option: Option) -> tuple[int, bool, Decimal, float]:
    assert option.ready_date is not None
    late = _late(situation, option) + sum(harm.days for harm in option.harms)
    cost = option.cost.amount if option.cost else Decimal(0)
    return late, option.kind in FROM_OTHERS, cost, option.ready_date.timestamp()


def _late(situation: Situation, option: Option | None) -> int:
    promise = situation.order.promise_date
    if option is None or not option.whole or option.ready_date is None or promise is None:
        return situation.days_late
    return max(0, days_between(promise, option.ready_date, situation.zone))


def _step(situation: Situation, risk: OrderRisk, option: Option | None, held: bool) -> PlanStep:
    return PlanStep(
        order=risk.order,
        customer_name=risk.customer_name,
        promise_date=risk.promise_date,
        value=risk.value_at_risk,
        projected_date=risk.projected_date,
        days_late=risk.days_late,
        held=held,
        option=option,
        days_late_then=_late(situation, option),
    )
