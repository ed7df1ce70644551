"""One statement in one transaction, sent once."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from agent.domain.records import Record
from agent.errors import ErpAnswerLost, ErpRefused
from integrations.demo.access import PATIENCE_S, Pool, erp_errors


class Writing:
    """Only the executor's database role succeeds."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

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
