"""What there is of a product, and what is on its way, by warehouse."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import Product, Warehouse
from agent.risk.product_records import records_of
from agent.risk.snapshot import Snapshot, grouped
from agent.risk.supply import Supply, arrives, supplies
from agent.risk.terms import ANNOUNCED


@dataclass(frozen=True, slots=True)
class Incoming:
    source: Record
    vendor_name: str | None
    quantity: Quantity
    due: datetime
    """The later of the vendor's promise and the receipt."""
    overdue: bool


@dataclass(frozen=True, slots=True)
class WarehouseStock:
    warehouse: Warehouse
    on_hand: Quantity
    reserved: Quantity
    free: Quantity
    incoming: tuple[Incoming, ...]
    """Earliest first."""
    incoming_total: Quantity


@dataclass(frozen=True, slots=True)
class ProductStock:
    """One product in every warehouse that has or expects it, with totals."""

    product: Product
    warehouses: tuple[WarehouseStock, ...]
    on_hand: Quantity
    reserved: Quantity
    free: Quantity
    incoming: Quantity


def stock_of(snapshot: Snapshot, product_id: int) -> ProductStock | None:
    """Stock and supply of a product by warehouse; None when the snapshot does not know the product."""
    product = snapshot.products.get(product_id)
    if product is None:
        return None
    coming = grouped(
        (supply for supply in supplies(records_of(snapshot, product_id), ANNOUNCED) if _from_outside(supply)),
        lambda supply: supply.warehouse_id,
    )
    here = {level.warehouse_id for level in snapshot.levels_by_product.get(product_id, ())}
    rows = [
        _in_warehouse(snapshot, product, snapshot.warehouses[key], coming.get(key, ()))
        for key in sorted(here | coming.keys())
        if key in snapshot.warehouses
    ]
    return ProductStock(
        product,
        tuple(rows),
        on_hand=_total((row.on_hand for row in rows), product.unit),
        reserved=_total((row.reserved for row in rows), product.unit),
        free=_total((row.free for row in rows), product.unit),
        incoming=_total((row.incoming_total for row in rows), product.unit),
    )


def _from_outside(supply: Supply) -> bool:
    """What is being put away is on hand already, and a draft is not on its way."""
    return supply.move is not None and arrives(supply.move)


def _in_warehouse(snapshot: Snapshot, product: Product, warehouse: Warehouse, coming: Iterable[Supply]) -> WarehouseStock:
    nothing = Quantity(Decimal(0), product.unit)
    level = snapshot.levels.get((product.id, warehouse.id))
    incoming = tuple(_incoming(snapshot, supply, product.unit) for supply in sorted(coming, key=lambda supply: supply.due))
    return WarehouseStock(
        warehouse,
        on_hand=level.on_hand if level else nothing,
        reserved=level.reserved if level else nothing,
        free=level.free if level else nothing,
        incoming=incoming,
        incoming_total=_total((row.quantity for row in incoming), product.unit),
    )


def _incoming(snapshot: Snapshot, supply: Supply, unit: str) -> Incoming:
    vendor = supply.purchase.vendor_name if supply.purchase else None
    return Incoming(supply.source, vendor, Quantity(supply.amount, unit), supply.due, supply.due < snapshot.now)


def _total(quantities: Iterable[Quantity], unit: str) -> Quantity:
    return sum(quantities, Quantity(Decimal(0), unit))
