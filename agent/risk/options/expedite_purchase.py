"""Have the vendor hurry what the order waits for, or confirm the purchase that nobody confirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.calendars import days_between
from agent.domain.findings import Option, OptionKind
from agent.domain.money import CENT, Money
from agent.domain.purchasing import PurchaseLine
from agent.guardrails.policy import Thresholds
from agent.risk.options.carried_out import confirmation, message
from agent.risk.options.ground import Ground
from agent.risk.outlooks import LineOutlook
from agent.risk.pools import Peg
from agent.risk.snapshot import grouped
from agent.risk.terms import scope_of
from agent.risk.wording import day, days, listed

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Wait:
    leaf: LineOutlook
    peg: Peg
    purchase: PurchaseLine


def expedite_purchase(ground: Ground) -> Iterator[Option]:
    """One option for each purchase that the order waits for beyond its promise."""
    promise = ground.situation.order.promise_date
    waits = [
        _Wait(leaf, peg, peg.supply.purchase)
        for leaf in ground.leaves
        if promise is None or leaf.ready is None or leaf.ready > promise
        for peg in leaf.allocation.pegs
        if peg.supply.purchase
    ]
    for found in grouped(waits, lambda wait: wait.purchase.order_id).values():
        option = _hurried(ground, found) if found[0].purchase.confirmed else _confirmed(ground, found)
        if option:
            yield option


def _hurried(ground: Ground, waits: Sequence[_Wait]) -> Option | None:
    """None when it comes so soon that hurrying it brings nothing, or when it would still be too late to matter."""
    purchase = waits[0].purchase
    limits = _limits(ground, purchase)
    last = max(wait.peg.supply.expected or wait.peg.supply.due for wait in waits)
    sooner = max(last - timedelta(days=limits.expedite_saves_days), ground.now + A_DAY)
    ready = _ready(ground, waits, sooner)
    if sooner >= last or ready is None or (ground.situation.projected and ready >= ground.situation.projected):
        return None
    cost = _fee(waits, limits.expedite_percent)
    fee = f", for about {cost}" if cost else ""
    return Option(
        kind=OptionKind.EXPEDITE_PURCHASE,
        summary=f"Ask {purchase.vendor_name} to send {_goods(ground, waits)} of {purchase.order_name} "
        f"{days(days_between(sooner, last, ground.zone))} earlier, by {day(sooner, ground.zone)}{fee}: "
        f"the order can then ship on {day(ready, ground.zone)}.",
        ready_date=ready,
        cost=cost,
        harms=(),
        approval=ground.approval("send_vendor_message", message(ground, purchase, cost)),
    )


def _confirmed(ground: Ground, waits: Sequence[_Wait]) -> Option | None:
    """None when its date is past: nobody can count on that any more."""
    purchase = waits[0].purchase
    arrival = max(wait.peg.supply.due for wait in waits)
    ready = _ready(ground, waits, arrival)
    if arrival < ground.now or ready is None:
        return None
    arguments, facts = confirmation(ground, purchase)
    return Option(
        kind=OptionKind.EXPEDITE_PURCHASE,
        summary=f"Confirm {purchase.order_name} with {purchase.vendor_name}, which brings {_goods(ground, waits)} "
        f"by {day(arrival, ground.zone)}: the order can then ship on {day(ready, ground.zone)}.",
        ready_date=ready,
        cost=None,
        harms=(),
        approval=ground.approval("confirm_purchase", facts),
        action="confirm_purchase",
        arguments=arguments,
    )


def _limits(ground: Ground, purchase: PurchaseLine) -> Thresholds:
    order = ground.situation.order
    return ground.policy.limits.at(scope_of(ground.situation.snapshot, order.warehouse_id, vendor_id=purchase.vendor_id))


def _ready(ground: Ground, waits: Sequence[_Wait], arrival: datetime) -> datetime | None:
    """When the order is ready if these goods come then; the rest of each line as it is."""
    changed: dict[tuple[int, int], datetime | None] = {}
    for leaf in {wait.leaf.line.id: wait.leaf for wait in waits}.values():
        hurried = [wait.peg for wait in waits if wait.leaf is leaf]
        others = [peg.supply.expected for peg in leaf.allocation.pegs if peg not in hurried]
        open_end = None in others or leaf.allocation.missing > 0
        arrived = ground.ships(leaf.warehouse_id, arrival)
        changed[leaf.line.id, leaf.product_id] = None if open_end else max([arrived, *(date for date in others if date)])
    return ground.ready_if(changed)


def _goods(ground: Ground, waits: Sequence[_Wait]) -> str:
    return listed([ground.goods(wait.leaf, wait.peg.amount) for wait in waits])


def _value(waits: Sequence[_Wait]) -> Money | None:
    """What the goods that the order waits for were bought at; None where some price is not told."""
    shares = [
        wait.purchase.value.share(wait.peg.amount, wait.purchase.ordered.amount) if wait.purchase.value else None
        for wait in waits
    ]
    known = [share for share in shares if share]
    return sum(known[1:], known[0]) if known and len(known) == len(shares) else None


def _fee(waits: Sequence[_Wait], percent: int) -> Money | None:
    value = _value(waits)
    if value is None or not percent:
        return None
    return Money((value.amount * Decimal(percent) / 100).quantize(CENT), value.currency)
