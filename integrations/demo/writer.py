"""Changing the demo distributor: implements agent.ports.erp_writer.ErpWriter. Only the executor's role succeeds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from agent.domain.records import Record
from agent.errors import ErpAnswerLost, ErpRefused
from integrations.demo.access import PATIENCE_S, Pool, erp_errors

SET_PROMISE = "UPDATE demo.sale_order SET promise_date = %(promise)s WHERE id = %(id)s"
POST_NOTE = """
INSERT INTO demo.note (model, record_id, body, marker)
SELECT %(model)s, %(id)s, %(text)s, %(marker)s
WHERE (%(model)s, %(id)s) IN (
    SELECT 'sale.order', id FROM demo.sale_order UNION ALL
    SELECT 'purchase.order', id FROM demo.purchase_order UNION ALL
    SELECT 'stock.picking', id FROM demo.picking)
"""
STRIKE_NOTE = "UPDATE demo.note SET body = %(text)s WHERE model = %(model)s AND record_id = %(id)s AND marker = %(marker)s"


class DemoWriter:
    """Each write is one statement in one transaction, sent once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        if promise_date.tzinfo is None:
            raise ErpRefused("A promise date needs a time zone.")
        self._write(SET_PROMISE, order, {"promise": promise_date})

    def clear_promise_date(self, order: Record) -> None:
        self._write(SET_PROMISE, order, {"promise": None})

    def post_note(self, record: Record, text: str, marker: str) -> None:
        self._write(POST_NOTE, record, {"text": text, "marker": marker})

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        self._write(STRIKE_NOTE, record, {"text": text, "marker": marker})

    def _write(self, statement: str, record: Record, values: Mapping[str, Any]) -> None:
        with erp_errors():
            try:
                with self._pool.connection(PATIENCE_S) as connection:
                    changed = connection.execute(statement.encode(), {"model": record.model, "id": record.id, **values}).rowcount
                    if changed != 1:
                        raise ErpRefused(f"{record.name} was not changed: no such record, or no such note on it.")
            except psycopg.OperationalError as error:
                if _cut_off(error):
                    raise ErpAnswerLost(f"The connection broke while {record.name} was written.") from error
                raise


def _cut_off(error: psycopg.OperationalError) -> bool:
    """Whether the server was gone before it answered; a refusal or a timeout it reported means that nothing changed."""
    if isinstance(error, PoolTimeout | PoolClosed):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
