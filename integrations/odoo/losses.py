"""Stock that was counted up or down, and goods written off; each at today's cost."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.domain.history import Adjustment, Scrap
from agent.domain.money import Money
from agent.domain.quantity import Quantity
from integrations.odoo.lookups import Stocked
from integrations.odoo.noun import Noun
from integrations.odoo.values import exact, moment, money, stored

#: What marks the move of a write-off: the second in versions that have no first.
_WRITE_OFF = ("scrap_id", "scrapped")


class Losses(Noun):
    def adjustments(self, since: datetime) -> list[Adjustment]:
        """Moves to and from an inventory-loss location that no write-off made."""
        unit, moved = self.dialect.move_unit, self.dialect.moved
        rows = self.pages.search(
            "stock.move",
            [
                ("state", "=", "done"),
                ("date", ">=", stored(since)),
                "|",
                ("location_id.usage", "=", "inventory"),
                ("location_dest_id.usage", "=", "inventory"),
                *self._no_write_off(),
            ],
            ["product_id", "location_id", "location_dest_id", "date", "reference", "create_uid", unit, moved],
        )
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        units = self.lookups.units.by_id(row[unit] for row in rows)
        locations = self.lookups.locations.by_id(row[end] for row in rows for end in ("location_id", "location_dest_id"))
        people, _ = self.lookups.users.visible(row["create_uid"] for row in rows)
        found = []
        for row in rows:
            stocked, start, end = products[row["product_id"]], locations[row["location_id"]], locations[row["location_dest_id"]]
            inside = start if end.usage == "inventory" else end
            amount = exact(row[moved] * units[row[unit]].factor / stocked.factor)
            if inside.usage == "internal" and amount:
                change = Quantity(-amount if end.usage == "inventory" else amount, stocked.product.unit)
                found.append(
                    Adjustment(
                        id=row["id"],
                        reference=row["reference"] or f"move {row['id']}",
                        product_id=stocked.product.id,
                        product_name=stocked.product.name,
                        change=change,
                        value=self._at_cost(stocked, amount),
                        warehouse_id=inside.warehouse_id,
                        at=moment(row["date"]),
                        by=people.get(row["create_uid"]),
                    )
                )
        return found

    def scraps(self, since: datetime) -> list[Scrap]:
        done = [("state", "=", "done"), ("date_done", ">=", stored(since))]
        fields = ["name", "product_id", "product_uom_id", "scrap_qty", "lot_id", "location_id", "date_done"]
        rows = self.pages.search("stock.scrap", done, fields)
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        units = self.lookups.units.by_id(row["product_uom_id"] for row in rows)
        locations = self.lookups.locations.by_id(row["location_id"] for row in rows)
        lots, _ = self.lookups.lots.visible(row["lot_id"] for row in rows)
        found = []
        for row in rows:
            stocked = products[row["product_id"]]
            amount = exact(row["scrap_qty"] * units[row["product_uom_id"]].factor / stocked.factor)
            found.append(
                Scrap(
                    id=row["id"],
                    name=row["name"],
                    product_id=stocked.product.id,
                    product_name=stocked.product.name,
                    lot=lots.get(row["lot_id"]),
                    quantity=Quantity(amount, stocked.product.unit),
                    value=self._at_cost(stocked, amount),
                    warehouse_id=locations[row["location_id"]].warehouse_id,
                    at=moment(row["date_done"]),
                )
            )
        return found

    def _no_write_off(self) -> list[Any]:
        marks = [field for field in _WRITE_OFF if self.pages.has_field("stock.move", field)]
        return [(mark, "=", False) for mark in marks[:1]]

    def _at_cost(self, stocked: Stocked, amount: Decimal) -> Money | None:
        return money(stocked.cost * float(amount), self.own_currency) if stocked.cost else None
