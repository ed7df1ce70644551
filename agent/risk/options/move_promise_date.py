"""Move the promise to a date that can be kept, and tell the customer."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from agent.domain.findings import Option, OptionKind
from agent.domain.sales import SaleOrder
from agent.guardrails.vocabulary import PromiseChange
from agent.risk.options.ground import Ground
from agent.risk.situation import Situation, days_between
from agent.risk.wording import day, days

NOON = time(12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def move_promise_date(ground: Ground) -> Iterator[Option]:
    """Only from a promise that cannot be kept to a noon that can, a day from now or later: it has to be approved first."""
    situation, order = ground.situation, ground.situation.order
    promise, projected = order.promise_date, situation.projected
    if promise is None or projected is None or projected <= promise:
        return
    target = _keepable(max(projected, situation.now + A_DAY))
    slip = days_between(promise, target)
    yield Option(
        kind=OptionKind.MOVE_PROMISE_DATE,
        summary=f"Promise {order.name} for {day(target)} instead of {day(promise)} ({days(slip)} later) "
        f"and tell {order.customer_name}.",
        ready_date=projected,
        cost=None,
        harms=(),
        approval=ground.approval("move_promise_date", promise_facts(situation, target)),
        action="move_promise_date",
        arguments={"order": order.name, "promise_date": target.isoformat()},
    )


def _keepable(earliest: datetime) -> datetime:
    """The first noon (UTC) that is not before."""
    noon = datetime.combine(earliest.astimezone(UTC).date(), NOON)
    return noon if noon >= earliest else noon + A_DAY


def promise_facts(situation: Situation, target: datetime) -> dict[str, Any]:
    """What the policy decides a later promise on; a test holds it to the facts of the action `move_promise_date`."""
    order: SaleOrder = situation.order
    return {
        "change": PromiseChange.LATER.value,
        "days_slipped": days_between(order.promise_date or target, target),
        "order_value": f"{order.amount.amount:f}",
        "currency": order.amount.currency,
        "segment": situation.segment.value,
        "customer": situation.customer.name if situation.customer else order.customer_name,
    }
