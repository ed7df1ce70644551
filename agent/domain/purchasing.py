"""What was bought and when the vendor says it comes."""

from dataclasses import dataclass
from datetime import datetime

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
