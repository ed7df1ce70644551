"""One statement in one transaction, sent once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from psycopg_pool import PoolClosed, PoolTimeout

from agent.domain.records import Record
from agent.errors import ErpAnswerLost, ErpRefused
from integrations.demo.access import PATIENCE_S, Pool, erp_errors


class Writing:
    """Only the executor's database role succeeds."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def _write(self, statement: str, record: Record, values: Mapping[str, Any]) -> None:
        with self._in_one(record) as change:
            change(statement, **values)

    @contextmanager
    def _in_one(self, record: Record) -> Iterator["Change"]:
        """Statements of one transaction, sent once: all of them take effect, or none."""
        with erp_errors():
            try:
                with self._pool.connection(PATIENCE_S) as connection, connection.transaction():
                    yield Change(connection, record)
            except psycopg.OperationalError as error:
                if _cut_off(error):
                    raise ErpAnswerLost(f"The connection broke while {record.name} was written.") from error
                raise


class Change:
    """One transaction that changes a record; `%(model)s` and `%(id)s` in its statements are the record's."""

    def __init__(self, connection: psycopg.Connection[Any], record: Record) -> None:
        self._connection = connection
        self._record = record

    def __call__(self, statement: str, **values: Any) -> None:
        """Raises ErpRefused unless exactly one row was changed, which undoes the others too."""
        if self._run(statement, values).rowcount != 1:
            raise ErpRefused(f"{self._record.name} was not changed: no such record, or it is no longer in that state.")

    def every(self, statement: str, **values: Any) -> None:
        """However many rows that changes."""
        self._run(statement, values)

    def rows(self, query: str, **values: Any) -> list[Any]:
        """As named tuples; for what a statement that follows has to know."""
        return self._run(query, values).fetchall()

    def _run(self, statement: str, values: Mapping[str, Any]) -> psycopg.Cursor[Any]:
        known = {"model": self._record.model, "id": self._record.id, **values}
        return self._connection.cursor(row_factory=namedtuple_row).execute(statement.encode(), known)


def _cut_off(error: psycopg.OperationalError) -> bool:
    """Whether the server was gone before it answered; a refusal or a timeout it reported means that nothing changed."""
    if isinstance(error, PoolTimeout | PoolClosed):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
