"""What a late purchase, transfer, product or vendor endangers."""

from datetime import UTC, date, datetime
from typing import Any

from pydantic import Field

from agent.domain.impact import ImpactedOrder
from agent.domain.money import Money
from agent.guardrails.permissions import Permission
from agent.risk.asked_days import arrival
from agent.risk.causes import find_cause, snapshot_of_cause
from agent.risk.impact import impact
from agent.tools.base import Effect, Tool, ToolArguments, cited
from agent.tools.context import ToolContext

SHOWN = 25
MIDDAY = 12


class ImpactOf(ToolArguments):
    cause: str = Field(
        min_length=1,
        max_length=128,
        description="Number of a purchase or transfer, code or name of a product, or name of a vendor",
    )
    new_date: date | None = Field(default=None, description="What if it came on this day (ISO); null for as things stand")


def impact_of(context: ToolContext, arguments: ImpactOf) -> dict[str, Any]:
    cause = find_cause(context.reader, arguments.cause)
    day = arguments.new_date
    moment = arrival(datetime(day.year, day.month, day.day, MIDDAY, tzinfo=UTC), context.now()) if day else None
    found = impact(snapshot_of_cause(context.reader, cause, context.now()), context.policy, cause, moment)
    shown = found.orders[:SHOWN]
    return {
        "as_of": found.as_of.isoformat(),
        "cause": found.cause.name,
        "what": found.said,
        "if_it_came": day.isoformat() if day else None,
        "orders_waiting": len(found.orders),
        "promises_broken": sum(order.endangered for order in found.orders),
        "value_endangered": [_money(money) for money in found.value_endangered],
        "not_shown": len(found.orders) - len(shown),
        "orders": [_order(order) for order in shown],
        "records": [cited(record, context.reader) for record in dict.fromkeys([found.cause, *(order.order for order in shown)])],
    }


def _order(order: ImpactedOrder) -> dict[str, Any]:
    return {
        "order": order.order.name,
        "customer": order.customer_name,
        "promise_date": _day(order.promise_date),
        "ready": _day(order.ready_after),
        "days_late": order.days_late,
        "promise_breaks": order.endangered,
        "waits_for": order.goods,
        "value": _money(order.value),
    }


def _money(amount: Money) -> dict[str, str]:
    return {"amount": f"{amount.amount:.2f}", "currency": amount.currency}


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).date().isoformat() if moment else None


TOOLS = (
    Tool(
        "impact_of",
        "The customer orders that wait for a purchase, a transfer, a product or a vendor, those whose promise breaks first; "
        "also what if it came on another day.",
        ImpactOf,
        Effect.READ,
        Permission.READ,
        impact_of,
    ),
)
