"""Bringing a database to the schema of this program. Run by the owner; every other process only checks."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from langgraph.checkpoint.postgres import PostgresSaver
from procrastinate.schema import SchemaManager
from psycopg.rows import dict_row

from agent.errors import DatabaseUnavailable, SchemaOutdated
from integrations.database.pool import why_unreachable
from integrations.database.roles import ROLES, ensure_roles
from integrations.database.schema_version import Migration, migrations

_LOCK = 0x657870_6564
_OLDEST_SERVER = 160000
_PATIENCE_S = 300.0
_SCHEMAS = ("expediter", "procrastinate", "langgraph")


def migrate(admin_url: str, role_passwords: Mapping[str, str] | None = None) -> list[str]:
    """Create roles and schemas where missing and run the migrations that have not run yet; returns their names.

    `role_passwords` maps `expediter_serve`, `expediter_worker` and `expediter_executor` to passwords. Safe to repeat and to run
    twice at once.

    Raises DatabaseUnavailable (no answer, too old, or the login may not do this) and SchemaOutdated (the database is newer).
    """
    try:
        with psycopg.connect(admin_url, autocommit=True) as connection, _alone(connection):
            _refuse_old_server(connection)
            with connection.transaction():
                ensure_roles(connection, role_passwords)
                _ensure_schemas(connection)
            _ensure_procrastinate(connection)
            _ensure_langgraph(admin_url)
            return [_apply(connection, migration) for migration in _missing(connection)]
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnavailable(
            f"This login may not migrate ({error.diag.message_primary}); use the database's owner."
        ) from error
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(why_unreachable(error)) from error


@contextmanager
def _alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    # Asked again and again instead of waited for: a waiting statement would hold up LangGraph's CREATE INDEX CONCURRENTLY.
    give_up = time.monotonic() + _PATIENCE_S
    while not _single(connection, f"SELECT pg_try_advisory_lock({_LOCK})"):
        if time.monotonic() > give_up:
            raise DatabaseUnavailable(
                "Another migration has been at work for minutes, or something holds its lock; end it"
                " (`pg_locks` names its process) and migrate again."
            )
        time.sleep(0.1)
    try:
        yield
    finally:
        connection.execute(f"SELECT pg_advisory_unlock({_LOCK})")


def _refuse_old_server(connection: psycopg.Connection[Any]) -> None:
    if connection.info.server_version < _OLDEST_SERVER:
        raise DatabaseUnavailable(f"PostgreSQL {connection.info.server_version // 10000} is too old; use 16 or newer.")


def _ensure_schemas(connection: psycopg.Connection[Any]) -> None:
    for schema in _SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    roles = ", ".join(ROLES)
    connection.execute(f"GRANT USAGE ON SCHEMA expediter TO {roles}")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS expediter.schema_version"
        " (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    connection.execute(f"GRANT SELECT ON expediter.schema_version TO {roles}")


def _ensure_procrastinate(connection: psycopg.Connection[Any]) -> None:
    if _single(connection, "SELECT to_regclass('procrastinate.procrastinate_jobs')") is None:
        with connection.transaction():
            connection.execute("SET LOCAL search_path = procrastinate")
            connection.execute(SchemaManager.get_schema().encode())


def _ensure_langgraph(admin_url: str) -> None:
    # On a connection of its own, in autocommit: its migrations make indexes CONCURRENTLY.
    with psycopg.connect(admin_url, autocommit=True, prepare_threshold=0, row_factory=dict_row) as connection:
        connection.execute("SET search_path = langgraph")
        PostgresSaver(connection).setup()


def _missing(connection: psycopg.Connection[Any]) -> list[Migration]:
    applied = {row[0] for row in connection.execute("SELECT version FROM expediter.schema_version").fetchall()}
    known = migrations()
    if applied and max(applied) > known[-1].version:
        raise SchemaOutdated(
            f"The database schema is version {max(applied)}, newer than this program's {known[-1].version}; update the program."
        )
    return [migration for migration in known if migration.version not in applied]


def _apply(connection: psycopg.Connection[Any], migration: Migration) -> str:
    with connection.transaction():
        connection.execute("SET LOCAL search_path = expediter, pg_temp")
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO expediter.schema_version (version, name) VALUES (%s, %s)", (migration.version, migration.name)
        )
    return migration.name


def _single(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
