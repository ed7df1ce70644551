"""What no role can do, tried as that role."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from agent.domain.decisions import Grant, Outcome, Person, Proposal, ProposalState, Provenance, Role, Verdict
from agent.errors import DatabaseUnavailable, DecisionRefused, NotPermitted, PreconditionFailed, RecordMissing
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.embedded import Role as Process
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.people import PersonAdmin
from integrations.database.proposal_book import PostgresProposalBook
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.postgres import TestDatabase, note_content

PROCESSES: tuple[Process, ...] = ("serve", "worker", "executor")
LEDGER = (
    "proposal", "decision", "approval_grant", "execution", "execution_attempt", "execution_sending", "execution_outcome",
)  # fmt: skip
GRANT = """
    INSERT INTO approval_grant (proposal_id, sha256, steps, policy_version, expires_at)
    VALUES (%s, %s, %s, '', now() + interval '1 hour')
"""


def decide(
    database: TestDatabase,
    proposal: Proposal,
    person: Person,
    verdict: Verdict = Verdict.APPROVE,
    *,
    step: int = 0,
    last: bool = True,
    earlier: int | None = None,
    sha256: str | None = None,
    process: Process = "serve",
) -> Grant | None:
    return PostgresDecisionDesk(database.pool(process)).decide(
        proposal.id, person_id=person.id, verdict=verdict, step=step, earlier=step if earlier is None else earlier,
        sha256=sha256 or proposal.sha256, reason="",
        policy_version="1", rule="notes", grant_until=datetime.now(UTC) + timedelta(hours=1) if last else None,
    )  # fmt: skip


def granted(database: TestDatabase, proposal: Proposal | None = None) -> Grant:
    grant = decide(database, proposal or database.proposal(), database.person(None, Role.SALES_MANAGER))
    assert grant is not None
    return grant


def lapse(database: TestDatabase, table: str) -> None:
    """As the owner, who alone can: put the deadline into the past."""
    database.one("admin", f"UPDATE {table} SET expires_at = clock_timestamp() - interval '1 second'")


# editing


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("table", LEDGER)
def test_no_process_changes_or_deletes_a_row_of_the_ledger(database: TestDatabase, process: Process, table: str) -> None:
    granted(database)
    with database.connection("admin") as owner:
        columns = [
            row["attname"]
            for row in owner.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attidentity = ''",
                (f"expediter.{table}",),
            )
        ]
    with database.connection(process) as connection:
        for column in columns:
            with pytest.raises(InsufficientPrivilege):
                connection.execute(f"UPDATE {table} SET {column} = {column}".encode())
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"ALTER TABLE {table} DISABLE TRIGGER ALL"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement.encode())


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_makes_objects_where_functions_look_for_tables(database: TestDatabase, process: Process) -> None:
    with database.connection(process) as connection:
        for schema in ("expediter", "procrastinate", "langgraph", "public"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(f"CREATE TABLE {schema}.decoy (id int)".encode())


# proposing


def test_the_asker_is_whoever_asked_and_cannot_be_named(database: TestDatabase) -> None:
    asker, other = database.person(), database.person()
    inbound = database.inbound(asker)
    with pytest.raises(InsufficientPrivilege):
        database.one(
            "worker",
            "INSERT INTO proposal (inbound_id, asker_id, content, rationale, origin, expires_at)"
            " VALUES (%s, %s, %s, '', 'rules', now() + interval '1 hour')",
            inbound, other.id, note_content().canonical(),
        )  # fmt: skip
    assert database.proposal(asker).asker == asker


@pytest.mark.parametrize("column", ["id", "asker_id", "sha256", "action", "subject_id", "created_at"])
def test_the_worker_cannot_supply_what_the_database_computes(database: TestDatabase, column: str) -> None:
    assert not database.one("worker", "SELECT has_column_privilege('proposal', %s, 'INSERT')", column)


def test_the_hash_is_of_the_stored_bytes(database: TestDatabase) -> None:
    content = note_content(text="Lieferung kommt später – „Freitag“ 🚚")
    proposal = database.proposal(content=content)
    assert proposal.content == content
    assert proposal.sha256 == content.sha256()


@pytest.mark.parametrize("process", ["serve", "executor"])
def test_only_the_worker_proposes(database: TestDatabase, process: Process) -> None:
    inbound = database.inbound(database.person())
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        PostgresProposalDesk(database.pool(process)).propose(
            note_content(), inbound_id=inbound, rationale="", provenance=Provenance("rules"),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )  # fmt: skip


def test_an_old_question_leads_to_no_proposal(database: TestDatabase) -> None:
    inbound = database.inbound(database.person())
    database.one("admin", "UPDATE inbound SET received_at = now() - interval '16 minutes'")
    with pytest.raises(PreconditionFailed, match="ask again"):
        PostgresProposalDesk(database.pool("worker")).propose(
            note_content(), inbound_id=inbound, rationale="", provenance=Provenance("rules"),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )  # fmt: skip


@pytest.mark.parametrize("expires_in", [timedelta(seconds=-1), timedelta(days=31)])
def test_a_proposal_expires_within_thirty_days(database: TestDatabase, expires_in: timedelta) -> None:
    with pytest.raises(PreconditionFailed, match="30 days"):
        database.proposal(expires_in=expires_in)


@pytest.mark.parametrize(
    "content",
    ["no json", "[]", '{"action":"a"}', '{"action":"a","action":"b"}',
     '{"action":"a","arguments":{},"before":{},"facts":{},"preview":{},"subject":{"model":"m","id":"1; x","name":"n"}}',
     '{"action":"a","arguments":{},"before":{},"facts":{},"preview":{},"subject":{"model":"m","id":1,"name":"n"},"more":1}'],
)  # fmt: skip
def test_content_that_is_not_a_proposal_is_refused(database: TestDatabase, content: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        database.one(
            "worker",
            "INSERT INTO proposal (inbound_id, content, rationale, origin, expires_at)"
            " VALUES (%s, %s, '', 'rules', now() + interval '1 hour')",
            database.inbound(database.person()), content,
        )  # fmt: skip
    assert refused.value.sqlstate in {"EX105", "EX106"}


def test_only_what_was_carried_out_can_be_undone(database: TestDatabase) -> None:
    first = database.proposal()
    with pytest.raises(PreconditionFailed, match="nothing to undo"):
        database.proposal(inverse_of=first.id)
    desk = PostgresExecutionDesk(database.pool("executor"))
    execution, _ = desk.begin(granted(database, first))
    desk.finish(execution, Outcome.DONE, "", {})
    assert database.proposal(inverse_of=first.id).inverse_of == first.id


# deciding


@pytest.mark.parametrize("verdict", list(Verdict))
def test_nobody_decides_on_their_own_proposal(database: TestDatabase, verdict: Verdict) -> None:
    asker = database.person(None, *Role)
    with pytest.raises(DecisionRefused, match="your own proposal"):
        decide(database, database.proposal(asker), asker, verdict, last=False)


@pytest.mark.parametrize("process", ["worker", "executor"])
def test_neither_worker_nor_executor_decides_or_grants(database: TestDatabase, process: Process) -> None:
    proposal, manager = database.proposal(), database.person()
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        decide(database, proposal, manager, process=process)
    decide(database, proposal, manager, last=False)
    with pytest.raises(InsufficientPrivilege):
        database.one(
            process,
            GRANT,
            proposal.id, proposal.sha256, 1,
        )  # fmt: skip


def test_a_decision_counts_for_what_was_shown_only(database: TestDatabase) -> None:
    shown = note_content(text="Something else").sha256()
    with pytest.raises(DecisionRefused, match="not what was shown"):
        decide(database, database.proposal(), database.person(), sha256=shown)


def test_nobody_decides_twice_not_even_on_another_step(database: TestDatabase) -> None:
    proposal, manager = database.proposal(), database.person()
    decide(database, proposal, manager, last=False)
    with pytest.raises(DecisionRefused, match="already decided"):
        decide(database, proposal, manager, step=1)


def test_an_expired_proposal_cannot_be_decided(database: TestDatabase) -> None:
    proposal = database.proposal()
    lapse(database, "proposal")
    with pytest.raises(DecisionRefused, match="has expired"):
        decide(database, proposal, database.person())
    assert PostgresProposalBook(database.pool("worker")).proposal(proposal.id).state is ProposalState.EXPIRED


def test_what_is_decided_stays_decided(database: TestDatabase) -> None:
    approved, rejected = database.proposal(), database.proposal()
    granted(database, approved)
    decide(database, rejected, database.person(), Verdict.REJECT, last=False)
    with pytest.raises(DecisionRefused, match="already approved"):
        decide(database, approved, database.person(), Verdict.REJECT, last=False)
    with pytest.raises(DecisionRefused, match="already rejected"):
        decide(database, rejected, database.person())


def test_who_is_not_active_cannot_decide(database: TestDatabase) -> None:
    manager = database.person()
    PersonAdmin(database.pool("admin")).set_active(manager.handle, active=False)
    with pytest.raises(DecisionRefused, match="active person"):
        decide(database, database.proposal(), manager)


def test_a_proposal_that_does_not_exist_is_missing(database: TestDatabase) -> None:
    with pytest.raises(RecordMissing, match="P999"):
        PostgresProposalBook(database.pool("serve")).proposal(999)
    with pytest.raises(DecisionRefused, match="P999 does not exist"):
        decide(database, replace(database.proposal(), id=999), database.person())


# granting


def test_there_is_no_grant_without_every_steps_approval(database: TestDatabase) -> None:
    proposal = database.proposal()
    with pytest.raises(psycopg.Error, match="lacks the approval of step 1"):
        database.one("serve", GRANT, proposal.id, proposal.sha256, 1)
    decide(database, proposal, database.person(), last=False)
    with pytest.raises(psycopg.Error, match="lacks the approval of step 2"):
        database.one("serve", GRANT, proposal.id, proposal.sha256, 2)
    with pytest.raises(psycopg.Error, match="not what was shown"):
        database.one("serve", GRANT, proposal.id, "0" * 64, 1)
    database.one("serve", GRANT, proposal.id, proposal.sha256, 1)


def test_steps_are_approved_in_order(database: TestDatabase) -> None:
    proposal = database.proposal()
    with pytest.raises(DecisionRefused, match="Step 1"):
        decide(database, proposal, database.person(), step=1)
    assert decide(database, proposal, database.person(), last=False) is None
    assert decide(database, proposal, database.person(), step=1) is not None


def test_a_grant_ends_with_its_proposal_at_the_latest(database: TestDatabase) -> None:
    proposal = database.proposal(expires_in=timedelta(minutes=5))
    assert granted(database, proposal).expires_at == proposal.expires_at


def test_of_eight_people_who_approve_at_once_exactly_one_completes_it(database: TestDatabase) -> None:
    proposal = database.proposal()
    managers = [database.person() for _ in range(8)]
    barrier = Barrier(len(managers))

    def approve(manager: Person) -> Grant | None:
        barrier.wait()
        try:
            return decide(database, proposal, manager)
        except DecisionRefused:
            return None

    with ThreadPoolExecutor(len(managers)) as threads:
        grants = [grant for grant in threads.map(approve, managers) if grant]
    assert len(grants) == 1
    assert database.one("serve", "SELECT count(*) FROM approval_grant") == 1
    assert database.one("serve", "SELECT count(*) FROM decision") == 1


def test_a_refused_decision_leaves_neither_row_nor_job(database: TestDatabase) -> None:
    proposal = database.proposal(expires_in=timedelta(hours=2))
    with pytest.raises(DecisionRefused):
        PostgresDecisionDesk(database.pool("serve")).decide(
            proposal.id, person_id=database.person().id, verdict=Verdict.APPROVE, step=0, earlier=0, sha256=proposal.sha256,
            reason="", policy_version="1", rule="notes", grant_until=datetime.now(UTC) - timedelta(hours=1),
        )  # fmt: skip
    assert database.one("serve", "SELECT count(*) FROM decision") == 0
    assert database.one("serve", "SELECT count(*) FROM procrastinate.procrastinate_jobs") == 0


# executing


def test_nothing_is_executed_without_a_grant(database: TestDatabase) -> None:
    proposal = database.proposal()
    now = datetime.now(UTC)
    forged = Grant(1, proposal.id, proposal.sha256, "1", now, now + timedelta(hours=1))
    with pytest.raises(NotPermitted, match="no grant"):
        PostgresExecutionDesk(database.pool("executor")).begin(forged)


def test_a_grant_serves_no_other_proposal_and_no_other_hash(database: TestDatabase) -> None:
    grant, other = granted(database), database.proposal(content=note_content(text="Other"))
    desk = PostgresExecutionDesk(database.pool("executor"))
    for forged in (replace(grant, proposal_id=other.id, sha256=other.sha256), replace(grant, sha256=other.sha256)):
        with pytest.raises(NotPermitted, match="no grant"):
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
    number = desk.attempt(execution)
    lapse(database, "approval_grant")
    assert [open_grant.id for open_grant in desk.open_grants()] == [grant.id]
    for send in (lambda: desk.attempt(execution), lambda: desk.sending(execution, number)):
        with pytest.raises(NotPermitted, match="lapsed"):
            send()
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
        desk.attempt(execution)


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
