"""What was bought, from whom, for how much, and when the vendor says it comes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """A purchase order line that is not completely received; quantities in the product's stocking unit."""

    id: int
    order_id: int
    order_name: str
    order_state: str
    """Odoo's: draft, sent, `to approve`, purchase, done."""
    vendor_id: int
    vendor_name: str
    product_id: int
    product_name: str
    ordered: Quantity
    received: Quantity
    vendor_promise_date: datetime
    """`date_planned`. Odoo's own forecast does not follow it: see facts about `purchase.order.line.date_planned`."""
    receipt_expected_at: datetime | None
    """The latest date of its open receipt moves, None when there is no receipt yet."""
    for_sale_line_ids: tuple[int, ...]
    """Sale order lines that this purchase was made for (make to order)."""
    value: Money | None = None
    """Untaxed, for the whole ordered quantity; None where it is not told."""
    ordered_at: datetime | None = None
    """When it was confirmed; of a draft the day by which it has to be ordered, so that it comes on the promised day."""
    warehouse_id: int | None = None
    """Where it will be received; None when it goes straight to the customer, or nobody knows."""

    @property
    def outstanding(self) -> Quantity:
        return (self.ordered - self.received).at_least_zero()

    @property
    def confirmed(self) -> bool:
        """The order stands with the vendor; a draft or an unapproved order is not supply that can be counted on."""
        return self.order_state in ("purchase", "done")

    @property
    def record(self) -> Record:
        return Record("purchase.order", self.order_id, self.order_name)

    @property
    def line_record(self) -> Record:
        return Record("purchase.order.line", self.id, self.product_name)


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A purchase that is not finished: in preparation, waiting for approval, or with goods still to come."""

    id: int
    name: str
    state: str
    """As of a line's `order_state`."""
    vendor_id: int
    vendor_name: str
    ordered_at: datetime
    """When it was confirmed (`date_approve`); of a draft, the deadline it was given (`date_order`), which may be to come."""
    changed_at: datetime
    """The last change of any kind: nothing tells when a state was entered, so no state is younger than this."""
    amount: Money
    """Untaxed total."""
    acknowledged: bool | None
    """Whether the vendor confirmed it; None where the ERP keeps no such thing."""
    buyer: str | None
    warehouse_id: int | None

    @property
    def record(self) -> Record:
        return Record("purchase.order", self.id, self.name)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A commercial partner that sells to us."""

    id: int
    name: str
    classes: frozenset[str]
    """Its tags in lower case: what policy calls vendor classes."""

    @property
    def record(self) -> Record:
        return Record("res.partner", self.id, self.name)


@dataclass(frozen=True, slots=True)
class VendorPrice:
    """A line of a vendor's price list (`product.supplierinfo`)."""

    id: int
    vendor_id: int
    vendor_name: str
    product_id: int
    price: Money
    """For one stocking unit."""
    minimum: Decimal
    """From this quantity on, in the stocking unit; 0 for any."""
    lead_days: int
    valid_from: date | None
    valid_until: date | None

    def holds(self, quantity: Decimal, day: date) -> bool:
        """Whether this price is to be had for that quantity on that day."""
        starts = self.valid_from is None or self.valid_from <= day
        return starts and (self.valid_until is None or day <= self.valid_until) and quantity >= self.minimum

    @property
    def record(self) -> Record:
        return Record("product.supplierinfo", self.id, self.vendor_name)
