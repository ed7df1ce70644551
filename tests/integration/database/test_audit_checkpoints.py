"""Points of the chain that are signed and kept elsewhere: what was cut off together with its record shows beside them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from agent.domain.audit import Checkpoint
from agent.errors import PreconditionFailed
from agent.guardrails.seal import new_keys, objection, trusted_by
from integrations.database.audit_checkpoints import PostgresCheckpoints, copied_checkpoints
from integrations.database.audit_log import PostgresAuditLog
from tests.fixtures.postgres import TestDatabase

KEYS = new_keys()


@pytest.fixture
def log(database: TestDatabase) -> PostgresAuditLog:
    return PostgresAuditLog(database.pool("worker"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints.jsonl"


@pytest.fixture
def notes(database: TestDatabase, copy: Path) -> PostgresCheckpoints:
    return PostgresCheckpoints(database.pool("executor"), KEYS.private, copy)


def write(log: PostgresAuditLog, entries: int) -> None:
    for number in range(entries):
        log.append("sentence.withheld", f"x:{number}", {"number": number})


def test_a_checkpoint_is_noted_only_when_something_was_added(log: PostgresAuditLog, notes: PostgresCheckpoints) -> None:
    assert notes.note() is None
    write(log, 3)
    noted = notes.note()
    assert noted is not None
    assert (noted.entries, noted.hash) == (3, log.verify().head)
    assert notes.note() is None
    write(log, 1)
    assert notes.note() is not None
    assert [each.entries for each in log.checkpoints()] == [3, 4]


def test_a_chain_agrees_with_its_own_checkpoints_and_with_their_copy(
    log: PostgresAuditLog, notes: PostgresCheckpoints, copy: Path
) -> None:
    for _ in range(3):
        write(log, 2)
        notes.note()
    assert copied_checkpoints(copy) == log.checkpoints()
    check = log.verify(copied_checkpoints(copy))
    assert (check.intact, check.entries, check.checkpoints) == (True, 6, 3)


def test_what_was_cut_off_with_its_record_and_its_checkpoint_shows_beside_the_copy(
    database: TestDatabase, log: PostgresAuditLog, notes: PostgresCheckpoints, copy: Path
) -> None:
    write(log, 6)
    notes.note()
    with database.connection("admin") as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in (
            "DELETE FROM audit_checkpoint",
            "DELETE FROM audit_chain WHERE seq > 4",
            "DELETE FROM audit_payload WHERE entry_id > 4",
            "DELETE FROM audit_entry WHERE id > 4",
            "UPDATE audit_head SET entries = 4, hash = (SELECT hash FROM audit_chain WHERE seq = 4)",
        ):
            connection.execute(statement.encode())
    assert log.verify().intact
    check = log.verify(copied_checkpoints(copy))
    assert (check.intact, check.broken_at) == (False, 5)
    assert "saw 6 entries and 4 are there" in check.reason


def test_a_chain_that_was_written_anew_shows_beside_the_copy(
    database: TestDatabase, log: PostgresAuditLog, notes: PostgresCheckpoints, copy: Path
) -> None:
    write(log, 3)
    notes.note()
    with database.connection("admin") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE audit_checkpoint, audit_chain, audit_payload, audit_entry CASCADE")
        connection.execute("UPDATE audit_head SET entries = 0, hash = repeat('0', 64)")
    write(log, 5)
    assert log.verify().intact
    check = log.verify(copied_checkpoints(copy))
    assert (check.intact, check.broken_at) == (False, 3)
    assert "saw another entry 3 here" in check.reason


def test_a_signature_is_whose_it_says_over_what_it_says(log: PostgresAuditLog, notes: PostgresCheckpoints) -> None:
    write(log, 2)
    noted = notes.note()
    assert noted is not None
    assert objection(noted, KEYS.public) is None
    assert "another key" in str(objection(noted, new_keys().public))
    other = Checkpoint(1, noted.hash, noted.at, noted.signed_by, noted.signature)
    assert "is false" in str(objection(other, KEYS.public))
    assert "is not signed" in str(objection(Checkpoint(2, noted.hash, noted.at), KEYS.public))


def test_older_checkpoints_and_older_keys_do_not_spoil_what_a_trusted_key_signed(
    database: TestDatabase, log: PostgresAuditLog
) -> None:
    older, newer = new_keys(), new_keys()
    for key in (None, older.private, newer.private):
        write(log, 2)
        PostgresCheckpoints(database.pool("executor"), key).note()
    noted = log.checkpoints()
    assert trusted_by([newer.public], noted) == {6}
    assert trusted_by([older.public, newer.public], noted) == {4, 6}
    with pytest.raises(PreconditionFailed, match="No checkpoint is signed with that key"):
        trusted_by([new_keys().public], noted)
    forged = replace(noted[-1], entries=5)
    with pytest.raises(PreconditionFailed, match="signature of the checkpoint at entry 5 is false"):
        trusted_by([newer.public], [*noted, forged])


def test_what_is_no_key_ends_the_executor_at_its_start(database: TestDatabase) -> None:
    with pytest.raises(PreconditionFailed, match="64 hex digits"):
        PostgresCheckpoints(database.pool("executor"), "tell-nobody")


def test_a_copy_that_a_full_disk_cut_short_goes_on_in_a_line_of_its_own(
    log: PostgresAuditLog, notes: PostgresCheckpoints, copy: Path
) -> None:
    copy.write_text('{"entries": 1, "ha')
    write(log, 1)
    notes.note()
    assert len(copy.read_text().splitlines()) == 2
    with pytest.raises(PreconditionFailed, match=r"line 1: .* take the line out"):
        copied_checkpoints(copy)


@pytest.mark.parametrize("process", ["serve", "worker"])
def test_only_the_executor_notes(database: TestDatabase, log: PostgresAuditLog, process: str) -> None:
    write(log, 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one(process, "INSERT INTO audit_checkpoint SELECT 1, hash, now() FROM audit_head")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ("1, repeat('a', 64), now()", "does not have this hash"),
        ("2, hash, now()", "does not have this hash"),
        ("1, hash, now() - interval '2 hours'", "set the clocks"),
    ],
)
def test_the_database_takes_only_what_its_chain_says(
    database: TestDatabase, log: PostgresAuditLog, values: str, why: str
) -> None:
    write(log, 1)
    with pytest.raises(psycopg.Error, match=why):
        database.one("executor", f"INSERT INTO audit_checkpoint SELECT {values} FROM audit_head")


@pytest.mark.parametrize("statement", ["UPDATE audit_checkpoint SET at = now()", "DELETE FROM audit_checkpoint"])
def test_a_checkpoint_stays_as_it_is(
    database: TestDatabase, log: PostgresAuditLog, notes: PostgresCheckpoints, statement: str
) -> None:
    write(log, 1)
    notes.note()
    for process in ("executor", "admin"):
        with pytest.raises(psycopg.Error, match=r"append-only|permission denied"):
            database.one(process, statement)  # type: ignore[arg-type]


def test_where_the_copy_cannot_be_written_nothing_is_noted(database: TestDatabase, log: PostgresAuditLog, tmp_path: Path) -> None:
    write(log, 1)
    with pytest.raises(PreconditionFailed, match="cannot be written"):
        PostgresCheckpoints(database.pool("executor"), copy=tmp_path / "nowhere" / "file").note()
    assert log.checkpoints() == []
    assert PostgresCheckpoints(database.pool("executor")).note() is not None


@pytest.mark.parametrize(
    "line",
    ["nonsense", "{}", json.dumps({"entries": "x", "hash": "", "at": "2026-11-27T08:00:00+00:00"}), '{"entries": 1, "at": 3}'],
)
def test_a_copy_that_cannot_be_read_is_told_by_its_line(copy: Path, line: str) -> None:
    good = {"entries": 1, "hash": "0" * 64, "at": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    copy.write_text(f"{json.dumps(good)}\n{line}\n")
    with pytest.raises(PreconditionFailed, match="line 2: this is no checkpoint"):
        copied_checkpoints(copy)
