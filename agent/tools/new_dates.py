"""One late purchase, many promises: a new date for each order it endangers, as one request with a line for each."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import Field

from agent.actions import prepare
from agent.domain.decisions import ProposalContent
from agent.domain.impact import ImpactedOrder
from agent.domain.sales import SaleOrder
from agent.errors import PolicyRejected, PreconditionFailed, RecordMissing
from agent.guardrails.permissions import Permission
from agent.ports.ledger import ProposedLine
from agent.tools.base import Effect, Tool, ToolArguments
from agent.tools.context import ToolContext
from agent.tools.impact import impact_found
from agent.tools.proposals import propose_group, proposing, waiting

ACTION = "move_promise_date"
MOST = 100
A_DAY = timedelta(days=1)


class ProposeNewDates(ToolArguments):
    cause: str = Field(
        min_length=1,
        max_length=128,
        description="Number of a purchase or transfer, code or name of a product, or name of a vendor",
    )
    new_date: date | None = Field(default=None, description="When it comes instead (ISO); null for as things stand")
    reason: str = Field(min_length=1, max_length=500, description="Why, as the approver should read it")


def propose_new_dates(context: ToolContext, arguments: ProposeNewDates) -> dict[str, Any]:
    proposing(context)
    found = impact_found(context, arguments.cause, arguments.new_date)
    endangered = [order for order in found.orders if order.endangered]
    lines, left_out = _lines(context, endangered[:MOST])
    left_out += [_left(order, f"only {MOST} orders fit into one request") for order in endangered[MOST:]]
    if not lines:
        return {"proposed": False, "cause": found.cause.name, "endangered": len(endangered), "left_out": left_out, "records": []}
    title = f"New promise dates for {len(lines)} orders that wait for {found.cause.name}"
    told = {"cause": found.cause.name, "endangered": len(endangered), "left_out": left_out}
    return propose_group(context, title, lines, arguments.reason) | told


def _lines(context: ToolContext, orders: Sequence[ImpactedOrder]) -> tuple[list[ProposedLine], list[dict[str, Any]]]:
    """What can be proposed, and which orders cannot be in it and why."""
    lines, left_out = list[ProposedLine](), list[dict[str, Any]]()
    known = {order.id: order for order in context.reader.sale_orders([order.order.name for order in orders])}
    for order in orders:
        try:
            content = _content(context, order, known.get(order.order.id))
            requirement = context.policy.require(content.action, content.facts)
        except (PreconditionFailed, RecordMissing, PolicyRejected) as refused:
            left_out.append(_left(order, str(refused)))
            continue
        if waiting(context, content):
            left_out.append(_left(order, "exactly this waits for approval already"))
            continue
        lines.append(ProposedLine(content, context.now() + requirement.expires_after))
    return lines, left_out


def _content(context: ToolContext, order: ImpactedOrder, known: SaleOrder | None) -> ProposalContent:
    """Raises as `prepare` does, and PreconditionFailed when no date is in sight."""
    if order.ready_after is None:
        raise PreconditionFailed(f"nothing is in sight for {order.order.name}, so there is no date to promise.")
    promise = known.promise_date if known else order.promise_date
    wanted = {"order": order.order.name, "promise_date": _keepable(order.ready_after, promise, context.now()).isoformat()}
    return prepare(ACTION, wanted, context.reader, now=context.now())


def _keepable(ready: datetime, promise: datetime | None, now: datetime) -> date:
    """The first day on which the promise's own time of day is not before the goods are ready, a day from now or later."""
    earliest = max(ready, now + A_DAY).astimezone(UTC)
    kept = earliest if promise is None else promise.astimezone(UTC)
    same_day = datetime.combine(earliest.date(), kept.timetz())
    return earliest.date() if same_day >= earliest else (earliest + A_DAY).date()


def _left(order: ImpactedOrder, why: str) -> dict[str, Any]:
    return {"order": order.order.name, "customer": order.customer_name, "why": why}


TOOLS = (
    Tool(
        "propose_new_dates",
        "Propose a new promise date for every order that a late purchase, transfer, product or vendor endangers, as one request. "
        "It is only proposed: nothing changes until other people approve it, together or line by line. Only when asked for.",
        ProposeNewDates,
        Effect.PROPOSE,
        Permission.PROPOSE,
        propose_new_dates,
    ),
)
