"""What a late purchase, transfer, product or vendor endangers."""

from datetime import UTC, date, datetime, time
from typing import Any

from pydantic import Field

from agent.domain.asked_days import arrival
from agent.domain.impact import Impact, ImpactedOrder
from agent.guardrails.permissions import Permission
from agent.risk.causes import find_cause, snapshot_of_cause
from agent.risk.impact import impact
from agent.tools.base import Effect, Tool, ToolArguments, cited
from agent.tools.context import ToolContext
from agent.tools.values import day, money

SHOWN = 25
MIDDAY = time(12, tzinfo=UTC)


class ImpactOf(ToolArguments):
    cause: str = Field(
        min_length=1,
        max_length=128,
        description="Number of a purchase or transfer, code or name of a product, or name of a vendor",
    )
    new_date: date | None = Field(default=None, description="What if it came on this day (ISO); null for as things stand")


def impact_of(context: ToolContext, arguments: ImpactOf) -> dict[str, Any]:
    asked = arguments.new_date
    found = impact_found(context, arguments.cause, asked)
    shown = found.orders[:SHOWN]
    return {
        "as_of": found.as_of.isoformat(),
        "cause": found.cause.name,
        "what": found.said,
        "if_it_came": asked.isoformat() if asked else None,
        "orders_waiting": len(found.orders),
        "promises_broken": sum(order.endangered for order in found.orders),
        "value_endangered": [money(worth) for worth in found.value_endangered],
        "not_shown": len(found.orders) - len(shown),
        "orders": [_order(order) for order in shown],
        "records": [cited(record, context.reader) for record in dict.fromkeys([found.cause, *(order.order for order in shown)])],
    }


def impact_found(context: ToolContext, cause: str, asked: date | None) -> Impact:
    """Raises RecordMissing, and PreconditionFailed for a date on which nothing can come."""
    named = find_cause(context.reader, cause)
    moment = arrival(datetime.combine(asked, MIDDAY), context.now()) if asked else None
    return impact(snapshot_of_cause(context.reader, named, context.now()), context.policy, named, moment)


def _order(order: ImpactedOrder) -> dict[str, Any]:
    return {
        "order": order.order.name,
        "customer": order.customer_name,
        "promise_date": day(order.promise_date),
        "ready": day(order.ready_after),
        "days_late": order.days_late,
        "promise_breaks": order.endangered,
        "waits_for": order.goods,
        "value": money(order.value),
    }


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
