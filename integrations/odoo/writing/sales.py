"""Changes of sale orders: absolute values and transitions."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.domain.records import Record
from integrations.odoo.values import stored
from integrations.odoo.writing.base import Writing

_LEFT = ("done", "cancel")


class SalesWriting(Writing):
    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        """Odoo keeps whole seconds; a fraction is cut off."""
        self._write(order, {"commitment_date": stored(promise_date)})

    def clear_promise_date(self, order: Record) -> None:
        self._write(order, {"commitment_date": False})

    def tag_order(self, order: Record, tag: Record) -> None:
        self._write(order, {"tag_ids": [(4, tag.id)]})

    def untag_order(self, order: Record, tag: Record) -> None:
        self._write(order, {"tag_ids": [(3, tag.id)]})

    def lock_order(self, order: Record) -> None:
        self.connection.change(order.model, self.connection.dialect.lock_method, ids=[order.id])

    def unlock_order(self, order: Record) -> None:
        self.connection.change(order.model, "action_unlock", ids=[order.id])

    def cancel_order(self, order: Record) -> None:
        self.connection.change(order.model, "action_cancel", ids=[order.id], context={"disable_cancel_warning": True})

    def set_line_terms(self, line: Record, quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> None:
        self._write(
            line, {"product_uom_qty": float(quantity), "price_unit": float(unit_price), "discount": float(discount_percent)}
        )

    def set_carriage(self, order: Record, carrier: Record | None, freight: Decimal | None) -> None:
        """In one call, so that order, freight line and deliveries change together or not at all."""
        ask = self.connection.ask
        charged = ask("sale.order.line", "search", domain=[("order_id", "=", order.id), ("is_delivery", "=", True)])
        outgoing = [("sale_id", "=", order.id), ("state", "not in", _LEFT), ("picking_type_code", "=", "outgoing")]
        deliveries = ask("stock.picking", "search", domain=outgoing)
        chosen = carrier.id if carrier else False
        moved = [(1, key, {"carrier_id": chosen}) for key in deliveries]
        lines = self._freight(charged, carrier, freight)
        self._write(order, {"carrier_id": chosen, "order_line": lines, "picking_ids": moved})

    def _freight(self, charged: list[int], carrier: Record | None, freight: Decimal | None) -> list[tuple[Any, ...]]:
        if carrier is None:
            return [(2, key) for key in charged]
        paid: dict[str, Any] = {"name": carrier.name, "price_unit": float(freight or 0), "product_uom_qty": 1, "discount": 0}
        if charged:
            # its product cannot be changed any more, and deleting it would take the carrier off the order again
            return [(1, charged[0], paid), *((1, key, {"price_unit": 0}) for key in charged[1:])]
        if not freight:
            return []
        [told] = self.connection.ask("delivery.carrier", "read", ids=[carrier.id], fields=["product_id"], load="")
        return [(0, 0, {**paid, "product_id": told["product_id"], "is_delivery": True})]

    def _write(self, record: Record, values: dict[str, Any]) -> None:
        self.connection.change(record.model, "write", ids=[record.id], vals=values)
