"""People and the tokens that prove who they are."""

from datetime import timedelta

import pytest
from psycopg.errors import InsufficientPrivilege

from agent.domain.decisions import Role
from agent.errors import DatabaseUnavailable, PreconditionFailed, RecordMissing
from agent.guardrails.audit import story
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.people import PersonAdmin, PostgresPeople
from tests.fixtures.postgres import TestDatabase


@pytest.fixture
def admin(database: TestDatabase) -> PersonAdmin:
    return PersonAdmin(database.pool("admin"))


@pytest.fixture
def people(database: TestDatabase) -> PostgresPeople:
    return PostgresPeople(database.pool("serve"))


def test_a_person_is_found_by_handle_number_and_token(database: TestDatabase, admin: PersonAdmin, people: PostgresPeople) -> None:
    maria = admin.add("maria", "Maria Silva", "maria@example.com", [Role.SALES_MANAGER, Role.OPS_AGENT], demo=True)
    assert maria.roles == {Role.SALES_MANAGER, Role.OPS_AGENT}
    token = admin.issue_token("maria")
    assert people.by_handle("maria") == people.by_id(maria.id) == people.by_token(token) == maria
    assert people.all() == [maria]
    assert [(entry.person, entry.active, entry.tokens) for entry in admin.list()] == [(maria, True, 1)]


def test_the_secret_itself_is_stored_nowhere(database: TestDatabase, admin: PersonAdmin) -> None:
    database.person("ada")
    token = admin.issue_token("ada")
    assert token not in database.one("admin", "SELECT json_agg(person_token)::text FROM person_token")


def test_wrong_expired_and_revoked_tokens_open_nothing(
    admin: PersonAdmin, people: PostgresPeople, database: TestDatabase
) -> None:
    database.person("ada")
    expired, revoked = admin.issue_token("ada", timedelta(0)), admin.issue_token("ada")
    assert admin.revoke_tokens("ada") == 2
    for token in ("", "wrong", expired, revoked):
        assert people.by_token(token) is None


def test_who_is_not_active_is_not_found(database: TestDatabase, admin: PersonAdmin, people: PostgresPeople) -> None:
    ada = database.person("ada")
    token = admin.issue_token("ada")
    admin.set_active("ada", active=False)
    assert people.by_token(token) is None
    assert people.all() == []
    for find in (lambda: people.by_handle("ada"), lambda: people.by_id(ada.id), lambda: admin.issue_token("ada")):
        with pytest.raises(RecordMissing):
            find()
    assert [entry.active for entry in admin.list()] == [False]


@pytest.mark.parametrize("process", ["worker", "executor"])
def test_token_hashes_are_out_of_the_workers_and_the_executors_reach(database: TestDatabase, process: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        PostgresPeople(database.pool(process)).by_token("any")  # type: ignore[arg-type]  # parametrized
    with pytest.raises(InsufficientPrivilege):
        database.one(process, "SELECT token_sha256 FROM person_token")  # type: ignore[arg-type]  # parametrized


@pytest.mark.parametrize("process", ["serve", "worker", "executor"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO person (handle, name, email, roles) VALUES ('eve', 'Eve', '', '{admin}')",
        "UPDATE person SET roles = '{admin}'",
        "UPDATE person SET active = true",
        "DELETE FROM person",
        "INSERT INTO person_token (token_sha256, person_id, expires_at) VALUES (repeat('0', 64), 1, now())",
        "UPDATE person_token SET expires_at = now()",
        "DELETE FROM person_token",
    ],
)
def test_only_the_owner_makes_people_and_tokens(database: TestDatabase, process: str, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        database.one(process, statement)  # type: ignore[arg-type]  # parametrized


def test_a_handle_is_taken_once_and_well_formed(admin: PersonAdmin) -> None:
    admin.add("ada", "Ada", "", [])
    with pytest.raises(PreconditionFailed, match="already a person"):
        admin.add("ada", "Another", "", [])
    with pytest.raises(PreconditionFailed, match="small letters"):
        admin.add("Ada Lovelace", "Ada", "", [])


def test_a_role_lent_for_one_approval_leaves_its_trace(database: TestDatabase, admin: PersonAdmin) -> None:
    admin.add("maria", "Maria", "maria@example.com", [Role.OPS_AGENT])
    admin.issue_token("maria")
    database.one("admin", "UPDATE person SET roles = '{sales_manager}'")
    database.one("admin", "UPDATE person SET roles = '{ops_agent}'")
    admin.revoke_tokens("maria")
    log = PostgresAuditLog(database.pool("serve"))
    entries = log.about("person:maria")
    kinds = ["person.added", "token.issued", "person.changed", "person.changed", "token.changed"]
    assert [(entry.kind, entry.process) for entry in entries] == [(kind, "admin") for kind in kinds]
    assert "maria was changed: sales_manager." in story(entries)[2]
    assert "sha256" not in str([entry.payload for entry in entries])
    assert log.verify().intact
