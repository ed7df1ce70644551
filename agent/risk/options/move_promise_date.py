"""Move the promise to a date that can be kept, and tell the customer."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

from agent.domain.calendars import days_between
from agent.domain.findings import Option, OptionKind
from agent.domain.sales import SaleOrder
from agent.guardrails.vocabulary import PromiseChange
from agent.risk.options.ground import Ground, noon_of
from agent.risk.situation import Situation
from agent.risk.wording import day, days

A_DAY = timedelta(days=1)


def move_promise_date(ground: Ground) -> Iterator[Option]:
    """Only from a promise that cannot be kept to a noon that can, a day from now or later: it has to be approved first."""
    situation, order = ground.situation, ground.situation.order
    promise, projected = order.promise_date, situation.projected
    if promise is None or projected is None or projected <= promise:
        return
    target = _keepable(max(projected, situation.now + A_DAY), situation.zone)
    slip = days_between(promise, target, situation.zone)
    yield Option(
        kind=OptionKind.MOVE_PROMISE_DATE,
        summary=f"Promise {order.name} for {day(target, situation.zone)} instead of {day(promise, situation.zone)} "
        f"({days(slip)} later) and tell {order.customer_name}.",
        ready_date=projected,
        cost=None,
        harms=(),
        approval=ground.approval("move_promise_date", promise_facts(situation, target)),
        action="move_promise_date",
        arguments={"order": order.name, "promise_date": target.isoformat()},
    )


def _keepable(earliest: datetime, zone: tzinfo) -> datetime:
    """The first noon of the warehouse that is not before, in UTC."""
    noon = noon_of(earliest, 0, zone)
    return noon if noon >= earliest else noon_of(earliest, 1, zone)


def promise_facts(situation: Situation, target: datetime) -> dict[str, Any]:
    """What the policy decides a later promise on; a test holds it to the facts of the action `move_promise_date`."""
    order: SaleOrder = situation.order
    return {
        "change": PromiseChange.LATER.value,
        "days_slipped": days_between(order.promise_date or target, target, situation.zone),
        "order_value": f"{order.amount.amount:f}",
        "currency": order.amount.currency,
        "segment": situation.segment.value,
        "customer": situation.customer.name if situation.customer else order.customer_name,
    }
