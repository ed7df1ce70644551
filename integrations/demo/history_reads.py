"""What happened in the warehouses: implements the first half of agent.ports.erp_history.ErpHistory."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from agent.domain.affairs import Shipment
from agent.domain.history import Adjustment, FinishedPicking, QualityFailure, Receipt, Scrap
from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.stock import PickingKind
from integrations.demo.access import Reads
from integrations.demo.company import CURRENCY

RECEIPTS = """
SELECT l.*, o.name AS order_name, o.ordered_at, o.vendor_id, o.warehouse_id, v.name AS vendor_name, p.name AS product_name,
    p.unit, round(l.ordered * l.unit_price, 2) AS value, k.id AS picking_id, k.name AS picking_name, k.done_at AS arrived_at,
    EXISTS (SELECT 1 FROM demo.move m
            WHERE m.purchase_line_id = l.id AND m.state NOT IN ('draft', 'done', 'cancel')) AS still_open
FROM demo.purchase_line l JOIN demo.purchase_order o ON o.id = l.order_id
JOIN demo.partner v ON v.id = o.vendor_id JOIN demo.product p ON p.id = l.product_id AND p.kind <> 'service'
JOIN LATERAL (
    SELECT k.id, k.name, k.done_at FROM demo.move m JOIN demo.picking k ON k.id = m.picking_id
    WHERE m.purchase_line_id = l.id AND m.state = 'done' ORDER BY k.done_at DESC, k.id DESC LIMIT 1) k ON true
WHERE k.done_at >= %(since)s
"""
FINISHED = """
SELECT k.*, z.name AS zone_name FROM demo.picking k JOIN demo.zone z ON z.id = k.zone_id
WHERE k.state = 'done' AND k.done_at >= %(since)s
"""
#: What went to or came from the losses; both sides of the amount are told from the shelf's.
LOSSES = """
SELECT x.*, m.product_id, m.expected_at AS at, m.demand, p.name AS product_name, p.unit, round(m.demand * p.cost, 2) AS value,
    coalesce(f.warehouse_id, t.warehouse_id) AS warehouse_id, f.usage = 'internal' AS lost
FROM {table} x JOIN demo.move m ON m.id = x.move_id JOIN demo.product p ON p.id = m.product_id
JOIN demo.location f ON f.id = m.from_location_id JOIN demo.location t ON t.id = m.to_location_id
WHERE m.expected_at >= %(since)s
"""
FAILURES = """
SELECT q.*, p.name AS product_name, k.name AS picking_name FROM demo.quality_failure q
JOIN demo.product p ON p.id = q.product_id LEFT JOIN demo.picking k ON k.id = q.picking_id WHERE q.at >= %(since)s
"""
SHIPMENTS = """
SELECT k.id, k.name, k.tracking_reference, k.warehouse_id, o.id AS order_id, o.name AS order_name, o.promise_date,
    c.name AS customer_name
FROM demo.picking k JOIN demo.sale_order o ON o.id = k.sale_order_id JOIN demo.partner c ON c.id = o.customer_id
WHERE k.kind = 'delivery' AND k.state <> 'cancel' AND k.tracking_reference = ANY (%(tracking)s)
"""


class HistoryReads(Reads):
    def receipts(self, since: datetime) -> list[Receipt]:
        return [_receipt(row) for row in self._rows(RECEIPTS, {"since": since})]

    def finished_pickings(self, since: datetime) -> list[FinishedPicking]:
        return [
            FinishedPicking(
                id=row.id,
                name=row.name,
                kind=PickingKind(row.kind),
                zone=Record("stock.picking.type", row.zone_id, row.zone_name),
                warehouse_id=row.warehouse_id,
                scheduled_at=row.scheduled_at.astimezone(UTC),
                created_at=row.created_at.astimezone(UTC),
                done_at=row.done_at.astimezone(UTC),
            )
            for row in self._rows(FINISHED, {"since": since})
        ]

    def adjustments(self, since: datetime) -> list[Adjustment]:
        return [
            Adjustment(
                id=row.move_id,
                reference=row.reference,
                product_id=row.product_id,
                product_name=row.product_name,
                change=Quantity(-row.demand if row.lost else row.demand, row.unit),
                value=Money(row.value, CURRENCY),
                warehouse_id=row.warehouse_id,
                at=row.at.astimezone(UTC),
                by=row.counted_by,
            )
            for row in self._rows(LOSSES.format(table="demo.adjustment"), {"since": since})
        ]

    def scraps(self, since: datetime) -> list[Scrap]:
        return [
            Scrap(
                id=row.id,
                name=row.name,
                product_id=row.product_id,
                product_name=row.product_name,
                lot=row.lot,
                quantity=Quantity(row.demand, row.unit),
                value=Money(row.value, CURRENCY),
                warehouse_id=row.warehouse_id,
                at=row.at.astimezone(UTC),
            )
            for row in self._rows(LOSSES.format(table="demo.scrap"), {"since": since})
        ]

    def quality_failures(self, since: datetime) -> list[QualityFailure]:
        return [
            QualityFailure(
                record=Record("quality.check", row.id, row.name),
                product_id=row.product_id,
                product_name=row.product_name,
                picking=None if row.picking_id is None else Record("stock.picking", row.picking_id, row.picking_name),
                lot=row.lot,
                at=row.at.astimezone(UTC),
            )
            for row in self._rows(FAILURES, {"since": since})
        ]

    def shipments(self, tracking: Sequence[str]) -> list[Shipment]:
        return [
            Shipment(
                picking=Record("stock.picking", row.id, row.name),
                tracking=row.tracking_reference,
                order_id=row.order_id,
                order=Record("sale.order", row.order_id, row.order_name),
                customer_name=row.customer_name,
                promise_date=row.promise_date and row.promise_date.astimezone(UTC),
                warehouse_id=row.warehouse_id,
            )
            for row in self._rows(SHIPMENTS, {"tracking": list(tracking)})
        ]


def _receipt(row: Any) -> Receipt:
    return Receipt(
        purchase_line_id=row.id,
        purchase=Record("purchase.order", row.order_id, row.order_name),
        picking=Record("stock.picking", row.picking_id, row.picking_name),
        vendor_id=row.vendor_id,
        vendor_name=row.vendor_name,
        product_id=row.product_id,
        product_name=row.product_name,
        ordered=Quantity(row.ordered, row.unit),
        received=Quantity(row.received, row.unit),
        open=row.still_open,
        ordered_at=row.ordered_at.astimezone(UTC),
        promised_at=row.vendor_promise_date.astimezone(UTC),
        arrived_at=row.arrived_at.astimezone(UTC),
        warehouse_id=row.warehouse_id,
        value=Money(row.value, CURRENCY),
    )
