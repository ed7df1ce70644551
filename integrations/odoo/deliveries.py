"""When sale orders were delivered."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from agent.domain.sales import Delivery
from integrations.odoo.along import Row
from integrations.odoo.sales import Sales
from integrations.odoo.values import moment, stored

#: Drop-shipments are no deliveries of a warehouse, but they end at the customer too; returns do not.
_LEFT: list[Any] = [("state", "=", "done"), ("location_dest_id.usage", "=", "customer")]
_FIELDS = ("sale_id", "date_done")


class Deliveries(Sales):
    def deliveries_of(self, order_ids: Sequence[int]) -> list[Delivery]:
        if not order_ids:
            return []
        left = _last(self.pages.search_where("stock.picking", "sale_id", order_ids, _LEFT, _FIELDS) if self._linked else ())
        return [Delivery(order, left.get(order.id)) for order in self._orders_by_id(order_ids)]

    def completed_since(self, since: datetime) -> list[Delivery]:
        if not self._linked:
            return []
        window = [*_LEFT, ("sale_id", "!=", False), ("date_done", ">=", stored(since))]
        left = _last(self.pages.search("stock.picking", window, _FIELDS, archived=True))
        return [Delivery(order, left[order.id]) for order in self._orders_by_id(left) if order.complete]

    @property
    def _linked(self) -> bool:
        return self.pages.has_field("stock.picking", "sale_id")


def _last(rows: Iterable[Row]) -> dict[int, datetime]:
    """Order → when the last of its goods left."""
    left: dict[int, datetime] = {}
    for row in rows:
        if row["sale_id"] and row["date_done"]:
            at = moment(row["date_done"])
            left[row["sale_id"]] = max(at, left.get(row["sale_id"], at))
    return left
