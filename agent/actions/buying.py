"""What actions that buy have in common: a vendor's price, and the facts a policy decides on."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from agent.actions.finding import class_of
from agent.actions.goods import money_of
from agent.domain.money import Money
from agent.domain.purchasing import Vendor, VendorPrice
from agent.domain.stock import Product
from agent.errors import PreconditionFailed
from agent.ports.erp_reader import ErpReader


def list_price(vendor: Vendor, product: Product, quantity: Decimal, arrives: date, reader: ErpReader) -> VendorPrice | None:
    """The vendor's cheapest price for so much, ordered so that it comes on that day; None when its list has none."""
    prices = [
        each
        for each in reader.vendor_prices([product.id])
        if each.vendor_id == vendor.id and each.holds(quantity, arrives - timedelta(days=each.lead_days))
    ]
    return min(prices, key=lambda each: (each.price.amount, each.id)) if prices else None


def percent_over(price: Decimal, usual: Decimal) -> str | None:
    """By how many percent a price is above another one, to one place; negative when it is below."""
    return f"{(price - usual) / usual * 100:.1f}" if usual else None


def highest(percents: Sequence[str | None]) -> str | None:
    """None when one is not known."""
    known = [Decimal(each) for each in percents if each is not None]
    return f"{max(known):.1f}" if known and len(known) == len(percents) else None


def money_facts(cost: Money, vendor: Vendor) -> dict[str, Any]:
    return {"cost": money_of(cost), "currency": cost.currency, "vendor": vendor.name, "vendor_class": class_of(vendor)}


def no_price(vendor: Vendor, product: Product) -> PreconditionFailed:
    return PreconditionFailed(
        f"{vendor.name} has no price for that much {product.name} on its list; give the price that was agreed."
    )
