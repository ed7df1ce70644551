"""Jobs run, are tried again, and are given up with a reason; death is noticed."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from queue import Queue as Results
from threading import Event, Thread

import pytest

from agent.errors import DatabaseUnavailable, ErpUnavailable
from integrations.database.job_worker import Pace, Periodic, run_worker, until_stopped
from integrations.database.queues import defer
from integrations.database.reaper import MOST_DEATHS, reap
from tests.fixtures.postgres import TestDatabase

JOBS = "procrastinate.procrastinate_jobs"
WAIT_S = 30


@contextmanager
def working(database: TestDatabase, tasks: dict[str, Callable[..., object]], *periodic: Periodic) -> Iterator[None]:
    """A worker of queue `worker` in a thread, stopped at the end."""
    stop, ready = Event(), Event()
    arguments = (database.url("worker"), "worker", tasks, periodic)
    thread = Thread(target=run_worker, args=arguments, kwargs={"stop": stop, "ready": ready.set})
    thread.start()
    try:
        assert ready.wait(WAIT_S)
        yield
    finally:
        stop.set()
        thread.join(WAIT_S)
        assert not thread.is_alive()


def test_a_job_reaches_its_task_with_its_arguments_and_is_gone_afterwards(database: TestDatabase) -> None:
    seen: Results[int] = Results()
    with working(database, {"answer_chat": lambda inbound_id: seen.put(inbound_id)}):
        with database.connection("serve") as connection:
            defer(connection, "answer_chat", "worker", "conversation:1", inbound_id=7)
        assert seen.get(timeout=WAIT_S) == 7
    assert database.one("worker", f"SELECT count(*) FROM {JOBS}") == 0


def test_jobs_with_the_same_lock_run_in_order(database: TestDatabase) -> None:
    seen: Results[int] = Results()
    with database.connection("serve") as connection:
        for number in range(5):
            defer(connection, "answer_chat", "worker", "conversation:1", number=number)
    with working(database, {"answer_chat": lambda number: seen.put(number)}):
        assert [seen.get(timeout=WAIT_S) for _ in range(5)] == [0, 1, 2, 3, 4]


def test_stopping_lets_a_running_job_finish(database: TestDatabase) -> None:
    started, go_on, finished = Event(), Event(), Event()

    def task() -> None:
        started.set()
        assert go_on.wait(WAIT_S)
        finished.set()

    with working(database, {"slow": task}):
        with database.connection("serve") as connection:
            defer(connection, "slow", "worker")
        assert started.wait(WAIT_S)
        Thread(target=go_on.set).start()
    assert finished.is_set()
    assert database.one("worker", f"SELECT count(*) FROM {JOBS}") == 0


def test_a_bare_notification_does_not_cancel_a_running_job(database: TestDatabase) -> None:
    started, go_on = Event(), Event()

    def task() -> None:
        started.set()
        assert go_on.wait(WAIT_S)

    with working(database, {"slow": task}):
        with database.connection("serve") as connection:
            defer(connection, "slow", "worker")
        assert started.wait(WAIT_S)
        job = database.one("worker", f"SELECT id FROM {JOBS}")
        notice = f'{{"type": "abort_job_requested", "job_id": {job}}}'
        database.one("executor", "SELECT pg_notify('procrastinate_queue_v1#worker', %s)", notice)
        assert database.one("worker", f"SELECT status FROM {JOBS}") == "doing"
        go_on.set()
    assert database.one("worker", f"SELECT count(*) FROM {JOBS}") == 0


def test_a_periodic_task_runs_at_its_ticks(database: TestDatabase) -> None:
    ticks: Results[None] = Results()
    with working(database, {"scan": lambda: ticks.put(None)}, Periodic("scan", "* * * * * *")):
        for _ in range(2):
            ticks.get(timeout=WAIT_S)


def test_a_periodic_task_that_takes_longer_than_its_ticks_is_waited_for(
    database: TestDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """The third tick finds one that runs and one that waits, which row security does not let it read."""
    skipped, go_on, ended = Results[object](), Event(), Results[None]()

    def slow() -> None:
        assert go_on.wait(WAIT_S)
        ended.put(None)

    with caplog.at_level(logging.DEBUG, "procrastinate"), working(database, {"scan": slow}, Periodic("scan", "* * * * * *")):
        periodic = logging.getLogger("procrastinate.periodic")
        listening = _Heard("skip_periodic_task_queueing_lock", skipped)
        periodic.addHandler(listening)
        try:
            skipped.get(timeout=WAIT_S)
        finally:
            periodic.removeHandler(listening)
            go_on.set()
        for _ in range(3):
            ended.get(timeout=WAIT_S)


class _Heard(logging.Handler):
    """Passes on records of one action."""

    def __init__(self, action: str, records: "Results[object]") -> None:
        super().__init__()
        self.action, self.records = action, records

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", None) == self.action:
            self.records.put(record)


def test_a_job_that_keeps_failing_is_kept_with_the_reason(database: TestDatabase) -> None:
    def task() -> None:
        tried.put(None)
        raise ErpUnavailable("The ERP does not answer.")

    tried: Results[None] = Results()
    with database.connection("serve") as connection:
        defer(connection, "look", "worker", "order:1", order="S00042")
    database.one("worker", f"UPDATE {JOBS} SET attempts = 3")
    with working(database, {"look": lambda order: task()}):
        tried.get(timeout=WAIT_S)
    letter = database.one("serve", "SELECT to_jsonb(dead_letter) FROM dead_letter")
    assert letter["reason"] == "The ERP does not answer."
    assert (letter["task_name"], letter["args"]) == ("look", {"order": "S00042"})


def test_a_job_that_fails_is_tried_again_later(database: TestDatabase) -> None:
    tried: Results[None] = Results()

    def task() -> None:
        tried.put(None)
        raise ErpUnavailable("The ERP does not answer.")

    with database.connection("serve") as connection:
        defer(connection, "look", "worker")
    with working(database, {"look": task}):
        tried.get(timeout=WAIT_S)
    assert database.one("worker", f"SELECT status || ' ' || attempts FROM {JOBS} WHERE scheduled_at > now()") == "todo 1"
    assert database.one("serve", "SELECT count(*) FROM dead_letter") == 0


def test_a_wrong_url_is_said_at_once(database: TestDatabase) -> None:
    with pytest.raises(DatabaseUnavailable, match="password authentication failed"):
        run_worker(database.url("worker").replace("expediter_worker:", "expediter_worker:wrong"), "worker", {})


KILLED_WORKER = """
import os, signal, sys
from datetime import timedelta
from integrations.database.job_worker import Pace, run_worker

def deadly():
    print("running", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

fast = Pace(timedelta(seconds=0.2), timedelta(seconds=0.6), timedelta(seconds=0.2))
run_worker(sys.argv[1], "worker", {"deadly": deadly}, pace=fast)
"""


def test_a_job_that_kills_its_process_is_given_up(database: TestDatabase) -> None:
    with database.connection("serve") as connection:
        defer(connection, "deadly", "worker", "conversation:1")
    for _ in range(MOST_DEATHS):
        worker = subprocess.run(
            [sys.executable, "-c", KILLED_WORKER, database.url("worker")], capture_output=True, text=True, timeout=WAIT_S
        )
        assert (worker.returncode, worker.stdout) == (-signal.SIGKILL, "running\n"), worker.stderr
    job = database.one("worker", f"SELECT id FROM {JOBS}")
    database.one("worker", "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    assert reap(database.url("worker"), "worker", timedelta(seconds=30)).buried == (job,)
    assert database.one("worker", f"SELECT status FROM {JOBS}") == "failed"
    assert "died 3 times" in database.one("serve", "SELECT reason FROM dead_letter")


def test_a_living_workers_job_is_not_reaped_and_a_death_is_counted_once(database: TestDatabase) -> None:
    with database.connection("serve") as connection:
        defer(connection, "answer_chat", "worker")
    worker = database.one("worker", "SELECT worker_id FROM procrastinate.procrastinate_register_worker_v1()")
    job = database.one("worker", "SELECT id FROM procrastinate.procrastinate_fetch_job_v2(ARRAY['worker'], %s)", worker)
    url, after = database.url("worker"), timedelta(seconds=30)
    assert reap(url, "worker", after).retried == ()
    database.one("worker", "SELECT procrastinate.procrastinate_unregister_worker_v1(%s)", worker)
    assert reap(url, "worker", after).retried == (job,)
    assert reap(url, "worker", after).retried == ()
    assert database.one("worker", "SELECT count(*) FROM job_reap") == 1


def test_a_tick_that_died_while_the_next_one_waits_keeps_neither_that_one_nor_other_jobs_from_going_on(
    database: TestDatabase,
) -> None:
    """They share a queueing lock, which two that wait cannot have: the dead one cannot be put back."""
    tick = """
        SELECT procrastinate.procrastinate_defer_jobs_v1(ARRAY[
            ROW('worker', 'periodic:look', 0, 'worker:look', 'worker:look', '{}', NULL)
            ::procrastinate.procrastinate_job_to_defer_v1
        ])
    """
    worker = database.one("worker", "SELECT worker_id FROM procrastinate.procrastinate_register_worker_v1()")
    fetch = "SELECT id FROM procrastinate.procrastinate_fetch_job_v2(ARRAY['worker'], %s)"
    database.one("worker", tick)
    database.one("worker", fetch, worker)
    database.one("worker", tick)
    with database.connection("serve") as connection:
        defer(connection, "answer_chat", "worker")
    other = database.one("worker", fetch, worker)
    database.one("worker", "SELECT procrastinate.procrastinate_unregister_worker_v1(%s)", worker)
    assert set(reap(database.url("worker"), "worker", timedelta(seconds=30)).retried) >= {other}
    with database.connection("admin") as connection:
        left = connection.execute(f"SELECT task_name, status::text FROM {JOBS} ORDER BY task_name").fetchall()
    assert [tuple(row.values()) for row in left] == [("answer_chat", "todo"), ("periodic:look", "todo")]


TERMINATED_WORKER = """
import sys
from threading import Event
from integrations.database.job_worker import run_worker

def slow():
    print("running", flush=True)
    sys.stdin.readline()
    print("finished", flush=True)

run_worker(sys.argv[1], "worker", {"slow": slow}, ready=lambda: print("ready", flush=True))
print("ended", flush=True)
"""


def test_sigterm_lets_the_running_job_finish(database: TestDatabase) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TERMINATED_WORKER, database.url("worker")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stdout is not None
        assert worker.stdin is not None
        assert worker.stdout.readline() == "ready\n"
        with database.connection("serve") as connection:
            defer(connection, "slow", "worker")
        assert worker.stdout.readline() == "running\n"
        os.kill(worker.pid, signal.SIGTERM)
        worker.stdin.write("\n")
        worker.stdin.flush()
        assert worker.stdout.read() == "finished\nended\n"
    assert worker.returncode == 0


def test_a_worker_that_ends_by_itself_lost_its_database_and_is_no_success() -> None:
    """Procrastinate ends without an error when its listening connection is lost."""

    async def ended_by_itself() -> None:
        await until_stopped(asyncio.create_task(asyncio.sleep(0)), Event())

    with pytest.raises(DatabaseUnavailable, match="was lost"):
        asyncio.run(ended_by_itself())


def test_the_default_pace_allows_missed_heartbeats() -> None:
    assert Pace().stalled_after >= 3 * Pace().heartbeat
