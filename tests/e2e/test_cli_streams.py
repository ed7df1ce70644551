"""Closed pipes, interrupts and processes that do not start: no traceback, nothing left running."""

import fcntl
import os
import signal
import socket
import subprocess
import termios
from array import array
from pathlib import Path
from typing import IO

from tests.e2e.running_demo import EXPEDITER, clean_environment, expediter


def test_up_says_which_process_did_not_start_and_leaves_nothing_running(state: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = expediter(state, "up", EXPEDITER_PORT=str(taken.getsockname()[1]))
    assert ended.code == 1
    assert "serve did not start. Port" in ended.sentence
    assert not (state / "demo" / "server.json").exists()


def test_a_closed_pipe_is_no_complaint(state: Path) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"{' '.join(EXPEDITER)} audit export | head -1 >/dev/null"],
        env=clean_environment(state), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")


def test_closed_standard_streams_are_no_complaint(state: Path) -> None:
    command = f"{' '.join(EXPEDITER)} risk list >&- 2>&-"
    ended = subprocess.run(["bash", "-c", command], env=clean_environment(state), check=False)
    assert ended.returncode == 0


def test_an_interrupted_command_ends_without_a_word(state: Path) -> None:
    process = subprocess.Popen(
        [*EXPEDITER, "mail", "triage", "-"],
        env=clean_environment(state),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write("From: a@b.example\n")
    process.stdin.flush()
    _wait_until_it_reads(process.stdin)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert "Traceback" not in process.stderr.read()
    process.stdin.close()
    process.stderr.close()


def _wait_until_it_reads(pipe: IO[str]) -> None:
    """Until nothing that was written is left in the pipe."""
    waiting = array("i", [1])
    while waiting[0]:
        os.sched_yield()
        fcntl.ioctl(pipe.fileno(), termios.FIONREAD, waiting)
