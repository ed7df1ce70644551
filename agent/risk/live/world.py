"""All that was read, by noun, with the indexes that a snapshot offers; changes are taken over record by record."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from agent.domain.purchasing import PurchaseLine
from agent.domain.sales import OverdueInvoice, SaleOrder, SaleOrderLine
from agent.domain.stock import Move, Picking, StockLevel
from agent.risk.live.table import Table
from agent.risk.snapshot import Snapshot, grouped, parts_of


class LiveSnapshot(Snapshot):
    """The same object shows the world as it stands now to everybody who keeps it."""

    def show(self, values: Mapping[str, Any]) -> None:
        """Fields and indexes by name; an index that is not among them is built anew when it is asked for."""
        vars(self).clear()
        vars(self).update(values)


class World:
    """What the last full look brought, kept up to date."""

    def __init__(self, read: Snapshot) -> None:
        self.orders = Table[SaleOrder](by_customer=lambda order: (order.customer_id,))
        self.lines = Table[SaleOrderLine](
            lines_by_order=lambda line: (line.order_id,), lines_by_product=lambda line: (line.product_id,)
        )
        self.moves = Table[Move](
            moves_by_product=lambda move: (move.product_id,),
            moves_by_sale_line=lambda move: (move.sale_line_id,),
            moves_by_picking=lambda move: (move.picking_id,),
            moves_by_purchase_line=lambda move: (move.purchase_line_id,),
        )
        self.pickings = Table[Picking](pickings_by_order=lambda picking: (picking.sale_order_id,))
        self.purchase_lines = Table[PurchaseLine](
            purchase_lines_by_product=lambda line: (line.product_id,),
            purchase_lines_by_sale_line=lambda line: line.for_sale_line_ids,
            by_purchase=lambda line: (line.order_id,),
        )
        self.invoices = Table[OverdueInvoice](overdue_by_customer=lambda invoice: (invoice.customer_id,))
        self.snapshot = LiveSnapshot(read.now)
        self._fill(read)

    def _fill(self, read: Snapshot) -> None:
        self.orders.fill(read.orders.values())
        self.lines.fill(read.lines)
        self.moves.fill(read.moves)
        self.pickings.fill(read.pickings)
        self.purchase_lines.fill(read.purchase_lines)
        self.invoices.fill(read.overdue_invoices)
        self.customers = dict(read.customers)
        self.products = dict(read.products)
        self.levels = dict(sorted(read.levels.items()))
        self._levels_by_product: dict[int, list[StockLevel]] = grouped(self.levels.values(), lambda level: level.product_id)
        self._parts: dict[int, list[int]] = {}
        self._kit_lines: dict[int, list[int]] = {}
        self._rest = {field.name: getattr(read, field.name) for field in fields(read)}
        self.set_parts(self.moves.indexes["moves_by_sale_line"].rows)
        self.show(read.now)

    def set_levels(self, product_ids: Iterable[int], found: Iterable[StockLevel]) -> set[int]:
        """`found` is all there is of these products; returns those whose stock differs."""
        by_product = grouped(sorted(found, key=lambda level: level.warehouse_id), lambda level: level.product_id)
        changed = {key for key in product_ids if by_product.get(key, []) != self._levels_by_product.get(key, [])}
        for key in changed:
            for old in self._levels_by_product.pop(key, ()):
                del self.levels[key, old.warehouse_id]
            if key in by_product:
                self._levels_by_product[key] = by_product[key]
                self.levels |= {(key, level.warehouse_id): level for level in by_product[key]}
        return changed

    def set_parts(self, line_ids: Iterable[int]) -> None:
        """Say again of which parts these order lines consist: nothing, but for kits."""
        moves = self.moves.indexes["moves_by_sale_line"].rows
        for line_id in line_ids:
            for part in self._parts.pop(line_id, ()):
                self._kit_lines[part].remove(line_id)
                if not self._kit_lines[part]:
                    del self._kit_lines[part]
            line = self.lines.by_id.get(line_id)
            parts = parts_of(line, moves.get(line_id, ())) if line else []
            if parts:
                self._parts[line_id] = parts
                for part in parts:
                    self._kit_lines.setdefault(part, []).append(line_id)

    def products_of(self, line: SaleOrderLine) -> set[int]:
        """Its own product and, of a kit, the parts."""
        return {line.product_id, *self._parts.get(line.id, ())}

    def goods_of(self, order_ids: Iterable[int]) -> set[int]:
        """What these orders still want."""
        lines = (line for order_id in order_ids for line in self.lines.rows("lines_by_order", order_id))
        return {product_id for line in lines for product_id in self.products_of(line)}

    def rest(self, name: str) -> Any:
        """A field of the snapshot that is kept as a whole."""
        return self._rest[name]

    def keep(self, name: str, value: Any) -> None:
        self._rest[name] = value

    def wanted(self, product_id: int) -> bool:
        """Whether open orders still want it, as it is or as a part, somebody buys it, or a warehouse wants to have it."""
        if product_id in self.lines.indexes["lines_by_product"].rows:
            return True
        if product_id in self.purchase_lines.indexes["purchase_lines_by_product"].rows:
            return True
        if any(rule.product_id == product_id for rule in self._rest["reorder_rules"]):
            return True
        moves = self.moves.indexes["moves_by_product"].rows.get(product_id, ())
        return any(move.sale_line_id in self.lines.by_id for move in moves)

    def show(self, now: datetime) -> None:
        """Let the snapshot show what is there."""
        tables = (self.lines, self.moves, self.pickings, self.purchase_lines, self.invoices)
        indexes = {name: index.rows for table in tables for name, index in table.indexes.items()}
        self.snapshot.show(
            self._rest
            | indexes
            | {
                "now": now,
                "orders": self.orders.by_id,
                "subjects": frozenset(self.orders.by_id),
                "lines": list(self.lines.by_id.values()),
                "lines_by_id": self.lines.by_id,
                "products": self.products,
                "levels": self.levels,
                "levels_by_product": self._levels_by_product,
                "moves": list(self.moves.by_id.values()),
                "moves_by_id": self.moves.by_id,
                "parts_by_line": self._parts,
                "kit_lines_by_part": self._kit_lines,
                "pickings": list(self.pickings.by_id.values()),
                "pickings_by_id": self.pickings.by_id,
                "purchase_lines": list(self.purchase_lines.by_id.values()),
                "purchase_lines_by_id": self.purchase_lines.by_id,
                "customers": self.customers,
                "overdue_invoices": list(self.invoices.by_id.values()),
            }
        )
