"""What no role can do to a proposal, tried as that role."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from agent.domain.decisions import Outcome, Provenance
from agent.errors import DatabaseUnavailable, PreconditionFailed
from integrations.database.embedded import Role as Process
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.ledger import LEDGER, PROCESSES, granted
from tests.fixtures.postgres import TestDatabase, note_content


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


@pytest.mark.parametrize("column", ["id", "asker_id", "sha256", "action", "subject_id", "created_at", "touches"])
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


CONTENT = '{"action":"a","arguments":{},"before":{},"facts":{},"preview":{},"subject":{"model":"m","id":%s,"name":"n"}'


def test_a_proposal_touches_its_subject_and_what_its_content_names(database: TestDatabase) -> None:
    content = note_content().model_copy(update={"touches": ("sale.order:42", "sale.order:7", "stock:12@1")})
    made = database.proposal(content=content)
    touches = database.one("worker", "SELECT touches FROM proposal WHERE id = %s", made.id)
    assert touches == ["sale.order:42", "sale.order:7", "stock:12@1"]
    plain = database.proposal()
    assert database.one("worker", "SELECT touches FROM proposal WHERE id = %s", plain.id) == ["sale.order:42"]


@pytest.mark.parametrize(
    "content",
    ["no json", "[]", '{"action":"a"}', '{"action":"a","action":"b"}',
     CONTENT % '"1; x"' + ',"touches":[]}', CONTENT % 1 + ',"touches":[],"more":1}', CONTENT % 1 + "}",
     CONTENT % 1 + ',"touches":"stock:1@1"}', CONTENT % 1 + ',"touches":null}', CONTENT % 1 + ',"touches":["anything"]}',
     CONTENT % 1 + ',"touches":["stock:1@1",null]}', CONTENT % 1 + ',"touches":["stock:1"]}'],
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
