"""How far a sale order is: told by Odoo itself since 16, and found from its transfers before."""

from collections.abc import Iterable

from integrations.odoo.along import Row
from integrations.odoo.pages import Domain, Pages

_OVER = ["done", "cancel"]


class OrderStates:
    """An order is complete when something was delivered and no transfer is open, as Odoo's own delivery status has it."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @property
    def fields(self) -> list[str]:
        dialect = self._pages.connection.dialect
        return ["state", *(["delivery_status"] if dialect.delivery_status else []), *([] if dialect.locked_state else ["locked"])]

    def open_orders(self, prefix: str = "") -> Domain:
        """Confirmed orders that are not complete, and before 16 some that are: those are left to `complete`.

        `prefix` is the way from another model, such as `order_id.`.
        """
        dialect = self._pages.connection.dialect
        states = ["sale", *([dialect.locked_state] if dialect.locked_state else [])]
        confirmed = (f"{prefix}state", "in", states)
        if dialect.delivery_status:
            # an order without any delivery has no delivery status at all, and `!=` finds it
            return [confirmed, (f"{prefix}delivery_status", "!=", "full")]
        transfers = f"{prefix}picking_ids"
        unfinished = (f"{transfers}.state", "not in", _OVER)
        return [confirmed, "|", "|", (transfers, "=", False), unfinished, (f"{transfers}.state", "=", "cancel")]

    def complete(self, order_ids: Iterable[int]) -> set[int]:
        """Of these orders of a version without a delivery status, the complete ones."""
        alive = [("state", "!=", "cancel")]
        rows = self._pages.search_where("stock.picking", "sale_id", order_ids, alive, ["sale_id", "state"])
        unfinished = {row["sale_id"] for row in rows if row["state"] not in _OVER}
        return {row["sale_id"] for row in rows} - unfinished

    def complete_rows(self, rows: Iterable[Row]) -> set[int]:
        """Of these orders, read with `fields`, the complete ones."""
        rows = list(rows)
        if self._pages.connection.dialect.delivery_status:
            return {row["id"] for row in rows if row["delivery_status"] == "full"}
        return self.complete(row["id"] for row in rows)

    def told(self, row: Row) -> tuple[str, bool]:
        """State and whether it is locked, the state of a locked order being `sale` whatever the version calls it."""
        locked_state = self._pages.connection.dialect.locked_state
        if locked_state is None:
            return row["state"], row["locked"]
        return ("sale", True) if row["state"] == locked_state else (row["state"], False)
