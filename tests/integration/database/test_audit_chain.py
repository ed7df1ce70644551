"""The log that cannot be changed quietly: not at all by a process, not unseen by the owner."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from agent.errors import DatabaseUnavailable, NotPermitted
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.embedded import Role as Process
from tests.fixtures.postgres import TestDatabase

TABLES = ("audit_entry", "audit_payload", "audit_chain", "audit_head")
PROCESSES: tuple[Process, ...] = ("serve", "worker", "executor")


@pytest.fixture
def log(database: TestDatabase) -> PostgresAuditLog:
    """Six entries, the last ones written by the worker."""
    log = PostgresAuditLog(database.pool("worker"))
    for number in range(6):
        log.append("recommendation.made", f"sale.order:{number}", {"number": number, "text": "äß"})
    return log


def tamper(database: TestDatabase, *statements: str) -> None:
    """As the owner, who can switch the triggers off."""
    with database.connection("admin") as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode())


@pytest.mark.parametrize("process", [*PROCESSES, "admin"])
@pytest.mark.parametrize("table", TABLES)
def test_nobody_changes_deletes_or_truncates(database: TestDatabase, log: PostgresAuditLog, process: Process, table: str) -> None:
    column = {"audit_entry": "kind", "audit_payload": "body", "audit_chain": "hash", "audit_head": "hash"}[table]
    statements = [f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"UPDATE {table} SET {column} = {column}"]
    with database.connection(process) as connection:
        for statement in statements[: 2 if (process, table) == ("admin", "audit_head") else 3]:
            with pytest.raises((InsufficientPrivilege, psycopg.Error)) as refused:
                connection.execute(statement.encode())
            assert refused.value.sqlstate == ("EX303" if process == "admin" else "42501")
    assert log.verify().intact


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("table", TABLES)
def test_no_process_writes_past_the_functions(database: TestDatabase, process: Process, table: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        database.one(process, f"INSERT INTO {table} DEFAULT VALUES")
    for call in ("write_audit('proposal.created', 'x', '{}', 1)", "erase(1, 'x')"):
        with pytest.raises(InsufficientPrivilege):
            database.one(process, f"SELECT {call}")


@pytest.mark.parametrize(
    "kind", ["inbound.received", "decision.recorded", "grant.issued", "execution.finished", "payload.erased"]
)
def test_what_the_database_writes_itself_cannot_be_imitated(log: PostgresAuditLog, kind: str) -> None:
    with pytest.raises(NotPermitted, match="written by the database"):
        log.append(kind, "proposal:1", {})


def test_the_process_is_taken_from_the_login(database: TestDatabase) -> None:
    for process in PROCESSES:
        with database.connection(process) as connection:
            connection.execute("SELECT audit('sentence.withheld', 'x', '{}')")
    assert [entry.process for entry in PostgresAuditLog(database.pool("worker")).entries()] == list(PROCESSES)


def test_an_intact_chain_verifies_and_tells_its_head(database: TestDatabase, log: PostgresAuditLog) -> None:
    check = log.verify()
    assert (check.intact, check.entries, check.broken_at, check.reason) == (True, 6, None, "")
    assert check.head == list(log.entries())[-1].hash
    assert PostgresAuditLog(database.pool("serve")).verify() == check


def test_an_empty_chain_is_intact(database: TestDatabase) -> None:
    check = PostgresAuditLog(database.pool("worker")).verify()
    assert (check.intact, check.entries) == (True, 0)


@pytest.mark.parametrize(
    ("statements", "broken_at", "reason"),
    [
        (["UPDATE audit_entry SET subject = 'sale.order:99' WHERE id = 3"], 3, "was changed"),
        (["UPDATE audit_entry SET at = at - interval '1 microsecond' WHERE id = 3"], 3, "was changed"),
        (["UPDATE audit_entry SET process = 'serve' WHERE id = 3"], 3, "was changed"),
        (["UPDATE audit_payload SET body = '{}' WHERE entry_id = 3"], 3, "payload of entry 3 was changed"),
        (["DELETE FROM audit_payload WHERE entry_id = 3"], 3, "without a record"),
        (["DELETE FROM audit_entry WHERE id = 3"], 3, "was deleted"),
        (["DELETE FROM audit_chain WHERE seq = 3"], 3, "is missing"),
        (["DELETE FROM audit_chain WHERE seq = 3", "UPDATE audit_chain SET seq = seq - 1 WHERE seq > 3"], 3, "was changed"),
        (["UPDATE audit_chain SET seq = -seq WHERE seq IN (2, 3)", "UPDATE audit_chain SET seq = 5 + seq WHERE seq < 0"], 2,
         "is not where it was written"),
        (["DELETE FROM audit_chain WHERE seq = 6", "DELETE FROM audit_entry WHERE id = 6"], 6, "was cut"),
        (["DELETE FROM audit_chain WHERE seq = 6"], 6, "was cut"),
        (["TRUNCATE audit_chain"], 1, "was cut"),
        (["DELETE FROM audit_head"], 7, "head is gone"),
        (["INSERT INTO audit_entry (kind, process, subject, payload_sha256) VALUES ('a.b', 'admin', 'x', '')"], 7,
         "past the chain"),
    ],
)  # fmt: skip
def test_what_the_owner_does_with_the_triggers_off_is_found(
    database: TestDatabase, log: PostgresAuditLog, statements: list[str], broken_at: int, reason: str
) -> None:
    tamper(database, *statements)
    check = log.verify()
    assert (check.intact, check.broken_at) == (False, broken_at)
    assert reason in check.reason


def test_a_tail_cut_together_with_the_head_shows_in_the_head_noted_elsewhere(
    database: TestDatabase, log: PostgresAuditLog
) -> None:
    noted = log.verify().head
    tamper(
        database,
        "DELETE FROM audit_chain WHERE seq = 6",
        "DELETE FROM audit_payload WHERE entry_id = 6",
        "DELETE FROM audit_entry WHERE id = 6",
        "UPDATE audit_head SET entries = 5, hash = (SELECT hash FROM audit_chain WHERE seq = 5)",
    )
    assert log.verify().head != noted


def test_an_erased_payload_is_gone_and_the_chain_still_verifies(database: TestDatabase, log: PostgresAuditLog) -> None:
    database.one("admin", "SELECT erase(3, 'asked by the customer')")
    check = log.verify()
    assert (check.intact, check.entries) == (True, 7)
    third, last = log.about("sale.order:2")[0], log.about("audit:3")[0]
    assert (third.seq, third.payload) == (3, None)
    assert (last.kind, last.payload) == ("payload.erased", {"reason": "asked by the customer"})
    with pytest.raises(psycopg.Error, match="erased before"):
        database.one("admin", "SELECT erase(3, 'again')")


def test_entries_written_at_once_are_linked_one_after_the_other(database: TestDatabase, log: PostgresAuditLog) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda number: log.append("sentence.withheld", f"x:{number}", {}), range(60)))
    check = log.verify()
    assert (check.intact, check.entries) == (True, 66)


def test_a_rolled_back_entry_leaves_no_gap(database: TestDatabase, log: PostgresAuditLog) -> None:
    with database.connection("worker") as connection, connection.transaction():
        connection.execute("SELECT audit('sentence.withheld', 'x', '{}')")
        raise psycopg.Rollback
    log.append("sentence.withheld", "y", {})
    assert (log.verify().intact, log.verify().entries) == (True, 7)


def test_no_entry_no_deed(database: TestDatabase) -> None:
    asker = database.person()
    tamper(database, "DELETE FROM audit_head")
    with pytest.raises(psycopg.Error):
        database.inbound(asker)
    assert database.one("serve", "SELECT count(*) FROM inbound") == 0


def test_a_question_tells_what_it_led_to(database: TestDatabase) -> None:
    proposal = database.proposal()
    log = PostgresAuditLog(database.pool("serve"))
    inbound = database.one("serve", "SELECT inbound_id FROM proposal")
    kinds = ["inbound.received", "proposal.created"]
    assert [entry.kind for entry in log.about(f"inbound:{inbound}")] == kinds
    assert [entry.kind for entry in log.about("sale.order:42")] == kinds[1:]
    content = log.about(f"proposal:{proposal.id}")[0].payload
    assert content is not None
    assert content["content"] == proposal.content.model_dump(mode="json")
    assert log.about("proposal:999") == log.about("nonsense") == []


def test_entries_can_be_narrowed_to_a_time(log: PostgresAuditLog) -> None:
    now = datetime.now(UTC)
    assert [entry.seq for entry in log.entries(since=now - timedelta(minutes=1), until=now + timedelta(minutes=1))] == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]
    assert list(log.entries(since=now + timedelta(minutes=1))) == list(log.entries(until=now - timedelta(minutes=1))) == []


def test_the_executor_sees_the_chain_and_not_what_it_says(database: TestDatabase) -> None:
    log = PostgresAuditLog(database.pool("executor"))
    log.append("sentence.withheld", "x", {})
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        log.verify()
