"""A process's connections to its database."""

from contextlib import ExitStack

from integrations.database.pool import Pool, open_pool, transaction
from integrations.database.schema_version import require_schema


def open_store(url: str, stack: ExitStack, size: int = 8) -> Pool:
    """A pool that closes with the stack. Raises DatabaseUnavailable, or SchemaOutdated when this program needs another schema."""
    pool = stack.enter_context(open_pool(url, size=size))
    check(pool)
    return pool


def check(pool: Pool) -> None:
    """Raises DatabaseUnavailable or SchemaOutdated."""
    with transaction(pool) as connection:
        require_schema(connection)
