"""Each role is confined to the queue of its name."""

import json
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from integrations.database.embedded import Role as Process
from integrations.database.queues import Queue, defer
from tests.fixtures.postgres import TestDatabase

JOBS = "procrastinate.procrastinate_jobs"
OTHER: dict[Process, Queue] = {"worker": "executor", "executor": "worker"}
CONFINED = list(OTHER)


@pytest.fixture(autouse=True)
def one_job_in_each_queue(database: TestDatabase) -> None:
    with database.connection("serve") as connection:
        defer(connection, "execute_granted", "executor", "proposal:1", grant_id=1)
        defer(connection, "answer_chat", "worker", "conversation:1", inbound_id=1)


def job_of(database: TestDatabase, queue: Queue) -> dict[str, Any]:
    with database.connection("admin") as connection:
        row = connection.execute(f"SELECT * FROM {JOBS} WHERE queue_name = %s".encode(), (queue,)).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize("process", CONFINED)
def test_a_role_neither_sees_nor_rewrites_the_other_queues_jobs(database: TestDatabase, process: Process) -> None:
    other = OTHER[process]
    before = job_of(database, other)
    with database.connection(process) as connection:
        seen = connection.execute(f"SELECT DISTINCT queue_name FROM {JOBS}".encode()).fetchall()
        assert [row["queue_name"] for row in seen] == [process]
        for statement in (
            f"UPDATE {JOBS} SET args = '{{\"grant_id\": 2}}' WHERE id = {before['id']}",
            f"DELETE FROM {JOBS} WHERE id = {before['id']}",
        ):
            assert connection.execute(statement.encode()).rowcount == 0
    assert job_of(database, other) == before


@pytest.mark.parametrize("process", CONFINED)
@pytest.mark.parametrize(
    "call",
    [
        "procrastinate.procrastinate_finish_job_v1({id}, 'succeeded', true)",
        "procrastinate.procrastinate_finish_job_v1({id}, 'failed', false)",
        "procrastinate.procrastinate_cancel_job_v1({id}, true, false)",
        "procrastinate.procrastinate_retry_job_v2({id}, now(), NULL, '{own}', NULL)",
        "procrastinate.procrastinate_fetch_job_v2(ARRAY['{other}'], NULL)",
    ],
)
def test_procrastinates_functions_do_not_reach_the_other_queue(database: TestDatabase, process: Process, call: str) -> None:
    other = OTHER[process]
    before = job_of(database, other)
    with database.connection(process) as connection, suppress(psycopg.errors.RaiseException):
        connection.execute(f"SELECT {call.format(id=before['id'], own=process, other=other)}".encode())
    assert job_of(database, other) == before


@pytest.mark.parametrize("process", CONFINED)
def test_a_role_puts_nothing_into_the_other_queue(database: TestDatabase, process: Process) -> None:
    other = OTHER[process]
    with database.connection(process) as connection:
        with pytest.raises(InsufficientPrivilege):
            defer(connection, "execute_granted", other, grant_id=2)
        with pytest.raises(InsufficientPrivilege):
            connection.execute(f"UPDATE {JOBS} SET queue_name = %s".encode(), (other,))


@pytest.mark.parametrize("process", CONFINED)
@pytest.mark.parametrize("column", ["lock", "queueing_lock"])
def test_a_role_cannot_take_the_other_queues_locks(database: TestDatabase, process: Process, column: str) -> None:
    with database.connection(process) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(f"UPDATE {JOBS} SET {column} = %s, status = 'doing'".encode(), (f"{OTHER[process]}:proposal:1",))


@pytest.mark.parametrize("process", CONFINED)
def test_a_role_cannot_use_up_the_other_queues_ticks(database: TestDatabase, process: Process) -> None:
    table = "procrastinate.procrastinate_periodic_defers"
    insert = f"INSERT INTO {table} (task_name, periodic_id, defer_timestamp) VALUES ('sweep', %s, 1)".encode()
    with database.connection(process) as connection:
        with pytest.raises(InsufficientPrivilege):
            connection.execute(insert, (OTHER[process],))
        connection.execute(insert, (process,))
    with database.connection("executor" if process == "worker" else "worker") as other:
        assert other.execute(f"SELECT * FROM {table}".encode()).fetchall() == []
        other.execute(insert, (OTHER[process],))


@pytest.mark.parametrize("process", CONFINED)
def test_a_role_cannot_declare_the_other_roles_workers_dead(database: TestDatabase, process: Process) -> None:
    other: Process = "executor" if process == "worker" else "worker"
    workers = "procrastinate.procrastinate_workers"
    identity = database.one(other, "SELECT worker_id FROM procrastinate.procrastinate_register_worker_v1()")
    before = database.one("admin", f"SELECT last_heartbeat FROM {workers}")
    with database.connection(process) as connection:
        assert connection.execute(f"SELECT * FROM {workers}".encode()).fetchall() == []
        connection.execute("SELECT procrastinate.procrastinate_unregister_worker_v1(%s)", (identity,))
        connection.execute("SELECT procrastinate.procrastinate_update_heartbeat_v1(%s)", (identity,))
        connection.execute("SELECT procrastinate.procrastinate_prune_stalled_workers_v1(-1)")
        with pytest.raises(InsufficientPrivilege):
            connection.execute(f"INSERT INTO {workers} (role) VALUES (%s)".encode(), (f"expediter_{other}",))
        with pytest.raises(InsufficientPrivilege):
            connection.execute(f"UPDATE {workers} SET role = %s".encode(), (f"expediter_{process}",))
    assert database.one("admin", f"SELECT last_heartbeat FROM {workers}") == before


@pytest.mark.parametrize("process", CONFINED)
def test_a_role_reads_its_own_jobs_history_and_writes_none(database: TestDatabase, process: Process) -> None:
    events = "procrastinate.procrastinate_events"
    own, other = job_of(database, "worker"), job_of(database, "executor")
    if process == "executor":
        own, other = other, own
    with database.connection(process) as connection:
        assert [row["job_id"] for row in connection.execute(f"SELECT job_id FROM {events}".encode())] == [own["id"]]
        for statement in (
            f"INSERT INTO {events} (job_id, type) VALUES ({other['id']}, 'failed')",
            f"UPDATE {events} SET at = now()",
            f"DELETE FROM {events}",
        ):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement.encode())


@pytest.mark.parametrize("process", CONFINED)
def test_dead_letters_are_apart_too(database: TestDatabase, process: Process) -> None:
    insert = "INSERT INTO dead_letter (queue, job_id, task_name, args, reason) VALUES (%s, 1, 't', '{}', 'r')"
    with database.connection(process) as connection:
        for statement in (insert, "INSERT INTO job_reap (queue, job_id) VALUES (%s, 1)"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement.encode(), (OTHER[process],))
        connection.execute(insert.encode(), (process,))
    with database.connection("executor" if process == "worker" else "worker") as other:
        assert other.execute("SELECT * FROM dead_letter").fetchall() == []
    assert database.one("serve", "SELECT count(*) FROM dead_letter") == 1


def test_serve_queues_for_both_counts_and_changes_nothing(database: TestDatabase) -> None:
    assert database.one("serve", f"SELECT count(id) FROM {JOBS}") == 2
    for statement in (
        f"SELECT args FROM {JOBS}",
        f"UPDATE {JOBS} SET status = 'cancelled'",
        f"DELETE FROM {JOBS}",
        f"INSERT INTO {JOBS} (queue_name, task_name, status) VALUES ('worker', 't', 'doing')",
        "SELECT procrastinate.procrastinate_cancel_job_v1(1, true, false)",
        "SELECT procrastinate.procrastinate_fetch_job_v2(NULL, NULL)",
        "SELECT * FROM procrastinate.procrastinate_workers",
    ):
        with pytest.raises(InsufficientPrivilege):
            database.one("serve", statement)
    with database.connection("serve") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(f"INSERT INTO {JOBS} (queue_name, task_name) VALUES ('another', 't')".encode())


def test_a_job_exists_exactly_if_its_transaction_commits(database: TestDatabase) -> None:
    with database.connection("serve") as connection:
        with connection.transaction():
            defer(connection, "answer_chat", "worker", None, inbound_id=7)
            raise psycopg.Rollback
        defer(connection, "answer_chat", "worker", None, inbound_id=8)
    stored = database.one("worker", f"SELECT json_agg(args ORDER BY id) FROM {JOBS}")
    assert json.loads(json.dumps(stored)) == [{"inbound_id": 1}, {"inbound_id": 8}]
