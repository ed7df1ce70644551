"""What a vendor's price list says of a purchase line."""

from collections.abc import Sequence
from datetime import tzinfo

from agent.domain.calendars import day_of
from agent.domain.purchasing import PurchaseLine, VendorPrice
from agent.risk.snapshot import Snapshot


def listed_prices(snapshot: Snapshot, line: PurchaseLine, zone: tzinfo) -> Sequence[VendorPrice]:
    """Of the line's vendor and product, those that hold for its quantity on the day, of that zone, on which it was ordered; today
    when that is not known.

    The best first: the one for the largest quantity, of several for the same quantity the cheapest, as Odoo chooses.
    """
    known = snapshot.prices_by_product.get(line.product_id, ())
    if not known:
        return ()
    purchase = snapshot.purchases_by_id.get(line.order_id)
    ordered_at = line.ordered_at or (purchase.ordered_at if purchase else snapshot.now)
    amount, day = line.ordered.amount, day_of(ordered_at, zone)
    found = [price for price in known if price.vendor_id == line.vendor_id and price.holds(amount, day)]
    return sorted(found, key=lambda price: (-price.minimum, price.price.amount, price.id))
