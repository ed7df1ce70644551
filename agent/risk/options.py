"""What can be done about an order at risk: what it brings, what it costs and whom it harms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from agent.domain.findings import Affected, Option, OptionKind
from agent.domain.quantity import ROUNDING
from agent.domain.sales import SaleOrder
from agent.errors import PolicyRejected
from agent.guardrails.policy import Policy
from agent.guardrails.vocabulary import PromiseChange
from agent.risk.pools import Demand, Pool, fill
from agent.risk.projection import LineOutlook
from agent.risk.situation import Situation, days_between
from agent.risk.wording import amount, day, days, listed

BY_HAND = "the warehouse decides and does it in the ERP"
AFTER_RELEASE = f"finance has to release the credit first; then {BY_HAND}"
NOON = time(12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def options_for(situation: Situation, policy: Policy, held: bool) -> tuple[Option, ...]:
    """In the order in which they help: ship what is there, move stock, move the promise. `held`: by the customer's credit."""
    if any(_without_parts(situation, line) for line in situation.lines):
        return tuple(_move_stock(situation))  # no date can be told for a kit whose parts nobody knows, and so no promise
    shipping = AFTER_RELEASE if held else BY_HAND
    return (*_ship_available(situation, shipping), *_move_stock(situation), *_move_promise_date(situation, policy))


def _without_parts(situation: Situation, line: LineOutlook) -> bool:
    """A kit whose delivery was cancelled: no move says which parts it is owed."""
    product = situation.snapshot.products.get(line.line.product_id)
    return product is not None and product.kit and not line.parts


def _ship_available(situation: Situation, approval: str) -> Iterator[Option]:
    """Goods that are reserved for the order, or free after everybody who needs them earlier: nobody is harmed."""
    there = [line for line in situation.lines if line.available_now > ROUNDING]
    if not there:
        return
    whole = all(line.short_now <= ROUNDING for line in situation.lines)
    goods = listed([_goods(situation, line, line.available_now) for line in there])
    extent = "complete" if whole else "in part"
    yield Option(
        kind=OptionKind.SHIP_AVAILABLE,
        summary=f"Ship {situation.order.name} {extent} now, from stock: {goods}.",
        ready_date=situation.now,
        cost=None,
        harms=(),
        approval=approval,
    )


@dataclass(frozen=True, slots=True)
class _Take:
    line: LineOutlook
    quantity: Decimal
    harms: tuple[Affected, ...]


def _move_stock(situation: Situation) -> Iterator[Option]:
    """One option for each other warehouse that can give something earlier than it comes otherwise."""
    takes: dict[int, list[_Take]] = {}
    for line in situation.goods:
        for level in situation.snapshot.levels_by_product.get(line.product_id, ()) if line.short_now > ROUNDING else ():
            if (
                _may_send(situation, level.warehouse_id, line.warehouse_id)
                and (line.ready is None or line.ready > _arrival(situation, level.warehouse_id, line))
                and (take := _take(situation, line, level.warehouse_id))
            ):
                takes.setdefault(level.warehouse_id, []).append(take)
    for warehouse_id, found in sorted(takes.items(), key=lambda item: (sum(len(take.harms) for take in item[1]), item[0])):
        yield _transfer(situation, warehouse_id, found)


def _arrival(situation: Situation, origin: int, line: LineOutlook) -> datetime:
    """When goods sent now can leave the line's warehouse."""
    return situation.projection.terms.transfer(origin, line.warehouse_id or origin, situation.now)


def _may_send(situation: Situation, origin: int, target: int | None) -> bool:
    """From another warehouse of the same company."""
    warehouses = situation.snapshot.warehouses
    sender, receiver = warehouses.get(origin), warehouses.get(target) if target is not None else None
    return origin != target and sender is not None and receiver is not None and sender.company_id == receiver.company_id


def _take(situation: Situation, line: LineOutlook, warehouse_id: int) -> _Take | None:
    """What that warehouse can spare; when it can spare nothing, what is free there, with those who would wait for it.

    None when there is nothing, or when a transfer or a production would wait: nobody could be told what that costs.
    """
    pool = situation.projection.pools.get((line.product_id, warehouse_id))
    if pool is None or pool.free <= ROUNDING:
        return None
    quantity = min(line.short_now, pool.spare if pool.spare > ROUNDING else pool.free)
    harms = [_harm(situation, *wait) for wait in _waits(pool, quantity)]
    named = tuple(harm for harm in harms if harm)
    return _Take(line, quantity, named) if len(named) == len(harms) else None


def _waits(pool: Pool, taken: Decimal) -> Iterator[tuple[Demand, datetime, datetime | None]]:
    """Demands of that pool that would be ready later, or not at all, without the stock that is taken; from when to when."""
    if taken <= pool.spare:
        return
    before, after = fill(pool, pool.free), fill(pool, pool.free - taken)
    for demand, had, has in zip(pool.demands, before, after, strict=True):
        old, new = had.ready(pool.ships), has.ready(pool.ships)
        if old is not None and old != new:
            yield demand, old, new


def _harm(situation: Situation, demand: Demand, old: datetime, new: datetime | None) -> Affected | None:
    """None when no customer's order stands behind the demand. Without a new date the wait is counted to the policy's horizon."""
    line = situation.snapshot.lines_by_id.get(demand.id)
    if line is None:
        return None
    order = situation.snapshot.orders[line.order_id]
    wait = days_between(old, new) if new else situation.thresholds.at_risk_horizon_days
    return Affected(order.record, order.customer_name, wait, line.outstanding_value)


def _transfer(situation: Situation, warehouse_id: int, takes: Sequence[_Take]) -> Option:
    arrival = max(_arrival(situation, warehouse_id, take.line) for take in takes)
    covered = {id(take.line) for take in takes if take.quantity >= take.line.short_now - ROUNDING}
    rest = [line.ready for line in situation.goods if id(line) not in covered]
    whole = len(covered) == len(takes) and None not in rest
    ready = max([arrival, *(date for date in rest if date is not None)]) if whole else arrival
    goods = listed([_goods(situation, take.line, take.quantity) for take in takes])
    origin = situation.snapshot.warehouse_name(warehouse_id)
    harms = _by_order([harm for take in takes for harm in take.harms])
    extent = f"the order can then ship complete on {day(ready)}" if whole else f"that part can then ship on {day(ready)}"
    waits = f"; {listed([harm.order.name for harm in harms])} would wait for it" if harms else ""
    return Option(
        kind=OptionKind.MOVE_STOCK,
        summary=f"Move {goods} from {origin} ({days(days_between(situation.now, arrival))} transit): {extent}{waits}.",
        ready_date=ready,
        cost=None,
        harms=harms,
        approval=BY_HAND,
    )


def _by_order(harms: Sequence[Affected]) -> tuple[Affected, ...]:
    """One for each order: its longest wait, the value of all its goods that wait."""
    merged: dict[int, Affected] = {}
    for harm in harms:
        other = merged.get(harm.order.id)
        value = harm.value + other.value if other else harm.value
        merged[harm.order.id] = Affected(harm.order, harm.customer_name, max(harm.days, other.days if other else 0), value)
    return tuple(merged.values())


def _move_promise_date(situation: Situation, policy: Policy) -> Iterator[Option]:
    """Only from a promise that cannot be kept to a noon that can, a day from now or later: it has to be approved first."""
    order, projected = situation.order, situation.projected
    promise = order.promise_date
    if promise is None or projected is None or projected <= promise:
        return
    target = _keepable(max(projected, situation.now + A_DAY))
    slip = days_between(promise, target)
    facts = promise_facts(situation, target)
    yield Option(
        kind=OptionKind.MOVE_PROMISE_DATE,
        summary=f"Promise {order.name} for {day(target)} instead of {day(promise)} ({days(slip)} later) "
        f"and tell {order.customer_name}.",
        ready_date=projected,
        cost=None,
        harms=(),
        approval=_approval(policy, facts),
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


def _approval(policy: Policy, facts: dict[str, Any]) -> str:
    try:
        return policy.require("move_promise_date", facts).words()
    except PolicyRejected:
        return "nobody: the policy has no rule that allows it"


def _goods(situation: Situation, line: LineOutlook, quantity: Decimal) -> str:
    return f"{amount(quantity, line.unit)} of {situation.product_name(line)}"
