"""Forgetting what is old, and who asks for it: the chain still verifies, and says what was erased."""

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from agent.domain.decisions import Role
from agent.errors import NotPermitted, PreconditionFailed, RecordMissing
from agent.guardrails.audit import AuditKind, story
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.retention import Retention
from tests.fixtures.postgres import TestDatabase

SOON = datetime.now(UTC) + timedelta(hours=1)
AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def log(database: TestDatabase) -> PostgresAuditLog:
    return PostgresAuditLog(database.pool("worker"))


@pytest.fixture
def shredder(database: TestDatabase) -> Retention:
    return Retention(database.pool("admin"))


def payloads(log: PostgresAuditLog) -> dict[str, bool]:
    """Kind → whether anything is left of what such entries said."""
    return {entry.kind: entry.payload is not None for entry in log.entries()}


def test_old_conversations_are_forgotten_and_what_was_proposed_stays(
    database: TestDatabase, log: PostgresAuditLog, shredder: Retention
) -> None:
    database.proposal(database.person("maria"))
    assert shredder.prune(SOON, "kept for a year") == 1
    left = payloads(log)
    assert (left["inbound.received"], left["proposal.created"], left["person.added"]) == (False, True, True)
    assert database.one("worker", "SELECT text FROM inbound") == "(erased)"
    check = log.verify()
    assert (check.intact, check.reason) == (True, "")
    assert (
        "What 1 entries up to 3 said (inbound.received, recommendation.made, sentence.withheld) was erased: kept for a year."
        in (story(log.entries())[-1])
    )


def test_what_is_younger_stays(database: TestDatabase, log: PostgresAuditLog, shredder: Retention) -> None:
    database.proposal()
    assert shredder.prune(AGO, "kept for a year") == 0
    assert all(payloads(log).values())
    assert database.one("worker", "SELECT text FROM inbound") == "Move S00042, please."
    assert "payloads.pruned" not in payloads(log)


def test_other_kinds_are_erased_when_asked_for(database: TestDatabase, log: PostgresAuditLog, shredder: Retention) -> None:
    database.proposal()
    assert shredder.prune(SOON, "ten years", [AuditKind.PROPOSAL_CREATED]) == 1
    assert payloads(log)["inbound.received"]
    assert database.one("worker", "SELECT text FROM inbound") == "Move S00042, please."
    assert log.verify().intact


def test_what_proves_an_erasure_is_not_erased(database: TestDatabase, shredder: Retention) -> None:
    with pytest.raises(PreconditionFailed, match="proves that something was erased"):
        shredder.prune(SOON, "tidy", [AuditKind.PAYLOADS_PRUNED])
    database.person("maria")
    shredder.erase_entry(1, "a private number")
    with pytest.raises(psycopg.Error, match="is kept"):
        database.one("admin", "SELECT prune(clock_timestamp(), ARRAY['payload.erased'], 'tidy')")


def test_the_record_of_a_pruning_is_not_erased(database: TestDatabase, log: PostgresAuditLog, shredder: Retention) -> None:
    database.proposal()
    shredder.prune(SOON, "kept for a year")
    last = list(log.entries())[-1].seq
    with pytest.raises(NotPermitted, match="is kept"):
        shredder.erase_entry(last, "tidy")
    assert log.verify().intact


@pytest.mark.parametrize(
    "told",
    [
        {"through": 99, "kinds": ["proposal.created"], "payloads": 9},
        {"through": 4, "kinds": ["proposal.created", "payload.erased"], "payloads": 9},
        {"through": 4, "kinds": ["proposal.created"], "payloads": 0},
        {"through": "x", "kinds": ["proposal.created"], "payloads": 9},
        {"reason": "because"},
    ],
)
def test_a_pruning_that_nobody_did_covers_nothing(database: TestDatabase, log: PostgresAuditLog, told: dict[str, object]) -> None:
    database.proposal()
    with database.connection("admin") as connection:
        connection.execute("SELECT write_audit('payloads.pruned', 'audit:4', %s, NULL)", (json.dumps(told),))
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "DELETE FROM audit_payload USING audit_entry WHERE audit_entry.id = entry_id AND kind = 'proposal.created'"
        )
    check = log.verify()
    assert not check.intact
    assert "without a record of it" in check.reason or "1 payloads are gone by prunings that tell of 0" in check.reason


def test_a_reason_is_needed(database: TestDatabase, shredder: Retention) -> None:
    database.person("maria")
    for erase in (
        lambda: shredder.prune(SOON, " "),
        lambda: shredder.erase_person("maria", ""),
        lambda: shredder.erase_entry(1, ""),
    ):
        with pytest.raises(PreconditionFailed, match="Say why"):
            erase()


def test_payloads_deleted_beyond_what_a_pruning_tells_are_found(
    database: TestDatabase, log: PostgresAuditLog, shredder: Retention
) -> None:
    database.proposal()
    shredder.prune(SOON, "kept for a year")
    with database.connection("admin") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "DELETE FROM audit_payload USING audit_entry WHERE audit_entry.id = entry_id AND kind = 'proposal.created'"
        )
    check = log.verify()
    assert not check.intact
    assert "deleted without a record of it" in check.reason


def test_a_person_is_forgotten_and_what_they_decided_is_not(
    database: TestDatabase, log: PostgresAuditLog, shredder: Retention
) -> None:
    maria = database.person("maria", Role.OPS_AGENT)
    token = database.token(maria)
    proposal = database.proposal(maria)
    walter = database.person("walter")
    database.inbound(walter, "Where is S00099?")
    database.one("admin", "SELECT write_audit('finding.assigned', 'finding:1', %s, %s)", '{"owner": "maria"}', walter.id)
    gone = shredder.erase_person("maria", "she left and asked for it")
    assert gone == 4
    assert database.one("worker", "SELECT count(*) FROM person WHERE 'maria' IN (handle, name, email)") == 0
    assert database.one("worker", "SELECT handle FROM person WHERE id = %s", maria.id) == f"erased-{maria.id}"
    assert database.one("serve", "SELECT count(*) FROM person_token") == 0
    assert token
    assert database.one("worker", "SELECT text FROM inbound ORDER BY id LIMIT 1") == "(erased)"
    assert database.one("worker", "SELECT text FROM inbound ORDER BY id DESC LIMIT 1") == "Where is S00099?"
    told = "\n".join(f"{entry.person} {entry.subject} {entry.payload}" for entry in log.entries())
    assert "maria" not in told.casefold()
    assert log.about(f"proposal:{proposal.id}")[0].payload is not None
    assert log.verify().intact


def test_who_is_not_there_cannot_be_forgotten(shredder: Retention) -> None:
    with pytest.raises(RecordMissing, match="no person `nobody`"):
        shredder.erase_person("nobody", "asked for")
    with pytest.raises(NotPermitted, match="does not exist or was erased before"):
        shredder.erase_entry(1, "asked for")
