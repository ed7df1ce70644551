"""What is foreseen for one order line."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.money import Money
from agent.domain.sales import SaleOrderLine
from agent.risk.pools import Allocation


@dataclass(frozen=True, slots=True)
class LineOutlook:
    """When an order line can ship. Amounts are in the stocking unit of `product_id`."""

    line: SaleOrderLine
    warehouse_id: int | None
    need_by: datetime
    outstanding: Decimal
    reserved: Decimal
    allocation: Allocation
    ready: datetime | None
    """Of the last unit; None when some unit has no supply."""
    product_id: int
    """What is shipped: the line's product, or in an outlook among `parts` the part."""
    unit: str
    parts: tuple["LineOutlook", ...] = ()
    """Of a kit, by product id; amounts of each in its own unit."""

    @property
    def value(self) -> Money:
        """Of what is still to ship."""
        whole = self.line.ordered.amount
        return self.line.value if self.outstanding == whole else self.line.value.share(self.outstanding, whole)

    @property
    def available_now(self) -> Decimal:
        return self.reserved + self.allocation.from_stock

    @property
    def short_now(self) -> Decimal:
        return self.outstanding - self.available_now

    @property
    def unsupplied(self) -> Decimal:
        """What neither stock nor a confirmed supply covers."""
        drafts = (peg.amount for peg in self.allocation.pegs if peg.supply.expected is None)
        return sum(drafts, self.allocation.missing)
