"""A PostgreSQL of a benchmark alone."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integrations.database.embedded import EmbeddedServer, lease
from integrations.database.migrate import migrate


@contextmanager
def own_server(durable: bool = False) -> Iterator[EmbeddedServer]:
    """Migrated, empty, and gone afterwards. `durable`: each commit waits for the disk, as it does at work."""
    folder = Path(tempfile.mkdtemp(prefix="expediter-bench-"))
    folder.chmod(0o755)
    try:
        with lease(folder / "state", durable=durable) as server:
            migrate(server.url("admin"), server.role_passwords)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
