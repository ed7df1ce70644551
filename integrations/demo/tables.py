"""The rows of schema.sql as they are built in memory, one class per table, columns in the table's order."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(slots=True)
class Seeding:
    id: int
    company: str
    at: datetime


@dataclass(slots=True)
class Warehouse:
    id: int
    name: str
    code: str


@dataclass(slots=True)
class Location:
    id: int
    name: str
    usage: str
    warehouse_id: int | None


@dataclass(slots=True)
class Zone:
    id: int
    name: str
    kind: str
    warehouse_id: int


@dataclass(slots=True)
class Partner:
    id: int
    name: str
    customer: bool
    vendor: bool
    segment: str | None
    language: str
    email: str
    credit_limit: Decimal | None
    tags: list[str]


@dataclass(slots=True)
class Contact:
    id: int
    partner_id: int
    name: str
    email: str


@dataclass(slots=True)
class Product:
    id: int
    code: str
    name: str
    unit: str
    kind: str
    price: Decimal
    cost: Decimal


@dataclass(slots=True)
class VendorPrice:
    id: int
    vendor_id: int
    product_id: int
    price: Decimal
    minimum: Decimal
    lead_days: int
    valid_from: date | None
    valid_until: date | None


@dataclass(slots=True)
class ReorderRule:
    id: int
    name: str
    product_id: int
    warehouse_id: int
    minimum: Decimal
    maximum: Decimal
    lead_days: int


@dataclass(slots=True)
class StockLevel:
    product_id: int
    location_id: int
    on_hand: Decimal
    reserved: Decimal


@dataclass(slots=True)
class SaleOrder:
    id: int
    name: str
    customer_id: int
    state: str
    ordered_at: datetime
    promise_date: datetime | None
    amount: Decimal
    currency: str
    warehouse_id: int
    delivery_status: str | None
    locked: bool
    customer_reference: str | None
    salesperson: str | None


@dataclass(slots=True)
class SaleOrderLine:
    id: int
    order_id: int
    product_id: int
    ordered: Decimal
    delivered: Decimal
    unit_price: Decimal
    sold_quantity: Decimal
    sold_unit: str
    discount: Decimal


@dataclass(slots=True)
class PurchaseOrder:
    id: int
    name: str
    vendor_id: int
    state: str
    ordered_at: datetime
    warehouse_id: int
    vendor_reference: str | None
    buyer: str
    acknowledged: bool
    changed_at: datetime


@dataclass(slots=True)
class PurchaseLine:
    id: int
    order_id: int
    product_id: int
    ordered: Decimal
    received: Decimal
    unit_price: Decimal
    vendor_promise_date: datetime
    for_sale_line_id: int | None


@dataclass(slots=True)
class Picking:
    id: int
    name: str
    kind: str
    state: str
    scheduled_at: datetime
    created_at: datetime
    done_at: datetime | None
    warehouse_id: int
    zone_id: int
    sale_order_id: int | None
    purchase_order_id: int | None
    responsible: str | None
    backorder_of: int | None
    tracking_reference: str | None


@dataclass(slots=True)
class Move:
    id: int
    product_id: int
    picking_id: int | None
    state: str
    demand: Decimal
    reserved: Decimal
    expected_at: datetime
    from_location_id: int
    to_location_id: int
    sale_line_id: int | None
    purchase_line_id: int | None


@dataclass(slots=True)
class MoveOrigin:
    move_id: int
    origin_id: int


@dataclass(slots=True)
class Adjustment:
    move_id: int
    reference: str
    counted_by: str | None


@dataclass(slots=True)
class Scrap:
    id: int
    name: str
    move_id: int
    lot: str | None


@dataclass(slots=True)
class QualityFailure:
    id: int
    name: str
    product_id: int
    picking_id: int | None
    lot: str | None
    at: datetime


@dataclass(slots=True)
class Invoice:
    id: int
    name: str
    kind: str
    partner_id: int
    sale_order_id: int | None
    purchase_order_id: int | None
    state: str
    issued: date
    due: date
    total: Decimal
    residual: Decimal
    currency: str


@dataclass(slots=True)
class InvoiceLine:
    id: int
    invoice_id: int
    sale_line_id: int | None
    purchase_line_id: int | None
    quantity: Decimal
    unit_price: Decimal


#: Table name → row class, in an order that satisfies the foreign keys.
TABLES: dict[str, type] = {
    "seeding": Seeding,
    "warehouse": Warehouse,
    "location": Location,
    "zone": Zone,
    "partner": Partner,
    "contact": Contact,
    "product": Product,
    "vendor_price": VendorPrice,
    "reorder_rule": ReorderRule,
    "stock_level": StockLevel,
    "sale_order": SaleOrder,
    "sale_order_line": SaleOrderLine,
    "purchase_order": PurchaseOrder,
    "purchase_line": PurchaseLine,
    "picking": Picking,
    "move": Move,
    "move_origin": MoveOrigin,
    "adjustment": Adjustment,
    "scrap": Scrap,
    "quality_failure": QualityFailure,
    "invoice": Invoice,
    "invoice_line": InvoiceLine,
}
