"""A real IMAP server with one mailbox, started by dev/dovecot-up."""

import json
import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from evals.bench.figures import NotRun
from integrations.email.imap import ImapAccount

PROGRAM = Path(__file__).resolve().parents[2] / "dev" / "dovecot-up"


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    state: Path

    @property
    def account(self) -> ImapAccount:
        return ImapAccount(self.host, self.port, self.user, lambda: self.password, tls=False)

    def deliver(self, mails: Sequence[bytes], folder: str = "INBOX") -> None:
        """What is refused, as while a store that was lost is put up again, is offered once more, as mail servers do."""
        waiting = deque(mails)
        with suppress(IMAPClientError):
            self._hand_over(waiting, folder)
        if waiting:
            self._hand_over(waiting, folder)

    def _hand_over(self, waiting: deque[bytes], folder: str) -> None:
        with self._as_somebody() as client:
            if folder != "INBOX" and not client.folder_exists(folder):
                client.create_folder(folder)
            while waiting:
                client.append(folder, waiting[0])
                waiting.popleft()

    def restart(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Sessions are ended, also those that wait for mail."""
        ports = {"DOVECOT_UP_IMAP_PORT": str(self.port)}
        _run("stop", self.state, ports)
        meanwhile()
        _run("start", self.state, ports)

    def rebuild(self, mails: Sequence[bytes]) -> None:
        """The store is lost and filled again: the same mails under other numbers, and another validity."""
        before = now = self._validity()
        while now == before:  # it is the second of the rebuild
            self.restart(lambda: shutil.rmtree(self.state / "mail" / self.user))
            now = self._validity()
        self.deliver(mails)

    def marked(self, flag: str) -> int:
        with self._as_somebody() as client:
            client.select_folder("INBOX", readonly=True)
            return len(client.search(["KEYWORD", flag]))

    def _validity(self) -> int:
        with self._as_somebody() as client:
            return int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])

    @contextmanager
    def _as_somebody(self) -> Iterator[IMAPClient]:
        with IMAPClient(self.host, self.port, ssl=False) as client:
            client.login(self.user, self.password)
            yield client


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Raises NotRun where dovecot cannot be had."""
    state = Path(tempfile.mkdtemp(prefix="expediter-mail-"))
    state.chmod(0o755)
    try:
        told = json.loads(_run("start", state, {}))
    except (OSError, subprocess.CalledProcessError) as failed:
        shutil.rmtree(state, ignore_errors=True)
        raise NotRun(f"dev/dovecot-up does not start: {getattr(failed, 'stderr', failed)}") from failed
    try:
        yield MailServer(told["host"], told["imap_port"], told["user"], told["password"], state)
    finally:
        _run("stop", state, {})
        shutil.rmtree(state, ignore_errors=True)


def _run(verb: str, state: Path, ports: dict[str, str]) -> str:
    environment = {**os.environ, "DOVECOT_UP_STATE": str(state), **ports}
    return subprocess.run([str(PROGRAM), verb], env=environment, check=True, capture_output=True, text=True).stdout
