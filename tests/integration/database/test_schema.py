"""Migrations, the roles they make, and what a process says about another schema."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from langgraph.checkpoint.base import empty_checkpoint
from psycopg.errors import InsufficientPrivilege

from agent.errors import DatabaseUnavailable, SchemaOutdated
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.checkpoints import checkpointer
from integrations.database.embedded import EmbeddedServer
from integrations.database.migrate import migrate
from integrations.database.pool import open_pool
from integrations.database.queues import defer
from integrations.database.schema_version import migrations, require_schema
from tests.fixtures.postgres import TestDatabase


@pytest.fixture
def empty(postgres_server: EmbeddedServer) -> Iterator[str]:
    """Name of a database without any schema."""
    name = f"empty_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_server.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_migrating_twice_at_once_runs_each_migration_once(postgres_server: EmbeddedServer, empty: str) -> None:
    url = postgres_server.url("admin", empty)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: migrate(url, postgres_server.role_passwords), range(2))
    assert sorted(first + second) == [migration.name for migration in migrations()]
    assert migrate(url) == []
    with psycopg.connect(postgres_server.url("worker", empty)) as connection:
        require_schema(connection)


def test_an_empty_an_older_and_a_newer_schema_are_refused(
    database: TestDatabase, postgres_server: EmbeddedServer, empty: str
) -> None:
    with psycopg.connect(postgres_server.url("serve", empty)) as connection, pytest.raises(SchemaOutdated, match="db migrate"):
        require_schema(connection)
    newest = migrations()[-1].version
    for version, says in ((newest - 1, "run `expediter db migrate`"), (newest + 1, "update the program")):
        database.one("admin", "DELETE FROM schema_version WHERE version >= %s", newest - 1)
        database.one("admin", "INSERT INTO schema_version (version, name) VALUES (%s, 'of another program')", version)
        with database.connection("executor") as connection, pytest.raises(SchemaOutdated, match=says):
            require_schema(connection)
    with pytest.raises(SchemaOutdated, match="update the program"):
        migrate(database.url("admin"))


def test_jobs_that_were_given_up_before_they_could_be_run_again_keep_their_turn(
    postgres_server: EmbeddedServer, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, older = postgres_server.url("admin", empty), [one for one in migrations() if one.version < 66]
    with monkeypatch.context() as patched:
        patched.setattr("integrations.database.migrate.migrations", lambda: older)
        migrate(url, postgres_server.role_passwords)
    with psycopg.connect(postgres_server.url("worker", empty), autocommit=True) as connection:
        defer(connection, "answer_chat", "worker", "conversation:1", inbound_id=7)
        connection.execute(
            "INSERT INTO expediter.dead_letter (queue, job_id, task_name, args, reason)"
            " SELECT queue_name, id, task_name, args, 'No answer.' FROM procrastinate.procrastinate_jobs"
        )
        migrate(url)
        row = connection.execute("SELECT lock FROM expediter.dead_letter").fetchone()
    assert row == ("worker:conversation:1",)


def test_an_owner_without_superpowers_is_enough(postgres_server: EmbeddedServer, empty: str) -> None:
    with psycopg.connect(postgres_server.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE ordinary_owner LOGIN CREATEROLE PASSWORD 'ordinary'")
        connection.execute(f"ALTER DATABASE {empty} OWNER TO ordinary_owner".encode())
    admin = postgres_server.url("admin", empty)
    owner = admin.replace(admin.split("//")[1].split("@")[0], "ordinary_owner:ordinary")
    try:
        assert len(migrate(owner)) == len(migrations())
        database = TestDatabase(postgres_server, empty)
        assert database.proposal().label == "P1"
        with database.connection("serve") as connection:
            defer(connection, "answer_chat", "worker")
        assert (
            database.one("worker", "SELECT task_name FROM procrastinate.procrastinate_fetch_job_v2(NULL, NULL)") == "answer_chat"
        )
        assert database.one("worker", "SELECT count(*) FROM procrastinate.procrastinate_events") == 2
        assert PostgresAuditLog(database.pool("worker")).verify().entries == 3
        database.close()
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("REASSIGN OWNED BY ordinary_owner TO expediter_admin")
            connection.execute(f"ALTER DATABASE {empty} OWNER TO expediter_admin".encode())
            connection.execute("DROP OWNED BY ordinary_owner")
            connection.execute("DROP ROLE ordinary_owner")


def test_a_process_cannot_migrate(database: TestDatabase) -> None:
    with pytest.raises(DatabaseUnavailable, match="owner"):
        migrate(database.url("worker"))


def test_a_role_that_could_ignore_its_limits_is_refused(database: TestDatabase) -> None:
    database.one("admin", "ALTER ROLE expediter_worker BYPASSRLS")
    try:
        with pytest.raises(DatabaseUnavailable, match="NOBYPASSRLS"):
            migrate(database.url("admin"))
    finally:
        database.one("admin", "ALTER ROLE expediter_worker NOBYPASSRLS")


def test_an_unreachable_server_is_said_in_one_sentence() -> None:
    nowhere = "postgresql://someone@127.0.0.1:1/expediter"
    for use in (migrate, open_pool):
        with pytest.raises(DatabaseUnavailable) as away:
            use(nowhere)
        assert "\n" not in str(away.value)
    with pytest.raises(DatabaseUnavailable, match="looks like"):
        open_pool("no url at all")


def test_conversations_are_kept_by_the_worker_alone(database: TestDatabase) -> None:
    config = {"configurable": {"thread_id": "c1", "checkpoint_ns": ""}}
    with checkpointer(database.url("worker")) as saver:
        saver.put(config, empty_checkpoint(), {"source": "input"}, {})
        assert len(list(saver.list(config))) == 1
    for process in ("serve", "executor"):
        with pytest.raises(InsufficientPrivilege):
            database.one(process, "SELECT * FROM langgraph.checkpoints")  # type: ignore[arg-type]  # each of them
