"""Buy what is missing from a vendor whose price list brings it sooner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.calendars import day_of
from agent.domain.findings import Option, OptionKind
from agent.domain.money import CENT, Money
from agent.domain.purchasing import PurchaseLine, VendorPrice
from agent.domain.quantity import ROUNDING
from agent.risk.options.carried_out import purchase
from agent.risk.options.ground import Ground, noon_of
from agent.risk.outlooks import LineOutlook
from agent.risk.wording import day

#: Vendors offered for one product: the soonest, and the next one.
OFFERED = 2


@dataclass(frozen=True, slots=True)
class _Offer:
    price: VendorPrice
    quantity: Decimal
    """What is short, or the vendor's minimum where that is more."""
    arrival: datetime
    cost: Money


def buy_elsewhere(ground: Ground) -> Iterator[Option]:
    """For each product that is late or has no supply, up to two vendors who can bring it sooner than it comes now."""
    promise = ground.situation.order.promise_date
    for leaf in ground.leaves:
        if leaf.short_now > ROUNDING and (leaf.ready is None or promise is None or leaf.ready > promise):
            offers = sorted(_offers(ground, leaf), key=lambda offer: (offer.arrival, offer.cost.amount, offer.price.vendor_name))
            for offer in offers[:OFFERED]:
                yield _option(ground, leaf, offer)


def _offers(ground: Ground, leaf: LineOutlook) -> Iterator[_Offer]:
    """The cheapest valid price of each vendor who does not already owe us these goods."""
    owing = {each.vendor_id for each in _purchases(leaf)}
    best: dict[int, _Offer] = {}
    for price in ground.situation.snapshot.prices_by_product.get(leaf.product_id, ()):
        quantity = max(leaf.short_now, price.minimum)
        if price.vendor_id in owing or not price.holds(quantity, day_of(ground.now, ground.zone)):
            continue
        arrival = ground.ships(leaf.warehouse_id, noon_of(ground.now, max(price.lead_days, 1), ground.zone))
        if leaf.ready is not None and arrival >= leaf.ready:
            continue
        cost = Money((price.price.amount * quantity).quantize(CENT), price.price.currency)
        known = best.get(price.vendor_id)
        if known is None or cost.amount < known.cost.amount:
            best[price.vendor_id] = _Offer(price, quantity, arrival, cost)
    yield from best.values()


def _purchases(leaf: LineOutlook) -> list[PurchaseLine]:
    return [peg.supply.purchase for peg in leaf.allocation.pegs if peg.supply.purchase]


def _option(ground: Ground, leaf: LineOutlook, offer: _Offer) -> Option:
    ready = ground.ready_if({(leaf.line.id, leaf.product_id): offer.arrival})
    vendor = offer.price.vendor_name
    extent = (
        f"the order can then ship on {day(ready, ground.zone)}"
        if ready
        else f"that part can then ship on {day(offer.arrival, ground.zone)}"
    )
    arrives = day_of(noon_of(ground.now, max(offer.price.lead_days, 1), ground.zone), ground.zone).isoformat()
    seller = (offer.price.vendor_id, vendor)
    arguments, facts = purchase(ground, leaf, offer.quantity, offer.price.price, seller, arrives)
    return Option(
        kind=OptionKind.BUY_ELSEWHERE,
        summary=f"Buy {ground.goods(leaf, offer.quantity)} from {vendor} for {offer.cost}{_dearer(leaf, offer)}, "
        f"{offer.price.lead_days} days' lead time: {extent}.",
        ready_date=ready or offer.arrival,
        cost=offer.cost,
        harms=(),
        approval=ground.approval("create_rfq", facts),
        whole=ready is not None,
        action="create_rfq" if arguments["warehouse"] else None,
        arguments=arguments if arguments["warehouse"] else {},
    )


def _dearer(leaf: LineOutlook, offer: _Offer) -> str:
    """How its price compares with what the goods on their way cost."""
    coming = next((each for each in _purchases(leaf) if each.value and each.ordered), None)
    if coming is None or coming.value is None or coming.value.currency != offer.cost.currency:
        return ""
    now = coming.value.amount / coming.ordered.amount
    more = _percent(offer.price.price.amount, now)
    if not more:
        return f" (the price of {coming.vendor_name})"
    return f" ({abs(more)} % {'more' if more > 0 else 'less'} than from {coming.vendor_name})"


def _percent(price: Decimal, other: Decimal) -> int:
    return int(((price - other) / other * 100).to_integral_value()) if other else 0
