"""A job that was given up runs again because a person says so: once, put back by whoever owns its queue."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from queue import Queue as Results
from threading import Barrier

import psycopg
import pytest
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege

from agent.domain.chat import PartKind
from agent.domain.decisions import Role
from agent.domain.given_up import PURPOSES, Became, GivenUpJob
from agent.errors import DecisionRefused, ErpUnavailable, NotPermitted, PreconditionFailed, RecordMissing
from integrations.database.conversations import TASKS, PostgresAnswerDesk
from integrations.database.decision_desk import EXECUTE_TASK
from integrations.database.embedded import Role as Process
from integrations.database.given_up import PostgresGivenUpJobs, PostgresJobDesk
from integrations.database.queues import Queue, defer
from integrations.database.reaper import MOST_DEATHS, bury, reap
from integrations.database.replays import put_back
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase
from tests.integration.database.test_job_worker import JOBS, KILLED_WORKER, WAIT_S, working

OTHER: dict[Queue, Queue] = {"worker": "executor", "executor": "worker"}


def desk(database: TestDatabase) -> PostgresJobDesk:
    return PostgresJobDesk(database.pool("serve"))


def given_up(
    database: TestDatabase, task: str = "look", queue: Queue = "worker", lock: str | None = "order:1", **args: object
) -> int:
    """Its number; the job stays in its queue as one that failed, as the real one does."""
    with database.connection("serve") as connection:
        defer(connection, task, queue, lock, **args)
    with database.connection(queue) as connection:
        row = connection.execute(f"SELECT max(id) AS id FROM {JOBS}".encode()).fetchone()
        assert row is not None
        bury(connection, row["id"], "Odoo did not answer.")
        connection.execute(f"UPDATE {JOBS} SET status = 'failed' WHERE id = %s".encode(), (row["id"],))
    return int(database.one("serve", "SELECT max(id) FROM dead_letter"))


def test_a_job_that_killed_its_process_three_times_is_listed_run_again_and_done(database: TestDatabase) -> None:
    omar = database.person("omar", Role.OPS_MANAGER)
    with database.connection("serve") as connection:
        defer(connection, "deadly", "worker", "conversation:1")
    for _ in range(MOST_DEATHS):
        died = subprocess.run([sys.executable, "-c", KILLED_WORKER, database.url("worker")], capture_output=True, timeout=WAIT_S)
        assert died.returncode == -signal.SIGKILL, os.fsdecode(died.stderr)
    database.one("worker", "UPDATE procrastinate.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    reap(database.url("worker"), "worker", timedelta(seconds=30))
    [listed] = desk(database).latest(10)
    assert (listed.label, listed.purpose, listed.became) == ("J1", "deadly", None)
    assert "died 3 times" in listed.reason

    desk(database).replay(listed.id, person_id=omar.id)
    assert desk(database).job(listed.id).became is Became.WAITING
    ran: Results[None] = Results()
    with working(database, {"deadly": lambda: ran.put(None)}):
        ran.get(timeout=WAIT_S)
    done = desk(database).job(listed.id)
    assert (done.replayed_by, done.became, done.next_id) == ("omar", Became.DONE, None)
    assert done == PostgresGivenUpJobs(database.pool("worker")).job(listed.id), "the worker tells it too"


def test_it_waits_again_for_the_turn_that_it_waited_for_before(database: TestDatabase) -> None:
    number = given_up(database, order="S00042")
    desk(database).replay(number, person_id=database.person(None, Role.ADMIN).id)
    assert put_back(database.url("worker"), "worker") == (number,)
    again = f"SELECT jsonb_build_array(task_name, args, lock) FROM {JOBS} WHERE status = 'todo'"
    assert database.one("worker", again) == ["look", {"order": "S00042"}, "worker:order:1"]
    assert put_back(database.url("worker"), "worker") == (), "once"


def test_what_is_given_up_again_is_another_one_and_can_be_run_again_too(database: TestDatabase) -> None:
    def away() -> None:
        raise ErpUnavailable("Odoo does not answer.")

    omar, first = database.person("omar", Role.OPS_MANAGER), given_up(database)
    desk(database).replay(first, person_id=omar.id)
    put_back(database.url("worker"), "worker")
    database.one("worker", f"UPDATE {JOBS} SET attempts = 3 WHERE status = 'todo'")
    with working(database, {"look": away}):
        pass
    second = desk(database).latest(1)[0]
    assert second.id > first
    assert second.became is None
    before = desk(database).job(first)
    assert (before.became, before.next_id) == (Became.GIVEN_UP_AGAIN, second.id)
    desk(database).replay(second.id, person_id=omar.id)
    assert put_back(database.url("worker"), "worker") == (second.id,)


def test_two_people_at_once_have_it_run_again_once(database: TestDatabase) -> None:
    number, people = given_up(database), [database.person(None, Role.OPS_MANAGER) for _ in range(6)]
    barrier, jobs = Barrier(len(people)), desk(database)

    def replay(person_id: int) -> str:
        barrier.wait()
        try:
            jobs.replay(number, person_id=person_id)
        except DecisionRefused as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(len(people)) as threads:
        said = sorted(threads.map(replay, [one.id for one in people]))
    assert said.count("") == 1
    assert all("already" in one or "at the same moment" in one for one in said[1:])
    assert database.one("admin", "SELECT count(*) FROM job_replay") == 1
    assert database.one("admin", "SELECT count(*) FROM audit_entry WHERE kind = 'job.replayed'") == 1


def test_two_workers_that_look_at_once_put_it_back_once(database: TestDatabase) -> None:
    numbers = [given_up(database) for _ in range(5)]
    omar = database.person("omar", Role.OPS_MANAGER)
    for number in numbers:
        desk(database).replay(number, person_id=omar.id)
    barrier = Barrier(4)

    def look(_: int) -> tuple[int, ...]:
        barrier.wait()
        return put_back(database.url("worker"), "worker")

    with ThreadPoolExecutor(4) as threads:
        found = [number for each in threads.map(look, range(4)) for number in each]
    assert sorted(found) == numbers
    assert database.one("worker", f"SELECT count(*) FROM {JOBS} WHERE status = 'todo'") == len(numbers)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OPS_MANAGER, Role.ADMIN)])
def test_the_database_takes_no_replay_of_somebody_without_the_role(database: TestDatabase, role: Role) -> None:
    number, person = given_up(database), database.person("walter", role)
    with pytest.raises(NotPermitted, match="walter may not have jobs run again; these roles may: ops_manager, admin"):
        desk(database).replay(number, person_id=person.id)
    assert database.one("admin", "SELECT count(*) FROM job_replay") == 0
    assert database.one("admin", "SELECT count(*) FROM audit_entry WHERE kind = 'job.replayed'") == 0


def test_nor_of_somebody_who_left_and_of_a_job_that_nobody_gave_up(database: TestDatabase) -> None:
    number, omar = given_up(database), database.person("omar", Role.OPS_MANAGER)
    with pytest.raises(PreconditionFailed, match="No job J99 was given up"):
        desk(database).replay(99, person_id=omar.id)
    with pytest.raises(RecordMissing, match="J99"):
        desk(database).job(99)
    database.one("admin", "UPDATE person SET active = false WHERE handle = 'omar'")
    with pytest.raises(NotPermitted, match="active"):
        desk(database).replay(number, person_id=omar.id)


@pytest.mark.parametrize("queue", OTHER)
def test_each_process_puts_back_its_own_and_touches_nothing_of_the_others(database: TestDatabase, queue: Queue) -> None:
    other, omar = OTHER[queue], database.person("omar", Role.OPS_MANAGER)
    own, others = given_up(database, queue=queue), given_up(database, queue=other)
    for number in (own, others):
        desk(database).replay(number, person_id=omar.id)
    with database.connection(queue) as connection:
        assert [row["dead_letter_id"] for row in connection.execute("SELECT * FROM job_replay")] == [own]
        settle = "INSERT INTO job_replayed (dead_letter_id, queue, job_id) VALUES (%s, %s, 1)"
        with pytest.raises(InsufficientPrivilege):
            connection.execute(settle, (others, other))
        with pytest.raises(ForeignKeyViolation):
            connection.execute(settle, (others, queue))
        with pytest.raises(InsufficientPrivilege):
            connection.execute("INSERT INTO job_replay (dead_letter_id, person_id) VALUES (%s, %s)", (own, omar.id))
    assert put_back(database.url(queue), queue) == (own,)
    assert put_back(database.url(queue), other) == (), "in the name of the other queue there is nothing to see"
    assert desk(database).job(others).became is Became.WAITING


@pytest.mark.parametrize(
    ("process", "statement"),
    [
        ("serve", "UPDATE job_replay SET person_id = 1"),
        ("serve", "DELETE FROM job_replay"),
        ("serve", "INSERT INTO job_replay (dead_letter_id, queue, person_id) VALUES (1, 'executor', 1)"),
        ("serve", "INSERT INTO job_replayed (dead_letter_id, queue, job_id) VALUES (1, 'worker', 1)"),
        ("worker", "DELETE FROM job_replayed"),
        ("executor", "SELECT * FROM given_up"),
    ],
)
def test_nobody_can_take_back_or_make_up_what_was_said(database: TestDatabase, process: Process, statement: str) -> None:
    with database.connection(process) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


def test_the_audit_log_says_who_had_what_run_again(database: TestDatabase) -> None:
    number, omar = given_up(database), database.person("omar", Role.OPS_MANAGER)
    desk(database).replay(number, person_id=omar.id)
    wrote = "SELECT jsonb_build_array(process, subject, person_id) FROM audit_entry WHERE kind = 'job.replayed'"
    assert database.one("admin", wrote) == ["serve", f"job:{number}", omar.id]


def test_every_task_that_is_queued_is_named_in_words() -> None:
    assert PURPOSES.keys() == {*TASKS.values(), EXECUTE_TASK, "rescan"}


def test_it_is_told_whose_wish_it_was_and_what_it_is_about(database: TestDatabase) -> None:
    maria, grant = database.person("maria"), granted(database)
    asked = {
        "answer_chat": ("chat", "Why is it late?"),
        "propose_inverse": ("undo", "p12"),
        "propose_edit": ("edit", '{"proposal": 7}'),
        "link_mail": ("mail_link", '{"mail": 3}'),
    }
    for task, (kind, text) in asked.items():
        given_up(database, task, inbound_id=database.inbound(maria, text, kind))
    given_up(database, "rescan", model="sale.order", record_id=1, name="S00042")
    given_up(database, "execute_granted", "executor", grant_id=grant.id)
    given_up(database, "answer_chat", inbound_id="no number")
    assert [job.purpose for job in reversed(desk(database).latest(10))] == [
        "answer a question of maria",
        "propose to undo P12, as maria asked",
        "propose P7 as maria edited it",
        "link M3 as maria said",
        "look at S00042 again",
        f"carry P{grant.proposal_id} out",
        "answer a question of somebody",
    ]


@pytest.mark.parametrize(
    "text",
    [
        r'{"proposal":7,"changes":{"text":"a\u0000b"}}',
        r'{"proposal":7,"changes":{"text":"\ud800"}}',
        '{"proposal":7,"n":1e400000}',
    ],
)
def test_what_postgresql_would_not_read_keeps_no_job_from_being_listed(database: TestDatabase, text: str) -> None:
    maria = database.person("maria")
    given_up(database, "propose_edit", inbound_id=database.inbound(maria, text, "edit"))
    given_up(database, "link_mail", inbound_id=database.inbound(maria, "no JSON", "mail_link"))
    assert [job.purpose for job in reversed(desk(database).latest(10))] == [
        "propose P7 as maria edited it",
        "link what is not known any more as maria said",
    ]


def test_a_reason_that_postgresql_does_not_store_gives_a_job_up_too(database: TestDatabase) -> None:
    with database.connection("serve") as connection:
        defer(connection, "look", "worker")
    with database.connection("worker") as connection:
        bury(connection, 1, "Odoo said a\0b\ud800.")
    assert [job.reason for job in desk(database).latest(1)] == ["Odoo said a?b?."]


def test_what_needs_no_second_run_says_why(database: TestDatabase) -> None:
    maria, now = database.person("maria"), datetime.now(UTC)
    answered, open_, old = database.inbound(maria), database.inbound(maria), database.inbound(maria, kind="propose")
    PostgresAnswerDesk(database.pool("worker")).complete(answered, [(PartKind.FAILED, {"text": "No."})])
    jobs = {
        "answered": given_up(database, "answer_chat", inbound_id=answered),
        "open": given_up(database, "answer_chat", inbound_id=open_),
        "old": given_up(database, "propose_change", inbound_id=old),
        "hint": given_up(database, "execute_granted", "executor", grant_id=1),
        "tick": given_up(database, "periodic:scan", lock="periodic:scan", timestamp=1),
    }

    def why(name: str, at: datetime = now) -> str | None:
        return desk(database).job(jobs[name]).no_need(at)

    assert why("answered") == "It was answered since."
    assert why("open") is None
    assert why("open", now + timedelta(days=1)) is None
    assert why("old") is None
    assert (
        why("old", now + timedelta(minutes=16)) == "Nothing is proposed for a question older than 15 minutes; maria asks again."
    )
    assert why("hint") == "The executor looks for what is granted every ten seconds anyway."
    assert why("tick") == "It comes round by itself."
    assert GivenUpJob(1, "periodic:find_users", "", now).purpose == "find users, as the clock says"


def test_a_failed_replay_leaves_no_job_behind(database: TestDatabase) -> None:
    """Of the job and the note that it was put back, neither is without the other."""
    number = given_up(database)
    desk(database).replay(number, person_id=database.person(None, Role.ADMIN).id)
    with database.connection("admin") as connection:
        connection.execute("ALTER TABLE job_replayed ADD CONSTRAINT broken CHECK (job_id < 0)")
    with pytest.raises(psycopg.errors.CheckViolation):
        put_back(database.url("worker"), "worker")
    assert database.one("worker", f"SELECT count(*) FROM {JOBS} WHERE status = 'todo'") == 0
