"""What one process, or one person, can do to keep the others from their work."""

from queue import Queue as Results

import pytest

from agent.domain.chat import PartKind
from agent.errors import DatabaseUnavailable
from integrations.database import migrate
from integrations.database.answer_listener import AnswerListener
from integrations.database.conversations import PostgresAnswerDesk
from integrations.database.embedded import Role as Process
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.queues import defer
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase
from tests.integration.database.test_job_worker import WAIT_S, working


@pytest.mark.parametrize("notice", ["no JSON", "[]", '{"type": "abort_job_requested"}', '{"type": 5, "job_id": {}}', ""])
def test_a_notice_that_nobody_can_read_does_not_end_the_worker(database: TestDatabase, notice: str) -> None:
    ran: Results[None] = Results()
    with working(database, {"look": lambda: ran.put(None)}):
        database.one("executor", "SELECT pg_notify('procrastinate_queue_v1#worker', %s)", notice)
        for _ in range(2):
            with database.connection("serve") as connection:
                defer(connection, "look", "worker")
            ran.get(timeout=WAIT_S)


def test_a_notice_with_an_endless_number_does_not_deafen_the_listener(database: TestDatabase) -> None:
    question = database.inbound(database.person())
    with AnswerListener(database.url("serve")) as listener, listener.subscribed(question) as released:
        assert released.wait(WAIT_S)  # it has connected
        released.clear()
        database.one("executor", "SELECT pg_notify('expediter_answer', repeat('9', 7000))")
        assert released.wait(WAIT_S)
        released.clear()
        PostgresAnswerDesk(database.pool("worker")).release(question, PartKind.STATUS, {})
        assert released.wait(WAIT_S)


@pytest.mark.parametrize("process", ["worker", "serve"])
def test_locks_that_any_role_can_take_do_not_stop_the_executor(database: TestDatabase, process: Process) -> None:
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    with database.connection(process) as greedy:
        greedy.execute("SELECT pg_advisory_lock(0x6772000000000000 + number) FROM generate_series(0, 100) AS number")
        with desk.claimed(grant) as mine:
            assert mine
        assert not database.one("admin", "SELECT has_function_privilege(%s, 'claim(bigint)', 'EXECUTE')", f"expediter_{process}")


def test_a_migration_does_not_wait_for_ever_for_a_lock_that_any_role_can_take(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_PATIENCE_S", 0.0)
    with database.connection("worker") as greedy:
        greedy.execute("SELECT pg_advisory_lock(%s)", (migrate._LOCK,))
        with pytest.raises(DatabaseUnavailable, match="migrate again"):
            migrate.migrate(database.url("admin"))
