"""What an order that lacks something sees of everybody else who wants, or has, the same product.

Two projections of a product that show the same of this give such an order the same findings and options.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.quantity import ROUNDING
from agent.domain.sales import SaleOrderLine, Segment
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import ZERO, Pool, PoolKey, covered, turn
from agent.risk.projection import ProductProjection
from agent.risk.snapshot import Snapshot, grouped

Seen = tuple[object, ...]

_RANKS = {segment: rank for rank, segment in enumerate(Segment)}


@dataclass(frozen=True, slots=True)
class Gift:
    """What somebody has set aside and could give away."""

    line: SaleOrderLine
    need_by: datetime
    urgent: bool
    reserved: Decimal
    ready: datetime | None
    again: Seen
    """When the giver would get it again."""


Gifts = tuple[Gift, ...]
"""Of whoever is served last first, as they are asked."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A gift as it was or is; `differs` when it was not, or is not any more, or is another one."""

    gift: Gift
    differs: bool


Offers = tuple[Offer, ...]
"""In the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one product, by warehouse; what is compared and nothing else."""

    gifts: Mapping[PoolKey, Gifts]
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


def _gifts(outlooks: list[LineOutlook], pool: Pool | None) -> Iterator[Gift]:
    holding = [outlook for outlook in reversed(outlooks) if outlook.reserved]
    again = _again(pool, holding) if pool and holding else {}
    for each in holding:
        yield Gift(each.line, each.need_by, each.urgent, each.reserved, each.ready, again.get(each.line.id, ()))


def _again(pool: Pool, holding: list[LineOutlook]) -> dict[int, Seen]:
    """When each is served again at its own place, whatever it gave: those in front of it ask for what they get that much less.

    Only whoever takes and asks for less than it gets (something is made for it) lets it wait for up to what it gave longer.
    Where that makes a difference all that the day depends on is told.
    """
    found: dict[int, Seen] = {}
    for each in holding:
        own = pool.own.get(each.line.id)
        place = own.turn if own else turn(each.urgent, each.need_by, each.need_by, each.line.id)
        asked = (own.amount if own else ZERO) + pool.asked_before(place)
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


def differing(before: Mapping[PoolKey, object], after: Mapping[PoolKey, object]) -> set[PoolKey]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def gifts_differing(before: Mapping[PoolKey, Gifts], after: Mapping[PoolKey, Gifts]) -> dict[PoolKey, Offers]:
    """Where they differ."""
    return {key: _offers(before.get(key, ()), after.get(key, ())) for key in differing(before, after)}


def _offers(before: Gifts, after: Gifts) -> Offers:
    """Two that stand in the same place: first the one that differs, so that nobody has enough before it is looked at."""
    old, new = {gift.line.id: gift for gift in before}, {gift.line.id: gift for gift in after}
    same = {key for key, gift in new.items() if old.get(key) == gift}
    other = [gift for gifts in (old, new) for key, gift in gifts.items() if key not in same]
    found = [*(Offer(gift, True) for gift in other), *(Offer(new[key], False) for key in same)]
    return tuple(sorted(found, key=lambda offer: (offer.gift.urgent, -offer.gift.need_by.timestamp(), not offer.differs)))


def offered_differently(snapshot: Snapshot, lines: Sequence[LineOutlook], offers: Offers) -> bool:
    """Whether these lines of one order, of one product in one warehouse, ask somebody who could give something else now.

    The option to take reservations and the conflict each ask by rules of their own, and nobody any more once they have all that
    is lacking.
    """
    option = conflict = sum((line.short_now for line in lines), ZERO)
    for offer in offers:
        gift = offer.gift
        if gift.line.order_id == lines[0].line.order_id:
            continue
        if offer.differs:
            if option > ROUNDING and any(_can_wait(gift, line) for line in lines):
                return True
            if conflict > ROUNDING and any(_may_yield(snapshot, gift, line) for line in lines):
                return True
            continue
        if all(_can_wait(gift, line) for line in lines):
            option -= gift.reserved
        if all(_yields(snapshot, gift, line) for line in lines):
            conflict -= gift.reserved
        if option <= ROUNDING and conflict <= ROUNDING:
            return False
    return False


def _can_wait(gift: Gift, line: LineOutlook) -> bool:
    """Whom the option asks."""
    return gift.need_by > line.need_by and (line.urgent or not gift.urgent)


def _yields(snapshot: Snapshot, gift: Gift, line: LineOutlook) -> bool:
    """Who gives in a conflict, whatever else: needed later, and not more important unless it is served in time again."""
    if not _can_wait(gift, line):
        return False
    rank, own = _rank(snapshot, gift.line.order_id), _rank(snapshot, line.line.order_id)
    return _in_exchange(gift, line) or (rank is not None and own is not None and rank >= own)


def _may_yield(snapshot: Snapshot, gift: Gift, line: LineOutlook) -> bool:
    """Who may give in a conflict: nobody who is more important and would not be served in time again."""
    rank, own = _rank(snapshot, gift.line.order_id), _rank(snapshot, line.line.order_id)
    if rank is None or own is None:
        return True
    its, mine = (not gift.urgent, rank), (not line.urgent, own)
    return its > mine or (gift.need_by > line.need_by and (its == mine or _in_exchange(gift, line)))


def _in_exchange(gift: Gift, line: LineOutlook) -> bool:
    return all(ready is not None and ready <= gift.need_by for ready in (line.ready, gift.ready))


def _rank(snapshot: Snapshot, order_id: int) -> int | None:
    """0 for the most important customers; None for one that was not read."""
    customer = snapshot.customers.get(snapshot.orders[order_id].customer_id) if order_id in snapshot.orders else None
    return _RANKS[customer.segment] if customer else None
