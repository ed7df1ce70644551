"""Changes of sale orders: absolute values."""

from datetime import datetime

from agent.domain.records import Record
from integrations.odoo.values import stored
from integrations.odoo.writing.base import Writing


class SalesWriting(Writing):
    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        """Odoo keeps whole seconds; a fraction is cut off."""
        self.connection.change(order.model, "write", ids=[order.id], vals={"commitment_date": stored(promise_date)})

    def clear_promise_date(self, order: Record) -> None:
        self.connection.change(order.model, "write", ids=[order.id], vals={"commitment_date": False})
