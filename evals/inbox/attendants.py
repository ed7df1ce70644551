"""Worker processes that attend one mailbox, stopped, killed and started again."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import WorkerSettings
from app.wiring.supervised import READY
from evals.bench.service import environment_of
from evals.inbox.mailserver import MailServer
from evals.mail.expected import OWN_SERVER
from integrations.database.embedded import EmbeddedServer

MAILBOX = "logistics"


class Attendants:
    """Two real workers; each has the demo company for an ERP."""

    def __init__(self, environment: dict[str, str], number: int = 2) -> None:
        self._environment = environment
        self._workers = [self._started() for _ in range(number)]
        self.killed = 0

    def until_ready(self) -> None:
        for worker in self._workers:
            assert worker.stdout is not None
            if not any(line.strip() == READY for line in worker.stdout):
                raise RuntimeError("a worker did not start; `expediter worker` says why.")

    def processor_seconds(self) -> float:
        """Used by those that live now, without their children."""
        ticks = (
            Path(f"/proc/{worker.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split() for worker in self._workers
        )
        return sum(int(of[11]) + int(of[12]) for of in ticks) / os.sysconf("SC_CLK_TCK")

    def signal(self, what: signal.Signals) -> None:
        for worker in self._workers:
            worker.send_signal(what)

    def kill_one(self) -> None:
        """The one that lives longest, at whatever it is doing; another takes its place."""
        worker = self._workers.pop(0)
        worker.kill()
        worker.communicate()
        self.killed += 1
        self._workers.append(self._started())

    def end(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.communicate()

    def _started(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker", "--supervised"],
            env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip


@contextmanager
def attendants(server: EmbeddedServer, mails: MailServer) -> Iterator[Attendants]:
    """Ready."""
    with tempfile.TemporaryDirectory(prefix="expediter-inbox-") as name:
        folder = Path(name)
        (folder / "password").write_text(mails.password, encoding="utf-8")
        (folder / "mailboxes.yaml").write_text(
            f"mailboxes:\n  - {{name: {MAILBOX}, host: {mails.host}, port: {mails.port}, user: {mails.user}, tls: false, "
            f"password_file: {folder / 'password'}, authserv: {OWN_SERVER}}}\n",
            encoding="utf-8",
        )
        own = {"worker_database_url": server.url("worker"), "mailboxes": str(folder / "mailboxes.yaml"), "state": str(folder)}
        workers = Attendants(environment_of(WorkerSettings, own))
        try:
            workers.until_ready()
            yield workers
        finally:
            workers.end()
