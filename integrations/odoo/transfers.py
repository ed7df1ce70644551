"""Transfers in any state and the places of stock, as `agent.ports.erp_details.stock.StockDetails`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from agent.domain.money import Money
from agent.domain.quantity import Quantity
from agent.domain.records import Record
from agent.domain.transfers import ProductDetail, StockPlace, Transfer, TransferLine
from integrations.odoo.along import Row
from integrations.odoo.lookups import Stocked
from integrations.odoo.noun import Noun
from integrations.odoo.search import literal
from integrations.odoo.values import exact, moment, quantity

_FIELDS = ["name", "state", "picking_type_id", "priority", "origin", "scheduled_date", "create_date", "partner_id"]
_FIELDS += ["location_id", "location_dest_id"]
_KEPT_APART = ("lot_id", "package_id", "owner_id")
_SEPARATE = ("location_id", *_KEPT_APART)
_QUANTS = [*_SEPARATE, "quantity", "reserved_quantity"]


class Transfers(Noun):
    def transfers(self, names: Sequence[str]) -> list[Transfer]:
        return self._told(self.pages.search_where("stock.picking", "name", names, [], self._picking_fields))

    def transfers_marked(self, marker: str) -> list[Transfer]:
        return self._told(self.pages.search("stock.picking", [("origin", "like", literal(marker))], self._picking_fields))

    def stock_places(self, product_id: int, warehouse_id: int) -> list[StockPlace]:
        unit = self.lookups.products.by_id([product_id])[product_id].product.unit
        rows = self.pages.search(
            "stock.quant", [("product_id", "=", product_id), ("location_id.usage", "=", "internal")], _QUANTS
        )
        places = self.lookups.locations.by_id(row["location_id"] for row in rows)
        rows = [row for row in rows if places[row["location_id"]].warehouse_id == warehouse_id]
        if not rows:
            shelf = self.pages.read("stock.warehouse", [warehouse_id], ["lot_stock_id"])[warehouse_id]["lot_stock_id"]
            rows = [{"location_id": shelf, "quantity": 0.0, "reserved_quantity": 0.0}]
        names = self.pages.read("stock.location", {row["location_id"] for row in rows}, ["complete_name"])
        # changes that met leave several records of one place, which Odoo puts together at night
        alike: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows:
            alike[tuple(row.get(field) for field in _SEPARATE)].append(row)
        return [_place(each, names[each[0]["location_id"]]["complete_name"], unit) for each in alike.values()]

    def count_booked(self, product_id: int, marker: str) -> bool:
        booked = [("product_id", "=", product_id), ("state", "=", "done"), ("reference", "like", literal(marker))]
        return bool(self.connection.ask("stock.move", "search", domain=booked, limit=1))

    def written_off(self, marker: str) -> bool:
        done = [("origin", "=", marker), ("state", "=", "done")]
        return bool(self.connection.ask("stock.scrap", "search", domain=done, limit=1))

    def product_details(self, product_ids: Sequence[int]) -> list[ProductDetail]:
        known = self.lookups.products.by_id(product_ids)
        rows = self.pages.read("product.product", product_ids, ["tracking"])
        currency = self.own_currency
        return [
            ProductDetail(key, Money(exact(known[key].cost), currency), row["tracking"] != "none") for key, row in rows.items()
        ]

    @property
    def _picking_fields(self) -> list[str]:
        return [*_FIELDS, *(["sale_id"] if self.pages.has_field("stock.picking", "sale_id") else [])]

    def _told(self, rows: Sequence[Row]) -> list[Transfer]:
        moves = self._moves_of(row["id"] for row in rows)
        products = self.lookups.products.by_id(move["product_id"] for move in moves)
        units = self.lookups.units.by_id(move[self.dialect.move_unit] for move in moves)
        back = self._came_back(moves)
        taken = self._taken_back(moves)
        lines: defaultdict[int, list[TransferLine]] = defaultdict(list)
        for move in moves:
            stocked = products[move["product_id"]]
            rate = units[move[self.dialect.move_unit]].factor / stocked.factor
            lines[move["picking_id"]].append(self._line(move, stocked, rate, back.get(move["id"], Decimal(0))))
        types = self.lookups.picking_types.by_id(row["picking_type_id"] for row in rows)
        places = self.lookups.locations.by_id(row[end] for row in rows for end in ("location_id", "location_dest_id"))
        partners, _ = self.lookups.companies.visible(row["partner_id"] for row in rows)
        return [
            Transfer(
                id=row["id"],
                name=row["name"],
                kind=types[row["picking_type_id"]].kind,
                state=row["state"],
                urgent=row["priority"] == "1",
                origin=row["origin"] or "",
                scheduled_at=moment(row["scheduled_date"] or row["create_date"]),
                from_warehouse_id=places[row["location_id"]].warehouse_id,
                to_warehouse_id=places[row["location_dest_id"]].warehouse_id,
                sale_order_id=row.get("sale_id") or None,
                partner_name=partners[row["partner_id"]].name if row["partner_id"] in partners else None,
                returns=taken.get(row["id"]),
                lines=tuple(lines[row["id"]]),
            )
            for row in rows
        ]

    def _moves_of(self, transfers: Iterable[int]) -> list[Row]:
        dialect = self.dialect
        sale = ["sale_line_id"] if self.pages.has_field("stock.move", "sale_line_id") else []
        amounts = {"product_uom_qty", dialect.move_unit, dialect.reserved, dialect.moved}
        fields = ["picking_id", "product_id", "state", "move_orig_ids", "origin_returned_move_id", *sorted(amounts), *sale]
        return self.pages.search_where("stock.move", "picking_id", transfers, [], fields)

    def _line(self, move: Row, stocked: Stocked, rate: float, returned: Decimal) -> TransferLine:
        product, done = stocked.product, move["state"] == "done"
        return TransferLine(
            move_id=move["id"],
            product_id=product.id,
            product_name=product.name,
            product_code=product.code,
            state=move["state"],
            demand=quantity(move["product_uom_qty"] * rate, product.unit),
            reserved=quantity(0.0 if done else move[self.dialect.reserved] * rate, product.unit),
            moved=quantity(move[self.dialect.moved] * rate if done else 0.0, product.unit),
            returned=Quantity(returned, product.unit),
            sale_line_id=move.get("sale_line_id") or None,
            chained=bool(move["move_orig_ids"]),
        )

    def _came_back(self, moves: Sequence[Row]) -> Mapping[int, Decimal]:
        """Move → how much of it was returned or is about to be, in the product's unit."""
        own = [move["id"] for move in moves if move["state"] == "done"]
        alive = [("state", "!=", "cancel")]
        fields = ["origin_returned_move_id", "product_qty"]
        found: defaultdict[int, Decimal] = defaultdict(Decimal)
        for row in self.pages.search_where("stock.move", "origin_returned_move_id", own, alive, fields):
            found[row["origin_returned_move_id"]] += exact(row["product_qty"])
        return found

    def _taken_back(self, moves: Sequence[Row]) -> Mapping[int, Record]:
        """Transfer → the one that it takes back."""
        sources = {move["picking_id"]: move["origin_returned_move_id"] for move in moves if move["origin_returned_move_id"]}
        origins = self.pages.read("stock.move", sources.values(), ["picking_id"])
        pickings = {key: origins[move]["picking_id"] for key, move in sources.items() if move in origins}
        names = self.pages.read("stock.picking", pickings.values(), ["name"])
        return {key: Record("stock.picking", each, names[each]["name"]) for key, each in pickings.items() if each in names}


def _place(rows: Sequence[Row], name: str, unit: str) -> StockPlace:
    on_hand, reserved = (
        Quantity(sum((exact(row[field]) for row in rows), Decimal(0)), unit) for field in ("quantity", "reserved_quantity")
    )
    plain = not any(rows[0].get(field) for field in _KEPT_APART)
    return StockPlace(rows[0]["location_id"], name, on_hand, reserved, plain)
