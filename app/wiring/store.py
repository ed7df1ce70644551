"""A process's connections to its database."""

from contextlib import ExitStack

from agent.errors import SettingMissing
from integrations.database.embedded import Role
from integrations.database.pool import Pool, open_pool, statements, transaction
from integrations.database.schema_version import require_schema


def open_store(url: str, role: Role, stack: ExitStack, size: int = 8) -> Pool:
    """A pool of this role that closes with the stack.

    Raises DatabaseUnavailable, SchemaOutdated when this program needs another schema, and SettingMissing when the address logs in
    as somebody else: a process must not be able to do more than its part.
    """
    pool = stack.enter_context(open_pool(url, size=size))
    check(pool)
    if role != "admin":
        _refuse_other_login(pool, role)
    return pool


def _refuse_other_login(pool: Pool, role: Role) -> None:
    with statements(pool) as connection:
        row = connection.execute("SELECT current_user AS login").fetchone()
    if row is None or row["login"] != f"expediter_{role}":
        raise SettingMissing(
            f"EXPEDITER_{role.upper()}_DATABASE_URL logs in as {row and row['login']}; it has to be expediter_{role}, "
            f"which may do only {role}'s part."
        )


def check(pool: Pool) -> None:
    """Raises DatabaseUnavailable or SchemaOutdated."""
    with transaction(pool) as connection:
        require_schema(connection)
