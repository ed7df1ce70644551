"""Asking the `demo` schema, and what PostgreSQL's refusals mean to someone who only knows an ERP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.rows import namedtuple_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from agent.errors import ErpIncomplete, ErpRefused, ErpUnavailable

Pool = ConnectionPool[Any]
WAY_OUT = (
    "This database holds no demo distributor: set EXPEDITER_ODOO_URL and its login for a real Odoo, or leave the database"
    " addresses unset and run `expediter demo`."
)
#: How long to wait for a connection before saying that the ERP is not there.
PATIENCE_S = 10.0


@contextmanager
def erp_errors() -> Iterator[None]:
    """Raise ErpUnavailable, ErpRefused or ErpIncomplete in place of psycopg's errors."""
    try:
        yield
    except (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName) as error:
        raise ErpIncomplete(WAY_OUT) from error
    except errors.InsufficientPrivilege as error:
        reason = error.diag.message_primary
        raise ErpRefused(f"The demo distributor refused this login: {reason}; `expediter db migrate` sets its rights.") from error
    except (PoolTimeout, PoolClosed, psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise ErpUnavailable("The demo distributor's database does not answer; is it running?") from error
    except psycopg.Error as error:
        raise ErpRefused(f"The demo distributor refused: {error.diag.message_primary or error}.") from error


class Reads:
    """Runs one query per question, each in its own short transaction."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def _rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[Any]:
        """Rows as named tuples. Queries are constants of this package; values only travel as parameters."""
        with erp_errors(), self._pool.connection(PATIENCE_S) as connection:
            cursor = connection.cursor(row_factory=namedtuple_row)
            rows: list[Any] = cursor.execute(query.encode(), parameters).fetchall()
            return rows
