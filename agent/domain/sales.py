"""Customers and what was promised to them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record


class Segment(StrEnum):
    """How much a customer matters, from the partner's tags; drives ranking, priority and approval."""

    STRATEGIC = "strategic"
    KEY = "key"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, at the level that is invoiced (the commercial partner)."""

    id: int
    name: str
    segment: Segment
    language: str
    """ISO 639-1, for drafts."""
    email: str | None
    credit_limit: Money | None
    """None: no limit is kept, or the reader may not see it."""
    exposure: Money | None = None
    """What the ERP counts against the limit (Odoo: `credit` + `credit_to_invoice`); None where it does not tell."""

    @property
    def record(self) -> Record:
        return Record("res.partner", self.id, self.name)


@dataclass(frozen=True, slots=True)
class SaleOrder:
    """A customer's order. The promise date is `commitment_date`; all times are aware and in UTC."""

    id: int
    name: str
    customer_id: int
    customer_name: str
    state: str
    """Odoo's: draft, sent, sale, cancel (and done in old versions)."""
    ordered_at: datetime
    promise_date: datetime | None
    amount: Money
    """Untaxed total."""
    warehouse_id: int | None
    complete: bool
    """Odoo says that everything was delivered (`delivery_status = full`, or its equivalent)."""
    locked: bool
    customer_reference: str | None
    salesperson: str | None

    @property
    def record(self) -> Record:
        return Record("sale.order", self.id, self.name)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order and how far it came."""

    order: SaleOrder
    delivered_at: datetime | None
    """When the last of its goods left for the customer; None before any did."""


@dataclass(frozen=True, slots=True)
class SaleOrderLine:
    """One line; quantities are in the product's stocking unit."""

    id: int
    order_id: int
    product_id: int
    product_name: str
    goods: bool
    """Something that is shipped; services, sections and notes are not."""
    ordered: Quantity
    delivered: Quantity
    value: Money
    """Untaxed, for the whole ordered quantity."""
    discount_percent: Decimal = Decimal(0)
    cost: Money | None = None
    """What the whole ordered quantity costs us; None where it is not told."""
    lead_days: float = 0.0
    """`customer_lead`: days from the order to the shipment, where no other date was promised."""

    @property
    def outstanding(self) -> Quantity:
        """Still owed to the customer; never negative."""
        return (self.ordered - self.delivered).at_least_zero()

    @property
    def outstanding_value(self) -> Money:
        return self.value.share(self.outstanding.amount, self.ordered.amount or Decimal(1))

    @property
    def record(self) -> Record:
        return Record("sale.order.line", self.id, self.product_name)


@dataclass(frozen=True, slots=True)
class OverdueInvoice:
    """A posted customer invoice past its due date with something left to pay."""

    id: int
    name: str
    customer_id: int
    due: datetime
    residual: Money

    @property
    def record(self) -> Record:
        return Record("account.move", self.id, self.name)
