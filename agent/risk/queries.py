"""Small questions a snapshot answers: what is late from a vendor, what there is of a product."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from agent.domain.purchasing import PurchaseLine
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import Product, Warehouse
from agent.risk.projection import project
from agent.risk.situation import days_between
from agent.risk.snapshot import Snapshot, grouped
from agent.risk.supply import Supply, arrives, supplies


@dataclass(frozen=True, slots=True)
class LatePurchase:
    """A confirmed purchase line past its date."""

    line: PurchaseLine
    due: datetime
    """The later of the vendor's promise and the receipt."""
    days_late: int
    awaited_by: tuple[Record, ...]
    """Sale orders of the snapshot that count on it, by need date."""


@dataclass(frozen=True, slots=True)
class Incoming:
    source: Record
    vendor_name: str | None
    quantity: Quantity
    due: datetime
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


def late_purchases(snapshot: Snapshot, vendor_id: int | None = None) -> list[LatePurchase]:
    """Confirmed purchase lines past their date, of one vendor or of all, latest first."""
    waiting = _orders_by_purchase_line(snapshot)
    late = []
    for line in snapshot.purchase_lines:
        moves = snapshot.moves_by_purchase_line.get(line.id, ())
        due = max([line.vendor_promise_date, *(move.expected_at for move in moves)])
        if line.confirmed and line.outstanding and due < snapshot.now and vendor_id in (None, line.vendor_id):
            late.append(LatePurchase(line, due, days_between(due, snapshot.now), waiting.get(line.id, ())))
    return sorted(late, key=lambda purchase: (purchase.due, purchase.line.id))


def stock_of(snapshot: Snapshot, product_id: int) -> ProductStock | None:
    """Stock and supply of a product by warehouse; None when the snapshot does not know the product."""
    product = snapshot.products.get(product_id)
    if product is None:
        return None
    coming = grouped(
        (supply for supply in supplies(snapshot, timedelta()) if supply.product_id == product_id and _from_outside(supply)),
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


def _orders_by_purchase_line(snapshot: Snapshot) -> dict[int, tuple[Record, ...]]:
    found: dict[int, dict[int, Record]] = {}
    outlooks = sorted(project(snapshot, timedelta()).lines.values(), key=lambda outlook: (outlook.need_by, outlook.line.id))
    for outlook in outlooks:
        for peg in outlook.allocation.pegs:
            if peg.supply.purchase:
                order = snapshot.orders[outlook.line.order_id].record
                found.setdefault(peg.supply.purchase.id, {})[order.id] = order
    return {line_id: tuple(orders.values()) for line_id, orders in found.items()}


def _total(quantities: Iterable[Quantity], unit: str) -> Quantity:
    return sum(quantities, Quantity(Decimal(0), unit))
