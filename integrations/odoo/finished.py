"""Transfers that are done, and parcels on their way."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.affairs import Shipment
from agent.domain.history import FinishedPicking
from agent.domain.records import Record
from integrations.odoo.noun import Noun
from integrations.odoo.values import moment, moment_or_none, stored


class Finished(Noun):
    def finished_pickings(self, since: datetime) -> list[FinishedPicking]:
        done = [("state", "=", "done"), ("date_done", ">=", stored(since))]
        fields = ["name", "picking_type_id", "scheduled_date", "create_date", "date_done"]
        rows = self.pages.search("stock.picking", done, fields)
        types = self.lookups.picking_types.by_id(row["picking_type_id"] for row in rows)
        return [
            FinishedPicking(
                row["id"],
                row["name"],
                kind.kind,
                kind.zone,
                kind.warehouse_id,
                moment(row["scheduled_date"] or row["create_date"]),
                moment(row["create_date"]),
                moment(row["date_done"]),
            )
            for row in rows
            for kind in [types[row["picking_type_id"]]]
        ]

    def shipments(self, tracking: Sequence[str]) -> list[Shipment]:
        """Of sale orders; a number is known where a carrier's module (`delivery`) keeps it."""
        if not all(self.pages.has_field("stock.picking", field) for field in ("carrier_tracking_ref", "sale_id")):
            return []
        rows = self.pages.search_where(
            "stock.picking",
            "carrier_tracking_ref",
            tracking,
            [("state", "!=", "cancel"), ("sale_id", "!=", False)],
            ["name", "sale_id", "carrier_tracking_ref", "picking_type_id"],
        )
        orders = self.pages.read("sale.order", (row["sale_id"] for row in rows), ["name", "partner_id", "commitment_date"])
        customers = self.lookups.companies.by_id(order["partner_id"] for order in orders.values())
        types = self.lookups.picking_types.by_id(row["picking_type_id"] for row in rows)
        return [
            Shipment(
                picking=Record("stock.picking", row["id"], row["name"]),
                tracking=row["carrier_tracking_ref"],
                order_id=order["id"],
                order=Record("sale.order", order["id"], order["name"]),
                customer_name=customers[order["partner_id"]].name,
                promise_date=moment_or_none(order["commitment_date"]),
                warehouse_id=types[row["picking_type_id"]].warehouse_id,
            )
            for row in rows
            if row["sale_id"] in orders
            for order in [orders[row["sale_id"]]]
        ]
