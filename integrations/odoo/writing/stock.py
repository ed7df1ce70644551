"""Changes in the warehouse."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

from agent.domain.records import Record
from agent.domain.stock_changes import Reserved, ReturnOrder, TransferOrder
from agent.errors import ErpAnswerLost, ErpRefused, ErpUnavailable
from integrations.odoo.noun import Noun
from integrations.odoo.writing.base import Writing

#: Makes Odoo plan a transfer in the call that creates it: it takes the line for one that was added to a planned transfer.
_PLANNED = {"additional": True}


class StockWriting(Writing):
    def reserve(self, transfer: Record) -> None:
        self.connection.change("stock.picking", "action_assign", ids=[transfer.id])

    def set_reserved(self, less: Sequence[Reserved], more: Sequence[Reserved]) -> None:
        if not self.connection.dialect.reserved_is_written:
            return self._reserve_in_halves(less, more)
        factors = _Units(self.connection).of_moves([each.move_id for each in (*less, *more)])
        changes = [(1, each.move_id, {"quantity": float(each.quantity) / factors[each.move_id]}) for each in (*less, *more)]
        # any of the transfers does: the ORM writes what the commands name, in their order, in one transaction
        transfer = (*less, *more)[0].transfer_id
        self.connection.change("stock.picking", "write", ids=[transfer], vals={"move_ids": changes})
        return None

    def _reserve_in_halves(self, less: Sequence[Reserved], more: Sequence[Reserved]) -> None:
        """Before Odoo 17 a reservation is lowered line by line, and raised by asking for whatever is free."""
        moves = self.connection.ask(
            "stock.move", "read", ids=[each.move_id for each in less], fields=["move_line_ids", "product_uom_qty"]
        )
        lines = {move["id"]: (move["move_line_ids"], move["product_uom_qty"]) for move in moves}
        factors = _Units(self.connection).of_moves(list(lines))
        changes: list[Any] = []
        for each in less:
            held, demand = lines[each.move_id]
            wanted = float(each.quantity) / factors[each.move_id]
            # the demand is written as it is: that alone makes Odoo look at the move's state again
            changes.append((1, each.move_id, {"move_line_ids": self._lowered(held, wanted), "product_uom_qty": demand}))
        if changes:
            self.connection.change("stock.picking", "write", ids=[less[0].transfer_id], vals={"move_lines": changes})
        for transfer in sorted({each.transfer_id for each in more}):
            assign = partial(self.connection.change, "stock.picking", "action_assign", ids=[transfer])
            _second(assign) if changes else assign()

    def _lowered(self, lines: Sequence[int], wanted: float) -> list[Any]:
        """Commands that leave so much reserved on these lines; the last are lowered first."""
        rows = self.connection.ask("stock.move.line", "read", ids=list(lines), fields=["product_uom_qty"])
        commands: list[Any] = []
        for row in sorted(rows, key=lambda row: int(row["id"])):
            kept = min(wanted, row["product_uom_qty"])
            wanted -= kept
            commands.append((1, row["id"], {"product_uom_qty": kept}) if kept > 0 else (2, row["id"]))
        return commands

    def set_urgent(self, transfer: Record, urgent: bool) -> None:
        self.connection.change("stock.picking", "write", ids=[transfer.id], vals={"priority": "1" if urgent else "0"})

    def create_transfer(self, order: TransferOrder, marker: str) -> None:
        houses = self._warehouses(order.from_warehouse_id, order.to_warehouse_id)
        start, end = (houses[key]["lot_stock_id"] for key in (order.from_warehouse_id, order.to_warehouse_id))
        products = _Units(self.connection).of_products([goods.product_id for goods in order.goods])
        moves = [
            self._move(
                products[goods.product_id], goods.quantity, start, end, **(_PLANNED if order.confirmed else {})
            )
            for goods in order.goods
        ]  # fmt: skip
        self._create("stock.picking", {
            "picking_type_id": houses[order.from_warehouse_id]["int_type_id"], "location_id": start, "location_dest_id": end,
            "origin": marker, self.connection.dialect.transfer_moves: [(0, 0, move) for move in moves],
        })  # fmt: skip

    def create_return(self, order: ReturnOrder, marker: str) -> None:
        ask = self.connection.ask
        [done] = ask(
            "stock.picking", "read", ids=[order.transfer_id], load="",
            fields=["name", "picking_type_id", "partner_id", "location_id", "location_dest_id"],
        )  # fmt: skip
        [kind] = ask("stock.picking.type", "read", ids=[done["picking_type_id"]], fields=["return_picking_type_id"], load="")
        links = self._links("stock.move", "sale_line_id", "purchase_line_id", "to_refund")
        fields = ["product_id", "location_id", "location_dest_id", *(link for link in links if link != "to_refund")]
        rows = ask("stock.move", "read", ids=[move for move, _ in order.goods], fields=fields, load="")
        came = {row["id"]: row for row in rows}
        products = _Units(self.connection).of_products([row["product_id"] for row in came.values()])
        moves = [
            self._move(
                products[came[move]["product_id"]], quantity, came[move]["location_dest_id"], came[move]["location_id"],
                origin_returned_move_id=move, move_orig_ids=[(4, move)], procure_method="make_to_stock", **_PLANNED,
                **({"to_refund": True} if "to_refund" in links else {}),
                **{link: came[move][link] for link in links if link in came[move]},
            )
            for move, quantity in order.goods
        ]  # fmt: skip
        back = {"return_id": done["id"]} if "return_id" in self._links("stock.picking", "return_id") else {}
        self._create("stock.picking", {
            "picking_type_id": kind["return_picking_type_id"] or done["picking_type_id"], "partner_id": done["partner_id"],
            "location_id": done["location_dest_id"], "location_dest_id": done["location_id"],
            "origin": f"{done['name']}, {marker}", **back,
            self.connection.dialect.transfer_moves: [(0, 0, move) for move in moves],
        })  # fmt: skip

    def cancel_transfer(self, transfer: Record) -> None:
        self.connection.change("stock.picking", "action_cancel", ids=[transfer.id])

    def set_counted(self, product: Record, location_id: int, counted: Decimal, marker: str) -> None:
        """By creating: Odoo then finds the place's own record of the product, and applies the count in the same call."""
        if self.connection.dialect.counts_are_papers:
            self._count_on_paper(product, location_id, counted, marker)
            return
        self._put_together(product.id, location_id)
        count = {"product_id": product.id, "location_id": location_id, "inventory_quantity_auto_apply": float(counted)}
        named = {"inventory_mode": True, "inventory_name": marker}
        self.connection.change("stock.quant", "create", vals_list=[count], context=named)

    def _put_together(self, product_id: int, location_id: int) -> None:
        """Of several records of one place Odoo would set one to all that was counted. It joins them when its list of counts is
        opened."""
        here = [("product_id", "=", product_id), ("location_id", "=", location_id)]
        if self.connection.ask("stock.quant", "search_count", domain=here) < 2:
            return
        self.connection.change("stock.quant", "action_view_inventory")
        if self.connection.ask("stock.quant", "search_count", domain=here) > 1:
            raise ErpRefused(
                "Odoo keeps several records of this stock; open its Physical Inventory, which joins them, and ask again."
            )

    def _count_on_paper(self, product: Record, location_id: int, counted: Decimal, marker: str) -> None:
        """The paper books nothing before it is validated; one that was begun with this marker is cancelled first, because it
        remembers what the books said by then."""
        begun = self.connection.ask("stock.inventory", "search", domain=[("name", "=", marker), ("state", "=", "confirm")])
        if begun:
            self.connection.change("stock.inventory", "write", ids=begun, vals={"state": "cancel"})
        [place] = self.connection.ask("stock.location", "read", ids=[location_id], fields=["company_id"], load="")
        line = {"product_id": product.id, "location_id": location_id, "product_qty": float(counted)}
        papers = self._create("stock.inventory", {
            "name": marker, "company_id": place["company_id"], "location_ids": [(6, 0, [location_id])],
            "product_ids": [(6, 0, [product.id])], "state": "confirm", "line_ids": [(0, 0, line)],
        })  # fmt: skip
        try:
            self.connection.change("stock.inventory", "action_validate", ids=papers)
        except ErpRefused:
            with suppress(ErpRefused, ErpUnavailable, ErpAnswerLost):
                self.connection.change("stock.inventory", "write", ids=papers, vals={"state": "cancel"})
            raise

    def write_off(self, product: Record, location_id: int, quantity: Decimal, marker: str) -> None:
        scraps = self.connection.ask("stock.scrap", "search", domain=[("origin", "=", marker), ("state", "=", "draft")])
        if not scraps:
            unit = _Units(self.connection).of_products([product.id])[product.id]["product_uom"]
            scraps = self._create("stock.scrap", {
                "product_id": product.id, "scrap_qty": float(quantity), "product_uom_id": unit, "location_id": location_id,
                "origin": marker,
            })  # fmt: skip
        try:
            self.connection.change("stock.scrap", "action_validate", ids=scraps[:1])
        except ErpRefused:
            with suppress(ErpRefused, ErpUnavailable, ErpAnswerLost):
                self.connection.change("stock.scrap", "unlink", ids=scraps[:1])
            raise

    def _warehouses(self, *ids: int) -> dict[int, dict[str, Any]]:
        rows = self.connection.ask("stock.warehouse", "read", ids=list(ids), fields=["lot_stock_id", "int_type_id"], load="")
        return {row["id"]: row for row in rows}

    def _move(self, product: dict[str, Any], quantity: Decimal, start: int, end: int, **more: Any) -> dict[str, Any]:
        named = {} if self.connection.dialect.reserved_is_written else {"name": product["name"]}
        return {
            "product_id": product["id"], "product_uom_qty": float(quantity), "product_uom": product["product_uom"],
            "location_id": start, "location_dest_id": end, **named, **more,
        }  # fmt: skip

    def _links(self, model: str, *fields: str) -> list[str]:
        noun = Noun(self.connection)
        return [field for field in fields if noun.pages.has_field(model, field)]

    def _create(self, model: str, values: dict[str, Any]) -> list[int]:
        created: list[int] = self.connection.change(model, "create", vals_list=[values])
        return created


class _Units:
    """In what unit Odoo wants a quantity."""

    def __init__(self, connection: Any) -> None:
        self._noun = Noun(connection)

    def of_moves(self, moves: Sequence[int]) -> dict[int, float]:
        """Move → how many stocking units one of its own units is."""
        unit = self._noun.dialect.move_unit
        rows = self._noun.pages.read("stock.move", moves, ["product_id", unit])
        products = self._noun.lookups.products.by_id(row["product_id"] for row in rows.values())
        units = self._noun.lookups.units.by_id(row[unit] for row in rows.values())
        return {key: units[row[unit]].factor / products[row["product_id"]].factor for key, row in rows.items()}

    def of_products(self, products: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Product → its id, name and stocking unit."""
        rows = self._noun.pages.read("product.product", products, ["name", "uom_id"])
        return {key: {"id": key, "name": row["name"], "product_uom": row["uom_id"]} for key, row in rows.items()}


def _second(call: Callable[[], Any]) -> None:
    """The second of two calls: when it fails, the first stands, so nobody may say that nothing was changed."""
    try:
        call()
    except (ErpRefused, ErpUnavailable) as failure:
        raise ErpAnswerLost(f"The first half of the change was made, the second was not: {failure}") from failure
