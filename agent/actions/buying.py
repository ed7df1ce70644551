"""What actions that buy have in common: a vendor's price, and the facts a policy decides on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from agent.actions.finding import class_of
from agent.actions.goods import money_of
from agent.domain.money import Money
from agent.domain.purchasing import Vendor, VendorPrice
from agent.domain.quantity import Quantity
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader


@dataclass(frozen=True, slots=True)
class Wanted:
    """Goods of one line of a purchase."""

    product_id: int
    quantity: Quantity
    """In the stocking unit."""
    price: Money
    """For one stocking unit, as the purchase has it."""
    arrives: date


def list_price(vendor: Vendor, product_id: int, quantity: Decimal, arrives: date, reader: ErpReader) -> VendorPrice | None:
    """The vendor's cheapest price for so much, ordered so that it comes on that day; None when its list has none."""
    return _cheapest(reader.vendor_prices([product_id]), vendor.id, product_id, quantity, arrives)


def _cheapest(
    known: Iterable[VendorPrice], vendor_id: int, product_id: int, quantity: Decimal, arrives: date
) -> VendorPrice | None:
    prices = [
        each
        for each in known
        if (each.vendor_id, each.product_id) == (vendor_id, product_id)
        and each.holds(quantity, _ordered_on(arrives, each.lead_days))
    ]
    return min(prices, key=lambda each: (each.price.amount, each.id)) if prices else None


def _ordered_on(arrives: date, lead_days: int) -> date:
    try:
        return arrives - timedelta(days=lead_days)
    except OverflowError:  # an arrival in year 1, or a lead time of millions of days
        return date.min


def the_higher(price: Money, usual: Money | None) -> Money:
    """What is decided on: whoever asks states a price, and would choose with a low one who approves.

    The stated price where the list has none, or one in another currency.
    """
    return usual if usual is not None and usual.currency == price.currency and price < usual else price


def at_least_list(amount: Money, vendor_id: int, lines: Iterable[Wanted], known: Iterable[VendorPrice]) -> Money:
    """The amount of a purchase, and what its lines would cost more at the vendor's list."""
    prices = list(known)
    for line in lines:
        usual = _cheapest(prices, vendor_id, line.product_id, line.quantity.amount, line.arrives)
        more = the_higher(line.price, usual.price if usual else None).amount - line.price.amount
        amount = Money(amount.amount + more * line.quantity.amount, amount.currency)
    return amount


def against_list(percents: Sequence[str | None]) -> dict[str, Any]:
    """Facts: by how much the dearest price is above the vendor's list, and the cheapest below it; None when one is not known."""
    known = [Decimal(each) for each in percents if each is not None]
    whole = bool(known) and len(known) == len(percents)
    return {
        "over_list_percent": f"{max(known):.1f}" if whole else None,
        "under_list_percent": f"{max(-min(known), Decimal(0)):.1f}" if whole else None,
    }


def list_words(over: str | None) -> str:
    """How a price compares with the vendor's list, for whoever approves it."""
    if over is None:
        return "not on its price list"
    percent = Decimal(over)
    if not percent:
        return "its list price"
    return f"{abs(percent)} % {'over' if percent > 0 else 'under'} its list price"


def list_sentence(cost: Money, agreed: Money) -> str:
    """What whoever approves has to know when less is agreed than listed; empty otherwise."""
    return f" At list prices it would be {cost}, and that decides who approves." if agreed < cost else ""


def percent_over(price: Decimal, usual: Decimal) -> str | None:
    """By how many percent a price is above another one, to one place; negative when it is below."""
    return f"{(price - usual) / usual * 100:.1f}" if usual else None


def money_facts(cost: Money, vendor: Vendor) -> dict[str, Any]:
    return {"cost": money_of(cost), "currency": cost.currency, "vendor": vendor.name, "vendor_class": class_of(vendor)}


def priced_facts(cost: Money, agreed: Money, vendor: Vendor) -> dict[str, Any]:
    """`cost` is decided on: at least what the vendor's list says; `agreed_cost` is what would be paid."""
    return {**money_facts(cost, vendor), "agreed_cost": money_of(agreed)}


def no_price(vendor: Vendor, product: str) -> PreconditionFailed:
    return PreconditionFailed(f"{vendor.name} has no price for that much {product} on its list; give the price that was agreed.")
