"""A demo ends with all it started: after its tour, and when its parent is killed."""

import os
import select
import socket
from pathlib import Path

from pydantic import TypeAdapter

from app.contract.risk import OrderRiskRow
from tests.e2e.running_demo import SERVES, children_of, expediter, serving, state_folder


def test_the_demo_ends_after_its_tour_takes_a_free_port_and_leaves_nothing_running() -> None:
    with state_folder() as state, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = expediter(state, "demo", "--once", EXPEDITER_PORT=str(taken.getsockname()[1]))
        assert ended.code == 0, ended.err + ended.out
        assert not _processes_of(state)
        kept = expediter(state, "risk", "list", "--limit", "1", "--json")
        assert TypeAdapter(list[OrderRiskRow]).validate_json(kept.out)
        assert not _processes_of(state)


def test_children_end_when_their_parent_is_killed() -> None:
    with state_folder() as state:
        with serving("demo", state, SERVES) as running:
            handles = [os.pidfd_open(pid) for pid in children_of(running.process.pid).values()]
            running.process.kill()
            running.process.wait()
            for handle in handles:
                _wait_for_end(handle)
        ended = expediter(state, "risk", "list", "--limit", "1", "--json")  # the last lease on the server stops it
        assert ended.code == 0
        assert not _processes_of(state)


def _processes_of(state: Path) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if str(state).encode() in told and int(folder.name) != os.getpid():
            found.append(told.decode(errors="replace"))
    return found


def _wait_for_end(handle: int) -> None:
    ended, _, _ = select.select([handle], [], [], 30)
    os.close(handle)
    assert ended, "a child outlived its parent"
