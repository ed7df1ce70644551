"""A PostgreSQL of our own for one machine: on a unix socket only, with a password for every role."""

import fcntl
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from agent.errors import DatabaseUnavailable
from integrations.database.postgres_binaries import PostgresBinaries, find_binaries
from integrations.database.state_folder import ROLES, Role, passwords_of, prepared

__all__ = ["DATABASE", "ROLES", "EmbeddedServer", "Role", "lease"]

DATABASE = "expediter"
_SOCKET_FILE = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100
_START_SECONDS = 30.0
#: What a server says that will answer, or be gone, in a moment.
_PASSING = ("starting up", "shutting down", "Connection refused", "No such file", "closed the connection")


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server. It stays up as long as someone holds a lease on its state folder."""

    state_folder: Path
    socket_folder: Path
    _passwords: Mapping[Role, str]

    def url(self, role: Role, database: str = DATABASE) -> str:
        """The connection URL of one role; it contains that role's password."""
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://expediter_{role}:{self._passwords[role]}@/{database}?host={host}"

    @property
    def role_passwords(self) -> dict[str, str]:
        """Database role → password, as `migrate` takes it; the owner's is left out."""
        return {f"expediter_{role}": self._passwords[role] for role in ROLES if role != "admin"}


@contextmanager
def lease(state_folder: Path, *, durable: bool = True) -> Iterator[EmbeddedServer]:
    """Use the server of this folder; start it when it is not running, stop it when nobody else uses it any more.

    A process that is killed loses its lease; the server then runs until the next lease on the folder ends. Starts and stops of
    several processes are safe. `durable=False` gives up crash safety for speed (tests).

    Raises SettingMissing when the folder is someone else's or cannot be used by root, DatabaseUnavailable when PostgreSQL does
    not start.
    """
    folder = prepared(state_folder)
    users = (folder / "users.lock").open("a")
    try:
        with _locked(folder / "start.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            server = _started(folder, durable)
        try:
            yield server
        finally:
            with _locked(folder / "start.lock"):
                if _last_user(users):
                    _stop(folder)
    finally:
        users.close()


def _last_user(users: IO[str]) -> bool:
    # The shared lock is given up before the exclusive one is tried; nobody can start meanwhile, because start.lock is held.
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _started(folder: Path, durable: bool) -> EmbeddedServer:
    binaries = find_binaries(folder)
    passwords = passwords_of(folder)
    data, sockets = folder / "postgres", _socket_folder(folder)
    sockets.mkdir(mode=0o700, exist_ok=True)
    binaries.own(sockets)
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, folder, passwords["admin"])
    server = EmbeddedServer(folder, sockets, passwords)
    _ensure_database(server, partial(_launch, binaries, data, sockets, durable))
    return server


def _socket_folder(folder: Path) -> Path:
    sockets = folder / "run"
    if len(str(sockets / _SOCKET_FILE)) <= _LONGEST_SOCKET_PATH:
        return sockets
    name = sha256(str(folder).encode()).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"expediter-{os.geteuid()}-{name}"
    if short.exists() and (short.is_symlink() or short.stat().st_mode & 0o077):
        raise DatabaseUnavailable(f"{short} belongs to someone else; choose a state folder with a shorter path.")
    return short


def _initialise(binaries: PostgresBinaries, folder: Path, password: str) -> None:
    partial, password_file = folder / "postgres.partial", folder / "initial-password"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    password_file.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(password)
        binaries.own(partial)
        binaries.own(password_file)
        result = binaries.run(
            "initdb", "--auth=scram-sha-256", "--username=expediter_admin", f"--pwfile={password_file}", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions",
            f"--pgdata={partial}", cwd=partial,
        )  # fmt: skip
    finally:
        password_file.unlink(missing_ok=True)
    if result.returncode != 0:
        raise DatabaseUnavailable(f"The embedded PostgreSQL could not be set up in {folder}: {_last_line(result.stderr)}")
    partial.rename(folder / "postgres")


def _launch(binaries: PostgresBinaries, data: Path, sockets: Path, durable: bool) -> None:
    # After a kill -9 the server's children hold its shared memory for a moment, so a failed start is tried again.
    options = f"-k '{sockets}' -c listen_addresses= -c timezone=UTC -c log_timezone=UTC -c max_connections=200"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=128MB"
    give_up = time.monotonic() + _START_SECONDS
    while True:
        _forget_foreign_pid(data)
        result = binaries.run(
            "pg_ctl", "start", "--wait", "-D", str(data), "-l", str(data / "server.log"), "-o", options, cwd=data
        )
        if result.returncode == 0 and _answers(sockets):
            return
        if time.monotonic() > give_up:
            raise DatabaseUnavailable(f"The embedded PostgreSQL did not start; {data / 'server.log'} says why.")
        time.sleep(0.2)


def _forget_foreign_pid(data: Path) -> None:
    # After a reboot the number in postmaster.pid may belong to any program, and after a full disk there may be none; PostgreSQL
    # would refuse to start on either.
    pid_file = data / "postmaster.pid"
    with suppress(OSError):
        first = pid_file.read_text().split("\n", 1)[0].strip()
        if not first.isdecimal() or b"postgres" not in Path(f"/proc/{first}/cmdline").read_bytes():
            pid_file.unlink()


def _answers(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(sockets / _SOCKET_FILE))
        except OSError:
            return False
    return True


def _ensure_database(server: EmbeddedServer, launch: Callable[[], None]) -> None:
    # A server that was killed, or whose starter was, answers before it has recovered; one that is ending, until it has ended.
    give_up = time.monotonic() + _START_SECONDS
    while True:
        if not _answers(server.socket_folder):
            launch()
        try:
            with psycopg.connect(server.url("admin", "postgres"), autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                    connection.execute(f"CREATE DATABASE {DATABASE}")
            return
        except psycopg.OperationalError as error:
            if not any(state in str(error) for state in _PASSING) or time.monotonic() > give_up:
                raise DatabaseUnavailable(f"The embedded PostgreSQL refuses its owner: {_last_line(str(error))}") from error
        time.sleep(0.1)


def _stop(folder: Path) -> None:
    data = folder / "postgres"
    find_binaries(folder).run("pg_ctl", "stop", "--wait", "--mode=fast", "-D", str(data), cwd=data)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no reason given"
