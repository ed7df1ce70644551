"""What an order that lacks something sees of everybody else who wants, or has, the same product.

Two projections of a product that show the same of this give such an order the same findings and options.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from agent.domain.quantity import ROUNDING
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import ZERO, Pool, PoolKey, covered, turn
from agent.risk.projection import ProductProjection
from agent.risk.snapshot import grouped

Seen = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one product, by warehouse; what is compared and nothing else."""

    gifts: Mapping[PoolKey, Seen]
    """Who has goods set aside that could be given away, and when they would get them again."""
    stock: Mapping[PoolKey, Seen]
    """What could be sent from there to another warehouse."""
    empty: Mapping[PoolKey, Seen]
    """Transfers with nothing to bring."""


def surroundings_of(product: ProductProjection) -> Surroundings:
    here = grouped(product.outlooks, lambda outlook: outlook.warehouse_id)
    gifts = {
        (product.product_id, warehouse_id): tuple(_gifts(outlooks, product.pools.get((product.product_id, warehouse_id))))
        for warehouse_id, outlooks in here.items()
    }
    twice = _lacked_twice(product)
    return Surroundings(
        {key: seen for key, seen in gifts.items() if seen},
        {key: _stock(pool, here.get(key[1], []), twice) for key, pool in product.pools.items() if pool.free > ROUNDING},
        {key: tuple(idle) for key, idle in product.empty.items()},
    )


def _gifts(outlooks: list[LineOutlook], pool: Pool | None) -> Iterator[Seen]:
    holding = [outlook for outlook in outlooks if outlook.reserved]
    again = _again(pool, holding) if pool and holding else {}
    for each in holding:
        yield each.line, each.need_by, each.urgent, each.reserved, each.ready, again.get(each.line.id)


def _again(pool: Pool, holding: list[LineOutlook]) -> dict[int, Seen]:
    """When each is served again at its own place, whatever it gave: those in front of it ask for what they get that much less.

    Only whoever takes and asks for less than it gets (something is made for it) lets it wait for up to what it gave longer.
    Where that makes a difference all that the day depends on is told.
    """
    turns = [demand.turn for demand in pool.demands]
    before = list(accumulate((demand.amount for demand in pool.demands), initial=ZERO))
    amounts = {demand.id: (demand.amount, demand.turn) for demand in pool.demands}
    found: dict[int, Seen] = {}
    for each in holding:
        own, place = amounts.get(each.line.id, (ZERO, turn(each.urgent, each.need_by, each.need_by, each.line.id)))
        asked = own + before[bisect_left(turns, place)]
        soonest, latest = covered(pool, asked), covered(pool, asked + each.reserved)
        found[each.line.id] = (soonest,) if soonest == latest else (asked, pool.free, pool.supplies, pool.ships)
    return found


def _lacked_twice(product: ProductProjection) -> bool:
    """By two lines of one order: the second one gets what the first one leaves."""
    lacking = [outlook.line.order_id for outlook in product.outlooks if outlook.short_now > ROUNDING]
    return len(set(lacking)) < len(lacking)


def _stock(pool: Pool, outlooks: list[LineOutlook], twice: bool) -> Seen:
    """What is left over is given before anything that somebody there counts on; only then it matters who does."""
    if pool.spare > ROUNDING and not twice:
        return pool.spare, pool.ships
    return pool, tuple(outlook.line for outlook in outlooks)


def differing(before: Mapping[PoolKey, Seen], after: Mapping[PoolKey, Seen]) -> set[PoolKey]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
