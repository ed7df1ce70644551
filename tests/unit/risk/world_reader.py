"""The ERP port over a World: real filtering in memory, and a count of the calls."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from agent.domain.purchasing import PurchaseLine, PurchaseOrder, Vendor, VendorPrice
from agent.domain.sales import Customer, OverdueInvoice, SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking, Product, ReorderRule, StockLevel, Warehouse
from tests.unit.risk.builders import NOW, World, euros


class WorldReader:
    """The part of `ErpReader` that a snapshot and an action read."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.calls: Counter[str] = Counter()

    def open_sale_orders(self, names: Sequence[str] | None = None) -> list[SaleOrder]:
        self.calls["open_sale_orders"] += 1
        is_open = [order for order in self.world.orders if order.state == "sale" and not order.complete]
        return [order for order in is_open if names is None or order.name in names]

    def sale_orders(self, names: Sequence[str]) -> list[SaleOrder]:
        self.calls["sale_orders"] += 1
        return [order for order in self.world.orders if order.name in names]

    def sale_order_lines(self, order_ids: Sequence[int]) -> list[SaleOrderLine]:
        self.calls["sale_order_lines"] += 1
        return [line for line in self.world.lines if line.order_id in order_ids]

    def open_order_lines(self, product_ids: Sequence[int]) -> list[SaleOrderLine]:
        self.calls["open_order_lines"] += 1
        is_open = {order.id for order in self.world.orders if order.state == "sale" and not order.complete}
        return [line for line in self.world.lines if line.product_id in product_ids and line.order_id in is_open]

    def orders_of_lines(self, line_ids: Sequence[int]) -> dict[int, SaleOrder]:
        self.calls["orders_of_lines"] += 1
        orders = {order.id: order for order in self.world.orders}
        return {line.id: orders[line.order_id] for line in self.world.lines if line.id in line_ids}

    def customers(self, ids: Sequence[int]) -> list[Customer]:
        self.calls["customers"] += 1
        return [customer for key, customer in self.world.customers.items() if key in ids]

    def products(self, ids: Sequence[int]) -> list[Product]:
        self.calls["products"] += 1
        return [product for product in self.world.products if product.id in ids]

    def warehouses(self) -> list[Warehouse]:
        self.calls["warehouses"] += 1
        return list(self.world.warehouses)

    def stock_levels(self, product_ids: Sequence[int]) -> list[StockLevel]:
        self.calls["stock_levels"] += 1
        return [level for level in self.world.levels.values() if level.product_id in product_ids]

    def open_moves(self, product_ids: Sequence[int] | None = None) -> list[Move]:
        self.calls["open_moves"] += 1
        return [move for move in self.world.moves if product_ids is None or move.product_id in product_ids]

    def moves_of_lines(self, sale_line_ids: Sequence[int]) -> list[Move]:
        self.calls["moves_of_lines"] += 1
        return [move for move in self.world.moves if move.sale_line_id in sale_line_ids]

    def moves_of_pickings(self, picking_ids: Sequence[int]) -> list[Move]:
        self.calls["moves_of_pickings"] += 1
        return [move for move in self.world.moves if move.picking_id in picking_ids]

    def open_pickings(self, order_ids: Sequence[int] | None = None) -> list[Picking]:
        self.calls["open_pickings"] += 1
        return [picking for picking in self.world.pickings if order_ids is None or picking.sale_order_id in order_ids]

    def open_purchase_lines(self, product_ids: Sequence[int] | None = None) -> list[PurchaseLine]:
        self.calls["open_purchase_lines"] += 1
        return [line for line in self.world.purchases if product_ids is None or line.product_id in product_ids]

    def purchases(self, ids: Sequence[int]) -> list[PurchaseOrder]:
        self.calls["purchases"] += 1
        lines = {line.order_id: line for line in self.world.purchases if line.order_id in ids}
        return [
            PurchaseOrder(
                key, line.order_name, line.order_state, line.vendor_id, line.vendor_name, line.ordered_at or NOW, NOW,
                euros(1000), None, None, line.warehouse_id,
            )
            for key, line in lines.items()
        ]  # fmt: skip

    def vendors(self, ids: Sequence[int]) -> list[Vendor]:
        self.calls["vendors"] += 1
        names = {line.vendor_id: line.vendor_name for line in self.world.purchases if line.vendor_id in ids}
        return [Vendor(key, name, frozenset(self.world.vendor_classes.get(key, ()))) for key, name in names.items()]

    def vendor_prices(self, product_ids: Sequence[int]) -> list[VendorPrice]:
        self.calls["vendor_prices"] += 1
        return [price for price in self.world.prices if price.product_id in product_ids]

    def reorder_rules(self) -> list[ReorderRule]:
        self.calls["reorder_rules"] += 1
        return list(self.world.more["reorder_rules"])

    def sent_quotations(self, since: datetime) -> list[SaleOrder]:
        self.calls["sent_quotations"] += 1
        return [order for order in self.world.orders if order.state == "sent" and order.ordered_at >= since]

    def overdue_invoices(self, now: datetime, customer_ids: Sequence[int] | None = None) -> list[OverdueInvoice]:
        self.calls["overdue_invoices"] += 1
        due = [invoice for invoice in self.world.invoices if invoice.due < now]
        return [invoice for invoice in due if customer_ids is None or invoice.customer_id in customer_ids]
