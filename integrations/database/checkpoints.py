"""Where the worker's conversations are kept. Imports LangGraph: for the worker's wiring alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from langgraph.checkpoint.postgres import PostgresSaver
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from integrations.database.pool import conninfo, translated


@contextmanager
def checkpointer(url: str, *, size: int = 4) -> Iterator[PostgresSaver]:
    """LangGraph's saver in schema `langgraph`, with the worker's role; the tables were made by the migration.

    Raises DatabaseUnavailable when PostgreSQL does not answer.
    """
    target = conninfo(url, "langgraph")
    with translated():
        Connection.connect(target).close()
    with ConnectionPool(
        target,
        connection_class=Connection[DictRow],
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        min_size=1,
        max_size=size,
        open=True,
        check=ConnectionPool.check_connection,
    ) as pool:
        yield PostgresSaver(pool)
