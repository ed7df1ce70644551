"""Which schema this program was written for, and whether the database has it."""

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg

from agent.errors import DatabaseUnavailable, SchemaOutdated

_NAME = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file; it runs once, in its own transaction."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All migrations of this program, in order."""
    found = [
        Migration(int(match[1]), entry.name, entry.read_text(encoding="utf-8"))
        for entry in (files("integrations.database") / "migrations").iterdir()
        if (match := _NAME.fullmatch(entry.name))
    ]
    return sorted(found, key=lambda migration: migration.version)


def require_schema(connection: psycopg.Connection[Any]) -> None:
    """Raise SchemaOutdated unless the database has exactly this program's schema; DatabaseUnavailable when it does not answer."""
    wanted = max(migration.version for migration in migrations())
    try:
        with connection.transaction(), connection.cursor() as cursor:
            row = cursor.execute("SELECT max(version) AS version FROM expediter.schema_version").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege):
        row = None
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("PostgreSQL does not answer; check that it runs and try again.") from error
    found = next(iter(row.values() if isinstance(row, dict) else row), None) if row else None
    if found is None:
        raise SchemaOutdated("The database has no schema of Expediter yet; run `expediter db migrate`.")
    if found < wanted:
        raise SchemaOutdated(f"The database schema is version {found}, this program needs {wanted}; run `expediter db migrate`.")
    if found > wanted:
        raise SchemaOutdated(f"The database schema is version {found}, newer than this program's {wanted}; update the program.")
