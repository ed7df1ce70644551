"""What no role can execute, tried as that role."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from agent.domain.decisions import Grant, Outcome, ProposalState
from agent.errors import DatabaseUnavailable, NotPermitted
from integrations.database.embedded import Role as Process
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.ledger import granted, lapse
from tests.fixtures.postgres import TestDatabase, note_content


def test_nothing_is_executed_without_a_grant(database: TestDatabase) -> None:
    proposal = database.proposal()
    now = datetime.now(UTC)
    forged = Grant(1, proposal.id, proposal.sha256, "1", now, now + timedelta(hours=1))
    with pytest.raises(NotPermitted, match=r"no grant|does not allow it"):
        PostgresExecutionDesk(database.pool("executor")).begin(forged)


def test_a_grant_serves_no_other_proposal_and_no_other_hash(database: TestDatabase) -> None:
    grant, other = granted(database), database.proposal(content=note_content(text="Other"))
    desk = PostgresExecutionDesk(database.pool("executor"))
    for forged in (replace(grant, proposal_id=other.id, sha256=other.sha256), replace(grant, sha256=other.sha256)):
        with pytest.raises(NotPermitted, match=r"no grant|does not allow it"):
            desk.begin(forged)


@pytest.mark.parametrize("process", ["serve", "worker"])
def test_only_the_executor_executes(database: TestDatabase, process: Process) -> None:
    grant = granted(database)
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        PostgresExecutionDesk(database.pool(process)).begin(grant)


def test_an_expired_grant_is_not_executed(database: TestDatabase) -> None:
    grant = granted(database)
    lapse(database, "approval_grant")
    desk = PostgresExecutionDesk(database.pool("executor"))
    assert desk.open_grants() == []
    with pytest.raises(NotPermitted, match="lapsed"):
        desk.begin(grant)


def test_a_transaction_begun_in_time_does_not_outlive_the_deadline(database: TestDatabase) -> None:
    grant = granted(database)
    with database.connection("executor") as connection, connection.transaction():
        connection.execute("SELECT now()")
        lapse(database, "approval_grant")
        with pytest.raises(psycopg.Error, match="lapsed"):
            connection.execute(
                "INSERT INTO execution (grant_id, proposal_id, sha256) VALUES (%s, %s, %s)",
                (grant.id, grant.proposal_id, grant.sha256),
            )
        raise psycopg.Rollback


def test_what_was_begun_is_looked_after_but_sends_nothing_once_the_grant_lapsed(database: TestDatabase) -> None:
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    execution, _ = desk.begin(grant)
    desk.sending(execution)
    lapse(database, "approval_grant")
    assert [open_grant.id for open_grant in desk.open_grants()] == [grant.id]
    with pytest.raises(NotPermitted, match="lapsed"):
        desk.sending(execution)
    for table in ("execution_attempt", "execution_sending"):
        with pytest.raises(psycopg.Error, match="lapsed"):
            database.one("executor", f"INSERT INTO {table} (execution_id, number) VALUES (%s, 1)", execution)
    desk.finish(execution, Outcome.UNCERTAIN, "Nobody knows.", {})
    assert desk.proposal(grant.proposal_id).state is ProposalState.UNCERTAIN


def test_a_grant_leads_to_one_execution_that_ends_once(database: TestDatabase) -> None:
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    execution, _ = desk.begin(grant)
    assert desk.begin(grant)[0] == execution
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.one(
            "executor", "INSERT INTO execution (grant_id, proposal_id, sha256) VALUES (%s, %s, %s)",
            grant.id, grant.proposal_id, grant.sha256,
        )  # fmt: skip
    desk.finish(execution, Outcome.DONE, "", {})
    with pytest.raises(NotPermitted, match="already ended"):
        desk.finish(execution, Outcome.FAILED, "", {})
    with pytest.raises(NotPermitted, match="has ended"):
        desk.sending(execution)


def test_a_grant_is_held_by_one_process_at_a_time_and_freed_when_it_dies(database: TestDatabase) -> None:
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    with desk.claimed(grant) as mine, desk.claimed(grant) as again:
        assert (mine, again) == (True, False)
    first = desk.claimed(grant)
    assert first.__enter__()
    database.one(
        "admin",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'expediter_executor' AND query LIKE '%claim%'",
    )
    with desk.claimed(grant) as another:
        assert another
    with pytest.raises(DatabaseUnavailable):
        first.__exit__(None, None, None)


@pytest.mark.parametrize(("outcome", "looks"), [(Outcome.DONE, 1), (Outcome.UNCERTAIN, 1), (Outcome.FAILED, 0)])
def test_what_was_changed_is_looked_at_again_by_the_worker(database: TestDatabase, outcome: Outcome, looks: int) -> None:
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    execution_id, _ = desk.begin(grant)
    desk.sending(execution_id)
    desk.finish(execution_id, outcome, "It was tried.", {})
    with database.connection("worker") as connection:
        found = connection.execute("SELECT args FROM procrastinate.procrastinate_jobs WHERE task_name = 'rescan'").fetchall()
        subject = connection.execute("SELECT subject_model, subject_id, subject_name FROM proposal").fetchone()
    assert len(found) == looks
    if looks:
        assert subject is not None
        names = {"model": "subject_model", "record_id": "subject_id", "name": "subject_name"}
        assert found[0]["args"] == {name: subject[column] for name, column in names.items()}
