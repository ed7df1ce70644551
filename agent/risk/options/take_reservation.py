"""Take what is reserved for an order that can wait longer, or matters less."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.findings import Affected, Claim, Option, OptionKind
from agent.domain.quantity import ROUNDING
from agent.risk.options.carried_out import reassignment
from agent.risk.options.ground import Ground, by_order
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import ZERO, covered
from agent.risk.wording import day, days, listed


@dataclass(frozen=True, slots=True)
class _Gift:
    """What one line would give up."""

    giver: LineOutlook
    amount: Decimal
    new: datetime | None
    """When the giver would be ready then."""


def take_reservation(ground: Ground) -> Iterator[Option]:
    """One option with as few givers as do, those that are needed last first.

    Only where it brings the whole line forward, and only from customers' orders whose promise is later. Everybody between the
    two in the queue is served as before: what one gives up it asks for again at its own, later place.
    """
    gifts: list[tuple[LineOutlook, _Gift]] = []
    for leaf in ground.leaves:
        if _late(ground, leaf):
            gifts += _gifts(ground.after(_claim(gift) for _, gift in gifts), leaf)
    if not gifts:
        return
    covered = {(leaf.line.id, leaf.product_id): ground.ships(leaf.warehouse_id) for leaf, _ in gifts}
    ready, at_once = ground.ready_if(covered), max(covered.values())
    given = [gift for _, gift in gifts]
    harms = by_order([harm for gift in given if (harm := _harm(ground, gift))])
    goods = listed(sorted({ground.goods(leaf, _sum(gift for other, gift in gifts if other is leaf)) for leaf, _ in gifts}))
    extent = (
        f"the order can then ship complete on {day(ready, ground.zone)}"
        if ready
        else f"that part can then ship on {day(at_once, ground.zone)}"
    )
    action = reassignment(ground, [gift.giver for gift in given], [(leaf, gift.amount) for leaf, gift in gifts])
    facts = action[1] if action else ground.facts(None, harms)
    yield Option(
        kind=OptionKind.TAKE_RESERVATION,
        summary=f"Give {ground.situation.order.name} {goods} reserved for {_givers(ground, given, harms)}: {extent}.",
        ready_date=ready or at_once,
        cost=None,
        harms=harms,
        approval=ground.approval("reassign_reservation", facts),
        whole=ready is not None,
        claims=tuple(_claim(gift) for gift in given),
        action="reassign_reservation" if action else None,
        arguments=action[0] if action else {},
    )


def _late(ground: Ground, leaf: LineOutlook) -> bool:
    """Short now, and not ready by the promise."""
    promise = ground.situation.order.promise_date
    return leaf.short_now > ROUNDING and promise is not None and (leaf.ready is None or leaf.ready > max(promise, ground.now))


def _gifts(ground: Ground, leaf: LineOutlook) -> list[tuple[LineOutlook, _Gift]]:
    """Empty when those who may give do not have enough."""
    wanted, given = leaf.short_now, []
    for giver in _givers_of(ground, leaf):
        amount = min(wanted, ground.reserved_for(giver))
        if amount <= ROUNDING:
            continue
        given.append((giver, amount))
        wanted -= amount
        if wanted <= ROUNDING:
            return [(leaf, _Gift(giver, amount, _served_again(ground, leaf, giver, amount))) for giver, amount in given]
    return []


def _givers_of(ground: Ground, leaf: LineOutlook) -> Iterator[LineOutlook]:
    """Reserved lines of other orders, for the same product in the same warehouse, that are needed later; the last first.

    A product's outlooks are in the order in which they are served: who is starred in front, each by need date.
    """
    product = ground.situation.projection.products.get(leaf.product_id)
    for other in reversed(product.outlooks if product else ()):
        if other.urgent and not leaf.urgent:
            return
        if other.need_by <= leaf.need_by:
            if other.urgent or not leaf.urgent:
                return
            continue
        if other.reserved and other.warehouse_id == leaf.warehouse_id and other.line.order_id != leaf.line.order_id:
            yield other


def _served_again(ground: Ground, leaf: LineOutlook, giver: LineOutlook, amount: Decimal) -> datetime | None:
    """When the giver gets its goods again: at its own place in the queue, where the taker asks for that much less."""
    pool = ground.pool(leaf.product_id, leaf.warehouse_id)
    if pool is None:
        return None
    own, taker = pool.own.get(giver.line.id), pool.own.get(leaf.line.id)
    place = own.turn if own else (not giver.urgent, giver.need_by, giver.need_by, giver.line.id)
    asked = amount + (own.amount if own else ZERO) + pool.asked_before(place)
    if taker and taker.turn < place:
        asked -= min(taker.amount, amount)
    return covered(pool, asked)


def _harm(ground: Ground, gift: _Gift) -> Affected | None:
    return ground.harm(gift.giver.line, gift.giver.need_by, gift.giver.ready, gift.new)


def _givers(ground: Ground, given: Sequence[_Gift], harms: Sequence[Affected]) -> str:
    orders = (ground.situation.snapshot.orders[gift.giver.line.order_id] for gift in given)
    harmed = {harm.order.id: harm for harm in harms}
    hopeless = {gift.giver.line.order_id for gift in given if gift.new is None}
    found = {order.id: f"{order.name} ({_fate(harmed.get(order.id), order.id in hopeless)})" for order in orders}
    return listed(list(found.values()))


def _fate(harm: Affected | None, hopeless: bool) -> str:
    if harm is None:
        return "which still gets it in time"
    if hopeless:
        return "for which nothing else is in sight"
    return f"which would be {days(harm.days)} late" if harm.days else "which would be late that day"


def _sum(gifts: Iterator[_Gift]) -> Decimal:
    return sum((gift.amount for gift in gifts), ZERO)


def _claim(gift: _Gift) -> Claim:
    assert gift.giver.warehouse_id is not None  # a reservation lies somewhere
    return Claim(gift.giver.product_id, gift.giver.warehouse_id, gift.amount, gift.giver.line.id)
