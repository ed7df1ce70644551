"""What an order was agreed on: prices and quantities of its lines, how it travels, what was invoiced."""

from dataclasses import dataclass
from decimal import Decimal

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record


@dataclass(frozen=True, slots=True)
class LineTerms:
    """A product line as it was sold; quantities are in the unit of the sale."""

    id: int
    order_id: int
    product: str
    code: str | None
    quantity: Quantity
    delivered: Quantity
    invoiced: Quantity
    """On invoices that are not cancelled, drafts among them."""
    unit_price: Decimal
    discount_percent: Decimal
    value: Money
    """Untaxed, for the whole quantity."""
    cost: Money | None
    """What the whole quantity costs us; None where it is not told."""

    @property
    def label(self) -> str:
        """What people call it, and what finds it again."""
        return self.code or self.product


@dataclass(frozen=True, slots=True)
class Carriage:
    """Who brings an order to its customer, and what the customer pays for that."""

    carrier: Record | None
    freight: Money | None
    """None: no freight is charged."""
    deliveries: tuple[Record, ...]
    """Those that have not left yet."""
    carriers_of_deliveries: tuple[str | None, ...]
    """Of each of these."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice to a customer."""

    id: int
    name: str
    customer_id: int
    state: str
    """draft, posted or cancel."""
    total: Money
    """With taxes, as the customer pays it."""
    paid: str
    """not_paid, in_payment, partial, paid, reversed …"""

    @property
    def record(self) -> Record:
        return Record("account.move", self.id, self.name)


@dataclass(frozen=True, slots=True)
class CreditNote:
    """What takes an invoice back."""

    id: int
    name: str
    """A draft may have none yet."""
    invoice_id: int
    state: str
    total: Money
