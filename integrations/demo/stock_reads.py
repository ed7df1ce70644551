"""Products, where they lie and how they move."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import Move, Picking, PickingKind, Product, StockLevel, Warehouse
from integrations.demo.access import Reads
from integrations.demo.company import NAME


class StockReads(Reads):
    def products(self, ids: Sequence[int]) -> list[Product]:
        rows = self._rows("SELECT * FROM demo.product WHERE id = ANY (%(ids)s)", {"ids": list(ids)})
        return [product_of(row) for row in rows]

    def warehouses(self) -> list[Warehouse]:
        rows = self._rows("SELECT * FROM demo.warehouse")
        return [Warehouse(row.id, row.name, row.code, company_id=1, company_name=NAME) for row in rows]

    def stock_levels(self, product_ids: Sequence[int]) -> list[StockLevel]:
        query = """
            SELECT s.product_id, l.warehouse_id, p.unit, sum(s.on_hand) AS on_hand, sum(s.reserved) AS reserved
            FROM demo.stock_level s JOIN demo.location l ON l.id = s.location_id JOIN demo.product p ON p.id = s.product_id
            WHERE l.usage = 'internal' AND s.product_id = ANY (%(ids)s)
            GROUP BY s.product_id, l.warehouse_id, p.unit HAVING sum(s.on_hand) > 0"""
        return [
            StockLevel(row.product_id, row.warehouse_id, Quantity(row.on_hand, row.unit), Quantity(row.reserved, row.unit))
            for row in self._rows(query, {"ids": list(product_ids)})
        ]

    def open_moves(self, product_ids: Sequence[int] | None = None) -> list[Move]:
        return self._moves("m.product_id = ANY (%(ids)s)" if product_ids is not None else "true", product_ids or ())

    def moves_of_lines(self, sale_line_ids: Sequence[int]) -> list[Move]:
        return self._moves("m.sale_line_id = ANY (%(ids)s)", sale_line_ids)

    def moves_of_pickings(self, picking_ids: Sequence[int]) -> list[Move]:
        return self._moves("m.picking_id = ANY (%(ids)s)", picking_ids)

    def _moves(self, condition: str, ids: Sequence[int]) -> list[Move]:
        query = f"""
            SELECT m.*, k.kind, k.urgent, k.name AS reference, p.unit,
                f.warehouse_id AS from_warehouse_id, t.warehouse_id AS to_warehouse_id,
                ARRAY(SELECT origin_id FROM demo.move_origin WHERE move_id = m.id ORDER BY origin_id) AS waits_for
            FROM demo.move m JOIN demo.picking k ON k.id = m.picking_id JOIN demo.product p ON p.id = m.product_id
            JOIN demo.location f ON f.id = m.from_location_id JOIN demo.location t ON t.id = m.to_location_id
            WHERE m.state NOT IN ('draft', 'done', 'cancel') AND {condition}"""  # noqa: S608 - constants
        return [_move(row) for row in self._rows(query, {"ids": list(ids)})]

    def open_pickings(self, order_ids: Sequence[int] | None = None) -> list[Picking]:
        query = """
            SELECT k.*, z.name AS zone_name FROM demo.picking k JOIN demo.zone z ON z.id = k.zone_id
            WHERE k.state NOT IN ('draft', 'done', 'cancel')
            AND (%(ids)s::int[] IS NULL OR k.sale_order_id = ANY (%(ids)s))"""
        return [_picking(row) for row in self._rows(query, {"ids": None if order_ids is None else list(order_ids)})]


def product_of(row: Any) -> Product:
    return Product(row.id, row.name, row.code, row.unit, storable=row.kind == "storable")


def _move(row: Any) -> Move:
    return Move(
        id=row.id,
        product_id=row.product_id,
        picking_id=row.picking_id,
        kind=PickingKind(row.kind),
        state=row.state,
        demand=Quantity(row.demand, row.unit),
        reserved=Quantity(row.reserved, row.unit),
        expected_at=row.expected_at.astimezone(UTC),
        from_warehouse_id=row.from_warehouse_id,
        to_warehouse_id=row.to_warehouse_id,
        sale_line_id=row.sale_line_id,
        purchase_line_id=row.purchase_line_id,
        waits_for=tuple(row.waits_for),
        reference=row.reference,
        urgent=row.urgent,
    )


def _picking(row: Any) -> Picking:
    return Picking(
        id=row.id,
        name=row.name,
        kind=PickingKind(row.kind),
        state=row.state,
        scheduled_at=row.scheduled_at.astimezone(UTC),
        created_at=row.created_at.astimezone(UTC),
        warehouse_id=row.warehouse_id,
        sale_order_id=row.sale_order_id,
        purchase_order_id=row.purchase_order_id,
        responsible=row.responsible,
        backorder_of=row.backorder_of,
        zone=Record("stock.picking.type", row.zone_id, row.zone_name),
    )
