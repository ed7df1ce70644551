"""The demo as a person starts it: a process of its own, with a state folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

from integrations.database.embedded import DATABASE, lease
from tests.fixtures.postgres import TestDatabase

EXPEDITER = [sys.executable, "-m", "app.cli"]
PATIENCE_S = 240
SERVES = "keeps serving at"
"""What it says once it is there to be asked."""
#: Of this process of tests: two that start a demo at once would both take the usual port for free.
PORT = 8450 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What stderr says, which is one sentence and never a traceback."""
        assert "Traceback" not in self.err + self.out
        return self.err.strip()


@dataclass(frozen=True)
class RunningDemo:
    process: "subprocess.Popen[str]"
    state: Path
    told: str
    """Everything it printed until it kept serving."""
    lines: "Queue[str]" = field(default_factory=Queue)
    """What it prints from then on."""

    def wait_for(self, words: str) -> None:
        while words not in self.lines.get(timeout=PATIENCE_S):
            pass

    def run(self, *arguments: str, text: str | None = None, **environment: str) -> Ran:
        return expediter(self.state, *arguments, text=text, **environment)


def clean_environment(state: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EXPEDITER_", "COV"))}
    return kept | {"EXPEDITER_STATE": str(state), "EXPEDITER_PORT": str(PORT), "COLUMNS": "160"} | more


def expediter(state: Path, *arguments: str, text: str | None = None, **environment: str) -> Ran:
    """Run one command to its end."""
    ended = subprocess.run(
        [*EXPEDITER, *arguments],
        env=clean_environment(state, **environment),
        capture_output=True,
        text=True,
        input=text if text is not None else "",
        timeout=PATIENCE_S,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def state_folder() -> Iterator[Path]:
    """Below a folder that the embedded server's own account may pass."""
    folder = Path(tempfile.mkdtemp(prefix="expediter-e2e-"))
    folder.chmod(0o755)
    try:
        yield folder / "state"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(command: str, state: Path, until: str, environment: Mapping[str, str] | None = None) -> Iterator[RunningDemo]:
    """`demo` or `up`, from the line that says it serves until it was asked to stop; it must then end well."""
    process = subprocess.Popen(
        [*EXPEDITER, command],
        env=clean_environment(state, **(environment or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        told = _read_until(process, until)
        running = RunningDemo(process, state, told)
        drain = threading.Thread(target=_drain, args=(running,), daemon=True)
        drain.start()
        yield running
    finally:
        killed = process.poll() is not None
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE_S)
    drain.join()
    process.stdout.close()
    assert killed or code == 0


@contextmanager
def company_of(demo: RunningDemo) -> Iterator[TestDatabase]:
    """The database of a running demo, reached as any of its roles."""
    with lease(demo.state / "demo") as server, closing(TestDatabase(server, DATABASE)) as database:
        yield database


def children_of(pid: int) -> dict[str, int]:
    """The supervised processes by name."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (folder / "stat").read_text(), (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == pid and b"--supervised" in command:
            found[command[command.index(b"--supervised") - 1].decode()] = int(folder.name)
    return found


def _read_until(process: "subprocess.Popen[str]", wanted: str) -> str:
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if wanted in line:
            return told
    raise AssertionError(f"it ended before it served:\n{told}")


def _drain(running: RunningDemo) -> None:
    assert running.process.stdout is not None
    for line in running.process.stdout:
        running.lines.put(line)
