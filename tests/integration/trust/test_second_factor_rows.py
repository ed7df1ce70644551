"""What serve's own role cannot do with second factors, and what others cannot see."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from agent.domain.decisions import Person, Proposal, ProposalState
from agent.errors import DatabaseUnavailable, SettingMissing
from integrations.database.authenticators import PostgresAuthenticators, Seal, new_key
from tests.fixtures.authenticator import KEY, Phone, desk, enrolment_code, secret_of
from tests.fixtures.postgres import TestDatabase


@pytest.mark.parametrize("process", ["worker", "executor"])
@pytest.mark.parametrize("table", ["authenticator", "enrolment_code", "second_factor_use", "second_factor_miss"])
def test_only_serve_sees_authenticators(database: TestDatabase, process: Any, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one(process, f"SELECT * FROM {table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one(process, "SELECT * FROM authenticator_of(1)")


def test_a_secret_moved_to_another_person_opens_nothing(database: TestDatabase) -> None:
    """The owner of the database could copy the row of somebody whose telephone they hold."""
    thief, victim = database.person(), database.person()
    secret = secret_of(database, thief)
    secret_of(database, victim)
    sealed = database.one("admin", "SELECT sealed FROM authenticator WHERE person_id = %s", thief.id)
    database.one("admin", "ALTER TABLE authenticator DISABLE TRIGGER check_authenticator")
    database.one("admin", "UPDATE authenticator SET sealed = %s WHERE person_id = %s", sealed, victim.id)
    with pytest.raises(SettingMissing, match="cannot be opened"):
        desk(database).confirm(victim.id, Phone(secret).code())


def test_a_key_is_changed_while_codes_go_on_counting(database: TestDatabase) -> None:
    person, newer = database.person(), new_key()
    secret = secret_of(database, person)
    with pytest.raises(SettingMissing):
        desk(database, newer).confirm(person.id, Phone(secret).code())
    PostgresAuthenticators(database.pool("serve"), Seal([newer, KEY])).confirm(person.id, Phone(secret).code())
    with pytest.raises(SettingMissing, match="holds no key") as told:
        Seal(["not a key"])
    assert "not a key" not in str(told.value)


def _insert(database: TestDatabase, proposal: Proposal, person: Person, use: int | None, *, wanted: bool = True) -> None:
    database.one(
        "serve",
        "INSERT INTO decision (proposal_id, sha256, step, earlier, person_id, verdict, reason, policy_version, rule,"
        " second_factor_wanted, second_factor_id) VALUES (%s, %s, 0, 0, %s, 'approve', '', '1', 'notes', %s, %s)",
        proposal.id, proposal.sha256, person.id, wanted, use,
    )  # fmt: skip


def test_serve_s_role_cannot_record_an_approval_without_the_code_its_rule_wants(database: TestDatabase) -> None:
    proposal, person = database.proposal(), database.person()
    with pytest.raises(psycopg.DatabaseError, match="takes a code"):
        _insert(database, proposal, person, None)


def test_a_code_of_another_click_or_person_does_not_count(database: TestDatabase) -> None:
    proposal, person, other = database.proposal(), database.person(), database.person()
    desk(database).confirm(person.id, Phone(secret_of(database, person)).code())
    use = database.one("admin", "SELECT id FROM second_factor_use")
    for whose in (person, other):
        with pytest.raises(psycopg.DatabaseError, match="another person's, or came with another click"):
            _insert(database, proposal, whose, use)


def test_a_grant_is_refused_where_one_approval_lacks_the_factor(database: TestDatabase) -> None:
    proposal, person = database.proposal(), database.person()
    _insert(database, proposal, person, None, wanted=False)
    with pytest.raises(psycopg.DatabaseError, match=f"wants a second factor, and {person.handle} approved without one"):
        database.one(
            "serve",
            "INSERT INTO approval_grant (proposal_id, sha256, steps, policy_version, expires_at, second_factor_wanted)"
            " VALUES (%s, %s, 1, '1', now() + interval '1 hour', true)",
            proposal.id, proposal.sha256,
        )  # fmt: skip
    assert database.one("admin", "SELECT state FROM proposal_state") == ProposalState.PENDING


def test_serve_s_role_cannot_confirm_or_remove_without_a_code(database: TestDatabase) -> None:
    person = database.person()
    phone = Phone(secret_of(database, person))
    with pytest.raises(psycopg.DatabaseError, match="confirmed by a code"):
        database.one("serve", "UPDATE authenticator SET confirmed_at = now()")
    desk(database).confirm(person.id, phone.code())
    with pytest.raises(psycopg.DatabaseError, match="removed with a code it shows"):
        database.one("serve", "UPDATE authenticator SET removed_at = now()")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one("serve", "UPDATE authenticator SET sealed = 'x'")
    old = int((datetime.now(UTC) - timedelta(minutes=5)).timestamp()) // 30
    with pytest.raises(psycopg.DatabaseError, match="good for its half minute"):
        database.one(
            "serve",
            "INSERT INTO second_factor_use (authenticator_id, person_id, counter) SELECT id, person_id, %s FROM authenticator",
            old,
        )


def test_the_worker_s_role_enrols_nobody(database: TestDatabase) -> None:
    person = database.person()
    code = enrolment_code(database, person)
    with pytest.raises(DatabaseUnavailable):
        PostgresAuthenticators(database.pool("worker"), Seal([KEY])).enrol(person, code)
