"""Expediter's processes, as `up` starts them, without Odoo, model and Slack unless a benchmark gives them."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.settings import ProcessSettings, ServeSettings, environment_for
from app.wiring.running import free_port
from app.wiring.supervised import READY
from integrations.database.embedded import EmbeddedServer


def environment_of(kind: type[ProcessSettings], own: Mapping[str, str]) -> dict[str, str]:
    bare: dict[str, str | None] = {name: None for name in kind.model_fields if name.startswith(("odoo_", "model", "slack_"))}
    return environment_for(kind, {**bare, **own})


def started(name: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    """Ready. Raises RuntimeError when it ends before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", name, "--supervised"],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    if any(line.strip() == READY for line in process.stdout):
        return process
    raise RuntimeError(f"{name} did not start; `expediter {name}` says why.")


@contextmanager
def serving(server: EmbeddedServer) -> Iterator[str]:
    """Where it answers."""
    port = free_port("127.0.0.1", 0)
    process = started("serve", environment_of(ServeSettings, {"serve_database_url": server.url("serve"), "port": str(port)}))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()
