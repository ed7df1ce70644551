"""A worker that runs whatever an attacker likes, with nothing but its own database role."""

import json
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from agent.domain.decisions import Role
from agent.errors import DatabaseUnavailable, PreconditionFailed
from agent.guardrails.audit import story
from app.contract.audit import history
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.proposal_book import PostgresProposalBook
from tests.fixtures.postgres import TestDatabase, note_content

GOOD = json.loads(note_content().canonical())


def canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def proposed(database: TestDatabase, content: str, *, model: str | None = None, rationale: str = "") -> int:
    """A proposal that the worker wrote past its own code."""
    return int(
        database.one(
            "worker",
            "INSERT INTO proposal (inbound_id, content, rationale, origin, model, expires_at)"
            " VALUES (%s, %s, %s, 'model', %s, now() + interval '1 hour') RETURNING id",
            database.inbound(database.person()), content, rationale, model,
        )
    )  # fmt: skip


UNREADABLE = {
    "a preview without its parts": canonical({**GOOD, "preview": {}}),
    "a number beyond all bounds": canonical({**GOOD, "facts": {"length": 1}}).replace('"length":1', '"length":1e400'),
    "keys in another order": json.dumps(dict(reversed(GOOD.items())), separators=(",", ":"), ensure_ascii=False),
    "white space": json.dumps(GOOD, sort_keys=True),
    "escaped letters": canonical(GOOD).replace("Friday", "\\u0046riday"),
    "a subject's number with an exponent": canonical(GOOD).replace('"id":42', '"id":4.2e1'),
    "facts nested without end": canonical(GOOD).replace('"length":', '"deep":' + "[" * 400 + "]" * 400 + ',"length":'),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_written_as_proposals_are_hides_no_other_and_is_never_shown(database: TestDatabase, content: str) -> None:
    before, bad, after = database.proposal(), proposed(database, content), database.proposal()
    book = PostgresProposalBook(database.pool("serve"))
    assert [listed.id for listed in book.proposals()] == [after.id, before.id]
    with pytest.raises(PreconditionFailed, match=f"P{bad} holds no proposal"):
        book.proposal(bad)


@pytest.mark.parametrize("content", ['{"a":"\\u0000"}', '{"a":NaN}', '{"a":1,"\\u0061":2}', '{"a":"\\ud800"}'])
def test_json_that_readers_could_take_differently_is_refused(database: TestDatabase, content: str) -> None:
    with pytest.raises(psycopg.Error):
        proposed(database, canonical(GOOD).replace('"arguments":{', f'"arguments":{{"x":{content},'))


@pytest.mark.parametrize("kind", ["decisions.recorded", "decision_.recorded", "approval.given", "person.changed"])
def test_no_audit_entry_is_worded_like_one_of_the_databases_own(database: TestDatabase, kind: str) -> None:
    with pytest.raises(psycopg.Error, match="written by the database itself"):
        database.one("worker", "SELECT audit(%s, 'proposal:1', '{}')", kind)


def test_an_audit_entry_names_whoever_asked_and_nobody_else(database: TestDatabase) -> None:
    asker, manager = database.person("ada"), database.person("maria", Role.SALES_MANAGER)
    question = database.inbound(asker)
    with pytest.raises(psycopg.errors.UndefinedFunction):
        database.one("worker", "SELECT audit('recommendation.made', 'proposal:1', '{}', %s)", manager.id)
    for subject in (f"inbound:{question}", "inbound:999", "proposal:1", "inbound:1 or 1"):
        database.one("worker", "SELECT audit('recommendation.made', %s, '{}')", subject)
    log = PostgresAuditLog(database.pool("serve"))
    named = {entry.subject: entry.person for entry in log.entries() if entry.kind == "recommendation.made"}
    assert named == {f"inbound:{question}": "ada", "inbound:999": None, "proposal:1": None, "inbound:1 or 1": None}


def test_a_proposals_story_has_one_line_an_entry_whatever_the_worker_wrote(database: TestDatabase) -> None:
    forged = "gpt\n2026-11-20 09:00 UTC: maria approved P1 under rule note"
    proposal = proposed(database, canonical(GOOD), model=forged, rationale=forged)
    entries = history(PostgresAuditLog(database.pool("serve")), f"proposal:{proposal}")
    assert all(len(line.splitlines()) == 1 for line in story(entries))


@pytest.mark.parametrize(
    "payload",
    [
        '{"inbound_id": {}}',
        '{"origin": "model", "prompt_sha256": 5}',
        '{"origin": "model", "provenance": [1]}',
        '{"withheld": 7}',
    ],
)
def test_a_story_is_told_whatever_the_worker_added_to_it(database: TestDatabase, payload: str) -> None:
    proposal = proposed(database, canonical({**GOOD, "preview": {"changes": [{}]}}))
    database.one("worker", "SELECT audit('recommendation.made', %s, %s::jsonb)", f"proposal:{proposal}", payload)
    entries = history(PostgresAuditLog(database.pool("serve")), f"proposal:{proposal}")
    assert len(story(entries)) == 3


@pytest.mark.parametrize("process", ["worker", "executor", "serve"])
def test_no_role_gets_a_trigger_of_the_owner_to_act_on_a_table_of_its_own(database: TestDatabase, process: Any) -> None:
    with database.connection("admin") as owner:
        triggers = owner.execute(
            "SELECT oid::regproc::text AS name FROM pg_proc WHERE prorettype = 'trigger'::regtype"
            " AND pronamespace IN ('expediter'::regnamespace, 'procrastinate'::regnamespace)"
        ).fetchall()
    assert len(triggers) > 10
    with database.connection(process) as connection:
        connection.execute("CREATE TEMP TABLE decoy (id bigint, queue_name text)")
        for trigger in triggers:
            with pytest.raises(InsufficientPrivilege):
                connection.execute(
                    f"CREATE TRIGGER forge BEFORE INSERT ON decoy FOR EACH ROW EXECUTE FUNCTION {trigger['name']}()".encode()
                )


def test_tables_of_its_own_do_not_stand_in_for_those_that_the_rules_read(database: TestDatabase) -> None:
    asker = database.person()
    question = database.inbound(asker)
    with database.connection("worker") as connection:
        connection.execute("CREATE TEMP TABLE inbound AS SELECT 1::bigint AS id, 999::bigint AS person_id, now() AS received_at")
        connection.execute("CREATE TEMP TABLE person AS SELECT 999::bigint AS id, true AS active")
        connection.execute("SET search_path = pg_temp, expediter")
        row = connection.execute(
            "INSERT INTO expediter.proposal (inbound_id, content, rationale, origin, expires_at)"
            " VALUES (%s, %s, '', 'rules', now() + interval '1 hour') RETURNING asker_id",
            (question, note_content().canonical()),
        ).fetchone()
    assert row == {"asker_id": asker.id}


@pytest.mark.parametrize("role", ["expediter_serve", "expediter_executor"])
def test_no_role_becomes_another(database: TestDatabase, role: str) -> None:
    with database.connection("worker") as connection:
        for statement in (f"SET ROLE {role}", f"SET SESSION AUTHORIZATION {role}", f"GRANT {role} TO expediter_worker"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement.encode())


@pytest.mark.parametrize("setting", ["TIME ZONE 'Pacific/Kiritimati'", "datestyle = 'sql, dmy'", "intervalstyle = 'iso_8601'"])
def test_no_setting_of_its_own_changes_what_the_log_proves(database: TestDatabase, setting: str) -> None:
    with database.connection("worker") as connection:
        connection.execute(f"SET {setting}".encode())
        connection.execute("SELECT audit('recommendation.made', 'inbound:1', '{}')")
    assert PostgresAuditLog(database.pool("serve")).verify().intact


def test_a_question_is_no_older_for_a_transaction_begun_early(database: TestDatabase) -> None:
    question = database.inbound(database.person())
    with database.connection("worker") as connection, connection.transaction():
        connection.execute("SELECT now()")
        database.one("admin", "UPDATE inbound SET received_at = clock_timestamp() - interval '16 minutes'")
        with pytest.raises(psycopg.Error, match="older than 15 minutes"):
            connection.execute(
                "INSERT INTO proposal (inbound_id, content, rationale, origin, expires_at)"
                " VALUES (%s, %s, '', 'rules', now() + interval '1 hour')",
                (question, note_content().canonical()),
            )
        raise psycopg.Rollback


def test_who_holds_the_end_of_the_log_does_not_hold_the_others_for_ever(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.database.pool._LOCK_SECONDS", 1)
    with database.connection("worker") as greedy, greedy.transaction():
        greedy.execute("SET CONSTRAINTS ALL IMMEDIATE")
        greedy.execute("SELECT audit('recommendation.made', 'inbound:1', '{}')")
        with pytest.raises(DatabaseUnavailable, match="held PostgreSQL up"):
            PostgresAuditLog(database.pool("executor")).append("recommendation.made", "inbound:2", {})
