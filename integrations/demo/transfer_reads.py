"""Transfers in any state, and places of stock."""

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import PickingKind
from agent.domain.transfers import ProductDetail, StockPlace, Transfer, TransferLine
from integrations.demo.access import Reads
from integrations.demo.company import CURRENCY

TRANSFERS = """
SELECT k.*, c.name AS partner_name, r.name AS returns_name,
    (SELECT f.warehouse_id FROM demo.move m JOIN demo.location f ON f.id = m.from_location_id
     WHERE m.picking_id = k.id ORDER BY m.id LIMIT 1) AS from_warehouse_id,
    (SELECT t.warehouse_id FROM demo.move m JOIN demo.location t ON t.id = m.to_location_id
     WHERE m.picking_id = k.id ORDER BY m.id LIMIT 1) AS to_warehouse_id
FROM demo.picking k
LEFT JOIN demo.sale_order s ON s.id = k.sale_order_id LEFT JOIN demo.purchase_order p ON p.id = k.purchase_order_id
LEFT JOIN demo.partner c ON c.id = coalesce(s.customer_id, p.vendor_id) LEFT JOIN demo.picking r ON r.id = k.returns
WHERE k.name = ANY (%(names)s) OR strpos(k.origin, %(marker)s) > 0
"""
LINES = """
SELECT m.*, p.name AS product_name, p.code, p.unit,
    EXISTS (SELECT 1 FROM demo.move_origin WHERE move_id = m.id) AS chained,
    (SELECT coalesce(sum(b.demand), 0) FROM demo.move b WHERE b.returns = m.id AND b.state <> 'cancel') AS returned
FROM demo.move m JOIN demo.product p ON p.id = m.product_id WHERE m.picking_id = ANY (%(ids)s) ORDER BY m.id
"""
PLACES = """
SELECT l.id, l.name, s.on_hand, s.reserved, p.unit
FROM demo.location l JOIN demo.product p ON p.id = %(product)s
LEFT JOIN demo.stock_level s ON s.location_id = l.id AND s.product_id = p.id
WHERE l.warehouse_id = %(warehouse)s ORDER BY l.id
"""
NOTHING = Decimal(0)


class TransferReads(Reads):
    def transfers(self, names: Sequence[str]) -> list[Transfer]:
        return self._transfers(list(names), None)

    def transfers_marked(self, marker: str) -> list[Transfer]:
        return self._transfers([], marker)

    def stock_places(self, product_id: int, warehouse_id: int) -> list[StockPlace]:
        rows = self._rows(PLACES, {"product": product_id, "warehouse": warehouse_id})
        held = [row for row in rows if row.on_hand]
        return [
            StockPlace(row.id, row.name, Quantity(row.on_hand or NOTHING, row.unit), Quantity(row.reserved or NOTHING, row.unit))
            for row in held or rows[:1]
        ]

    def count_booked(self, product_id: int, marker: str) -> bool:
        return bool(self._rows("SELECT 1 FROM demo.adjustment WHERE reference = %(marker)s", {"marker": marker}))

    def written_off(self, marker: str) -> bool:
        return bool(self._rows("SELECT 1 FROM demo.scrap WHERE origin = %(marker)s", {"marker": marker}))

    def product_details(self, product_ids: Sequence[int]) -> list[ProductDetail]:
        rows = self._rows("SELECT id, cost FROM demo.product WHERE id = ANY (%(ids)s)", {"ids": list(product_ids)})
        return [ProductDetail(row.id, Money(row.cost, CURRENCY), by_lot=False) for row in rows]

    def _transfers(self, names: list[str], marker: str | None) -> list[Transfer]:
        rows = self._rows(TRANSFERS, {"names": names, "marker": marker})
        lines: dict[int, list[TransferLine]] = {row.id: [] for row in rows}
        for row in self._rows(LINES, {"ids": list(lines)}):
            lines[row.picking_id].append(_line(row))
        return [_transfer(row, tuple(lines[row.id])) for row in rows]


def _line(row: Any) -> TransferLine:
    done = row.state == "done"
    return TransferLine(
        move_id=row.id,
        product_id=row.product_id,
        product_name=row.product_name,
        product_code=row.code,
        state=row.state,
        demand=Quantity(row.demand, row.unit),
        reserved=Quantity(NOTHING if done else row.reserved, row.unit),
        moved=Quantity(row.demand if done else NOTHING, row.unit),
        returned=Quantity(row.returned, row.unit),
        sale_line_id=row.sale_line_id,
        chained=row.chained,
    )


def _transfer(row: Any, lines: tuple[TransferLine, ...]) -> Transfer:
    return Transfer(
        id=row.id,
        name=row.name,
        kind=PickingKind(row.kind),
        state=row.state,
        urgent=row.urgent,
        origin=row.origin or "",
        scheduled_at=row.scheduled_at.astimezone(UTC),
        from_warehouse_id=row.from_warehouse_id,
        to_warehouse_id=row.to_warehouse_id,
        sale_order_id=row.sale_order_id,
        partner_name=row.partner_name,
        returns=Record("stock.picking", row.returns, row.returns_name) if row.returns else None,
        lines=lines,
    )
