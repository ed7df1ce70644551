"""Products, where they lie, and how they move."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.quantity import Quantity
from agent.domain.records import Record


class PickingKind(StrEnum):
    RECEIPT = "receipt"
    DELIVERY = "delivery"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Product:
    id: int
    name: str
    code: str | None
    unit: str
    storable: bool
    """Stock of it is counted; a consumable or a service is always available."""
    kit: bool = False
    """Shipped as its parts, and never counted itself: whether the parts are there is not known."""

    @property
    def record(self) -> Record:
        return Record("product.product", self.id, self.name)


@dataclass(frozen=True, slots=True)
class Warehouse:
    id: int
    name: str
    code: str
    company_id: int | None = None
    """Goods move between warehouses of one company; between two companies they are bought and sold."""
    company_name: str | None = None

    @property
    def record(self) -> Record:
        return Record("stock.warehouse", self.id, self.name)


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What one warehouse holds of one product, over all its internal locations."""

    product_id: int
    warehouse_id: int
    on_hand: Quantity
    reserved: Quantity

    @property
    def free(self) -> Quantity:
        return (self.on_hand - self.reserved).at_least_zero()


@dataclass(frozen=True, slots=True)
class Picking:
    """A transfer that is not finished yet."""

    id: int
    name: str
    kind: PickingKind
    state: str
    """Odoo's: draft, waiting, confirmed, assigned."""
    scheduled_at: datetime
    created_at: datetime
    warehouse_id: int | None
    sale_order_id: int | None
    purchase_order_id: int | None
    responsible: str | None
    """Nobody is assigned when None."""
    backorder_of: int | None
    zone: Record | None = None
    """The operation type (`stock.picking.type`): the queue it waits in; None where it is not told."""

    @property
    def record(self) -> Record:
        return Record("stock.picking", self.id, self.name)


@dataclass(frozen=True, slots=True)
class Move:
    """Planned movement of one product that is not done or cancelled; quantities in the stocking unit."""

    id: int
    product_id: int
    picking_id: int | None
    kind: PickingKind
    state: str
    """Odoo's: draft, waiting, confirmed, partially_available, assigned."""
    demand: Quantity
    reserved: Quantity
    expected_at: datetime
    """When it is planned to happen (`stock.move.date`)."""
    from_warehouse_id: int | None
    """None: from a vendor, a customer or a loss location."""
    to_warehouse_id: int | None
    sale_line_id: int | None
    purchase_line_id: int | None
    waits_for: tuple[int, ...]
    """Ids of the moves that must be done first (`move_orig_ids`)."""
    reference: str
    """Number of the transfer or production order it belongs to."""
    urgent: bool = False
    """Starred by a person (`priority = 1`): Odoo reserves for it before all others."""


@dataclass(frozen=True, slots=True)
class ReorderRule:
    """A minimum that a warehouse wants to keep of a product (`stock.warehouse.orderpoint`); in the stocking unit."""

    id: int
    name: str
    product_id: int
    warehouse_id: int
    minimum: Quantity
    maximum: Quantity
    lead_days: int
    """From ordering to arrival, as the ERP plans it."""

    @property
    def record(self) -> Record:
        return Record("stock.warehouse.orderpoint", self.id, self.name)
