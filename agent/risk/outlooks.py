"""What is foreseen for one order line."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.money import Money
from agent.domain.quantity import ROUNDING
from agent.domain.sales import SaleOrderLine
from agent.risk.pools import ZERO, Allocation


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
    urgent: bool = False
    """Starred by a person: served before everybody who is not."""

    @property
    def value(self) -> Money:
        """Of what is still to ship; of a part the value of its kits."""
        if self.product_id != self.line.product_id:
            return self.line.outstanding_value
        whole = self.line.ordered.amount
        return self.line.value if self.outstanding == whole else self.line.value.share(self.outstanding, whole)

    @property
    def available_now(self) -> Decimal:
        return self.reserved + self.allocation.from_stock

    @property
    def short_now(self) -> Decimal:
        return self.outstanding - self.available_now

    def timeline(self, now: datetime) -> list[tuple[datetime, Decimal]]:
        """How much can ship from when on, earliest first: of 10 units 4 now and 6 more on the day a receipt comes.

        What has no supply that can be counted on is in none of them.
        """
        amounts = {now: self.available_now} if self.available_now > ROUNDING else {}
        for peg in self.allocation.pegs:
            if peg.supply.expected is not None:
                moment = max(peg.supply.expected, now)
                amounts[moment] = amounts.get(moment, ZERO) + peg.amount
        return sorted(amounts.items())

    @property
    def unsupplied(self) -> Decimal:
        """What neither stock nor a confirmed supply covers."""
        drafts = (peg.amount for peg in self.allocation.pegs if peg.supply.expected is None)
        return sum(drafts, self.allocation.missing)
