"""Move stock from another warehouse of the company, after that warehouse's own demand."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.calendars import days_between
from agent.domain.findings import Affected, Claim, Option, OptionKind
from agent.domain.money import Money
from agent.domain.quantity import ROUNDING
from agent.risk.options.carried_out import transfer
from agent.risk.options.ground import Ground, by_order
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import Demand, Pool, fill
from agent.risk.wording import day, days, listed


@dataclass(frozen=True, slots=True)
class _Take:
    leaf: LineOutlook
    quantity: Decimal
    harms: tuple[Affected, ...]


def move_stock(ground: Ground) -> Iterator[Option]:
    """One option for each other warehouse that can give something earlier than it comes otherwise; the harmless first."""
    takes: defaultdict[int, list[_Take]] = defaultdict(list)
    for leaf in ground.leaves:
        for level in ground.situation.snapshot.levels_by_product.get(leaf.product_id, ()) if leaf.short_now > ROUNDING else ():
            if (
                _may_send(ground, level.warehouse_id, leaf.warehouse_id)
                and (leaf.ready is None or leaf.ready > _arrival(ground, level.warehouse_id, leaf))
                and (take := _take(ground.after(_claims(takes, level.warehouse_id)), leaf, level.warehouse_id))
            ):
                takes[level.warehouse_id].append(take)
    for warehouse_id, found in sorted(takes.items(), key=lambda item: (sum(len(take.harms) for take in item[1]), item[0])):
        yield _transfer(ground, warehouse_id, found)


def _arrival(ground: Ground, origin: int, leaf: LineOutlook) -> datetime:
    """When goods sent now can leave the line's warehouse."""
    return ground.situation.projection.terms.transfer(origin, leaf.warehouse_id or origin, ground.now)


def _may_send(ground: Ground, origin: int, target: int | None) -> bool:
    """From another warehouse of the same company."""
    warehouses = ground.situation.snapshot.warehouses
    sender, receiver = warehouses.get(origin), warehouses.get(target) if target is not None else None
    return origin != target and sender is not None and receiver is not None and sender.company_id == receiver.company_id


def _take(ground: Ground, leaf: LineOutlook, warehouse_id: int) -> _Take | None:
    """What that warehouse can spare; when it can spare nothing, what is free there, with those whose promise that would break.

    None when there is nothing, or when a transfer or a production would wait: nobody could be told what that costs.
    """
    pool = ground.pool(leaf.product_id, warehouse_id)
    if pool is None or pool.free <= ROUNDING:
        return None
    quantity = min(leaf.short_now, pool.spare if pool.spare > ROUNDING else pool.free)
    lines, waits = ground.situation.snapshot.lines_by_id, list(_waits(pool, quantity))
    if any(demand.id not in lines for demand, _, _ in waits):
        return None
    harms = (ground.harm(lines[demand.id], demand.need_by, old, new) for demand, old, new in waits)
    return _Take(leaf, quantity, tuple(harm for harm in harms if harm))


def _waits(pool: Pool, taken: Decimal) -> Iterator[tuple[Demand, datetime, datetime | None]]:
    """Demands of that pool that would be ready later, or not at all, without the stock that is taken; from when to when."""
    if taken <= pool.spare:
        return
    before, after = fill(pool, pool.free), fill(pool, pool.free - taken)
    for demand, had, has in zip(pool.demands, before, after, strict=True):
        old, new = had.ready(pool.ships), has.ready(pool.ships)
        if old is not None and old != new:
            yield demand, old, new


def _transfer(ground: Ground, warehouse_id: int, takes: Sequence[_Take]) -> Option:
    arrival = max(_arrival(ground, warehouse_id, take.leaf) for take in takes)
    covered = {(take.leaf.line.id, take.leaf.product_id): arrival for take in takes if _enough(take)}
    ready = ground.ready_if(covered) if len(covered) == len(takes) else None
    goods = listed([ground.goods(take.leaf, take.quantity) for take in takes])
    origin = ground.situation.snapshot.warehouse_name(warehouse_id)
    harms = by_order([harm for take in takes for harm in take.harms])
    extent = (
        f"the order can then ship complete on {day(ready, ground.zone)}"
        if ready
        else f"that part can then ship on {day(arrival, ground.zone)}"
    )
    waits = f"; {listed([harm.order.name for harm in harms])} would be late for want of it" if harms else ""
    cost = Money(Decimal(ground.thresholds.transfer_cost), ground.situation.order.amount.currency)
    action = transfer(ground, warehouse_id, [(take.leaf, take.quantity) for take in takes])
    facts = action[1] if action else ground.facts(cost, harms)
    return Option(
        kind=OptionKind.MOVE_STOCK,
        summary=f"Move {goods} from {origin} ({days(days_between(ground.now, arrival, ground.zone))} transit): {extent}{waits}.",
        ready_date=ready or arrival,
        cost=cost if cost.amount else None,
        harms=harms,
        approval=ground.approval("create_transfer", facts),
        whole=ready is not None,
        claims=tuple(_claims({warehouse_id: takes}, warehouse_id)),
        action="create_transfer" if action else None,
        arguments=action[0] if action else {},
    )


def _claims(takes: Mapping[int, Sequence[_Take]], warehouse_id: int) -> list[Claim]:
    return [Claim(take.leaf.product_id, warehouse_id, take.quantity) for take in takes.get(warehouse_id, ())]


def _enough(take: _Take) -> bool:
    return take.quantity >= take.leaf.short_now - ROUNDING
