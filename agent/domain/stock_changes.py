"""What a change of stock says to the ERP; quantities in the product's stocking unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.domain.money import Money


@dataclass(frozen=True, slots=True)
class Goods:
    product_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Reserved:
    """How much shall be reserved for one move."""

    move_id: int
    transfer_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Goods from one warehouse's shelf to another's."""

    from_warehouse_id: int
    to_warehouse_id: int
    goods: Sequence[Goods]
    confirmed: bool
    """Planned at once, with what is free reserved; else a draft."""


@dataclass(frozen=True, slots=True)
class ReturnOrder:
    """Goods of a finished transfer that go back the way they came."""

    transfer_id: int
    goods: Sequence[tuple[int, Decimal]]
    """The move that brought them, and how many."""


@dataclass(frozen=True, slots=True)
class PurchaseGoods:
    product_id: int
    quantity: Decimal
    price: Money
    """For one stocking unit."""
