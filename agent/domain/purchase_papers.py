"""Purchases in any state, line by line: what a change of them has to know."""

from dataclasses import dataclass
from datetime import datetime

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One product of a purchase; quantities in its stocking unit."""

    id: int
    product_id: int
    product_name: str
    product_code: str | None
    ordered: Quantity
    received: Quantity
    price: Money
    """For one stocking unit, untaxed, after discount."""
    vendor_promise_date: datetime

    @property
    def product(self) -> str:
        """As an argument names it: its code, or its name where it has none."""
        return self.product_code or self.product_name


@dataclass(frozen=True, slots=True)
class PurchasePaper:
    """A `purchase.order` in any state."""

    id: int
    name: str
    state: str
    """Odoo's: draft, sent, `to approve`, purchase, done, cancel."""
    vendor: Record
    amount: Money
    """Untaxed."""
    origin: str
    """The document or the mark that it came from; empty without one."""
    warehouse_id: int | None
    lines: tuple[PaperLine, ...]

    @property
    def record(self) -> Record:
        return Record("purchase.order", self.id, self.name)
