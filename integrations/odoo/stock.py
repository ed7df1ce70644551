"""Products, warehouses, stock and its movements."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from agent.domain.quantity import Quantity
from agent.domain.stock import Move, Picking, PickingKind, Product, StockLevel, Warehouse
from integrations.odoo.along import Row
from integrations.odoo.lookups import Location, Stocked
from integrations.odoo.noun import Noun
from integrations.odoo.values import exact, moment, quantity

_UNFINISHED: list[Any] = [("state", "not in", ["draft", "done", "cancel"])]


class Stock(Noun):
    def products(self, ids: Sequence[int]) -> list[Product]:
        known, _ = self.lookups.products.visible(ids)
        return [known[key].product for key in dict.fromkeys(ids) if key in known]

    def warehouses(self) -> list[Warehouse]:
        return list(self.lookups.warehouses.rows())

    def stock_levels(self, product_ids: Sequence[int]) -> list[StockLevel]:
        fields = ["product_id", "location_id", "quantity", "reserved_quantity"]
        rows = self.pages.search_where("stock.quant", "product_id", product_ids, [("location_id.usage", "=", "internal")], fields)
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        locations = self.lookups.locations.by_id(row["location_id"] for row in rows)
        sums: dict[tuple[int, int], tuple[Decimal, Decimal]] = {}
        for row in rows:
            warehouse = locations[row["location_id"]].warehouse_id
            if warehouse is not None:
                on_hand, reserved = sums.get((row["product_id"], warehouse), (Decimal(0), Decimal(0)))
                sums[row["product_id"], warehouse] = (
                    on_hand + exact(row["quantity"]),
                    reserved + exact(row["reserved_quantity"]),
                )
        return [
            StockLevel(product, warehouse, Quantity(on_hand, unit), Quantity(reserved, unit))
            for (product, warehouse), (on_hand, reserved) in sums.items()
            for unit in [products[product].product.unit]
        ]

    def open_moves(self, product_ids: Sequence[int] | None = None) -> list[Move]:
        if product_ids is None:
            return self._moves(lambda fields: self.pages.search("stock.move", _UNFINISHED, fields))
        return self._moves(lambda fields: self.pages.search_where("stock.move", "product_id", product_ids, _UNFINISHED, fields))

    def moves_again(self, ids: Sequence[int]) -> list[Move]:
        return self._moves(lambda fields: self.pages.search_where("stock.move", "id", ids, _UNFINISHED, fields))

    def moves_of_lines(self, sale_line_ids: Sequence[int]) -> list[Move]:
        if not self.pages.has_field("stock.move", "sale_line_id"):
            return []
        return self._moves(
            lambda fields: self.pages.search_where("stock.move", "sale_line_id", sale_line_ids, _UNFINISHED, fields)
        )

    def moves_of_pickings(self, picking_ids: Sequence[int]) -> list[Move]:
        return self._moves(lambda fields: self.pages.search_where("stock.move", "picking_id", picking_ids, _UNFINISHED, fields))

    def _moves(self, ask: Callable[[list[str]], list[Row]]) -> list[Move]:
        unit, reserved = self.dialect.move_unit, self.dialect.reserved
        links = [field for field in ("sale_line_id", "purchase_line_id") if self.pages.has_field("stock.move", field)]
        fields = [
            "product_id", "picking_id", "state", "product_uom_qty", "date", "location_id", "location_dest_id", "move_orig_ids",
            "reference", "priority", unit, reserved, *links,
        ]  # fmt: skip
        rows = ask(fields)
        products = self.lookups.products.by_id(row["product_id"] for row in rows)
        units = self.lookups.units.by_id(row[unit] for row in rows)
        locations = self.lookups.locations.by_id(row[end] for row in rows for end in ("location_id", "location_dest_id"))
        moves = []
        for row in rows:
            stocked = products[row["product_id"]]
            rate = units[row[unit]].factor / stocked.factor
            start, end = locations[row["location_id"]], locations[row["location_dest_id"]]
            moves.append(_move(row, stocked, rate, row[reserved], start, end))
        return moves

    def open_pickings(self, order_ids: Sequence[int] | None = None) -> list[Picking]:
        if order_ids is None:
            return self._pickings(lambda fields: self.pages.search("stock.picking", _UNFINISHED, fields))
        return self._pickings(lambda fields: self.pages.search_where("stock.picking", "sale_id", order_ids, _UNFINISHED, fields))

    def pickings_again(self, ids: Sequence[int]) -> list[Picking]:
        return self._pickings(lambda fields: self.pages.search_where("stock.picking", "id", ids, _UNFINISHED, fields))

    def _pickings(self, ask: Callable[[list[str]], list[Row]]) -> list[Picking]:
        sale = ["sale_id"] if self.pages.has_field("stock.picking", "sale_id") else []
        rows = ask(["name", "state", "picking_type_id", "scheduled_date", "create_date", "user_id", "backorder_id", *sale])
        types = self.lookups.picking_types.by_id(row["picking_type_id"] for row in rows)
        people, _ = self.lookups.users.visible(row["user_id"] for row in rows)
        purchases = self._purchases_of(row["id"] for row in rows if types[row["picking_type_id"]].kind is PickingKind.RECEIPT)
        return [
            Picking(
                row["id"],
                row["name"],
                types[row["picking_type_id"]].kind,
                row["state"],
                moment(row["scheduled_date"] or row["create_date"]),
                moment(row["create_date"]),
                types[row["picking_type_id"]].warehouse_id,
                row.get("sale_id") or None,
                purchases.get(row["id"]),
                people.get(row["user_id"]),
                row["backorder_id"] or None,
                types[row["picking_type_id"]].zone,
            )
            for row in rows
        ]

    def _purchases_of(self, receipt_ids: Iterable[int]) -> dict[int, int]:
        """Receipt → its purchase. Odoo follows that link record by record, so it is asked of receipts alone."""
        if not self.pages.has_field("stock.picking", "purchase_id"):
            return {}
        rows = self.pages.read("stock.picking", receipt_ids, ["purchase_id"])
        return {key: row["purchase_id"] for key, row in rows.items() if row["purchase_id"]}


def _move(row: Row, stocked: Stocked, rate: float, reserved: float, start: Location, end: Location) -> Move:
    unit = stocked.product.unit
    return Move(
        row["id"],
        stocked.product.id,
        row["picking_id"] or None,
        _kind(start, end),
        row["state"],
        quantity(row["product_uom_qty"] * rate, unit),
        quantity(reserved * rate, unit),
        moment(row["date"]),
        start.warehouse_id,
        end.warehouse_id,
        row.get("sale_line_id") or None,
        row.get("purchase_line_id") or None,
        tuple(row["move_orig_ids"]),
        row["reference"] or f"move {row['id']}",
        row["priority"] == "1",
    )


def _kind(start: Location, end: Location) -> PickingKind:
    if start.usage in ("supplier", "customer"):
        return PickingKind.RECEIPT
    return PickingKind.DELIVERY if end.usage in ("supplier", "customer") else PickingKind.INTERNAL
