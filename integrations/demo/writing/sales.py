"""Changes of sale orders."""

from datetime import datetime

from agent.domain.records import Record
from agent.errors import ErpRefused
from integrations.demo.writing.base import Writing

SET_PROMISE = "UPDATE demo.sale_order SET promise_date = %(promise)s WHERE id = %(id)s"


class SalesWriting(Writing):
    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        if promise_date.tzinfo is None:
            raise ErpRefused("A promise date needs a time zone.")
        self._write(SET_PROMISE, order, {"promise": promise_date})

    def clear_promise_date(self, order: Record) -> None:
        self._write(SET_PROMISE, order, {"promise": None})
