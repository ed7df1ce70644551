"""Setting up an authenticator takes a code that an admin gave, beside the token."""

from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.errors import DecisionRefused, RecordMissing
from integrations.database.enrolment_codes import digest_of
from integrations.database.people import PersonAdmin
from tests.fixtures.authenticator import Phone, desk, enrolment_code, secret_of
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

MINE = "/v1/me/authenticator"
REFUSED = "no enrolment code of yours that is still good; ask an admin"


def test_a_token_alone_sets_up_no_authenticator(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    assert api.post(MINE, headers=who).status_code == 422
    guessed = api.post(MINE, json={"enrolment_code": "AAAA-BBBB-CCCC-DDDD"}, headers=who)
    assert guessed.status_code == 409
    assert REFUSED in guessed.json()["error"]
    assert api.get(MINE, headers=who).json() == {"state": "none"}


def test_the_code_opens_one_enrolment_however_it_is_typed(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    person = database.person()
    who, code = signed_in(person), enrolment_code(database, person)
    typed = {"enrolment_code": f" {code.lower().replace('-', ' ')} "}
    assert api.post(MINE, json=typed, headers=who).status_code == 201
    assert api.post(MINE, json={"enrolment_code": code}, headers=who).status_code == 409
    assert api.get(MINE, headers=who).json() == {"state": "enrolled"}


def test_nobody_enrols_with_a_code_that_was_given_to_another(database: TestDatabase) -> None:
    person, thief = database.person(), database.person()
    code = enrolment_code(database, person)
    with pytest.raises(DecisionRefused, match=REFUSED):
        desk(database).enrol(thief, code)
    assert desk(database).enrol(person, code).secret


def test_the_newest_code_is_the_one_that_counts(database: TestDatabase) -> None:
    person = database.person()
    older, newer = enrolment_code(database, person), enrolment_code(database, person)
    with pytest.raises(DecisionRefused, match=REFUSED):
        desk(database).enrol(person, older)
    assert desk(database).enrol(person, newer).secret


def test_a_code_is_good_for_its_time_and_that_is_a_day_at_most(database: TestDatabase) -> None:
    person, admin = database.person(), PersonAdmin(database.pool("admin"))
    code = admin.issue_enrolment_code(person.handle, timedelta(hours=24))
    database.one("admin", "ALTER TABLE enrolment_code DISABLE TRIGGER check_enrolment_code")
    database.one("admin", "UPDATE enrolment_code SET issued_at = now() - interval '2 hours', expires_at = now()")
    with pytest.raises(DecisionRefused, match=REFUSED):
        desk(database).enrol(person, code)
    with pytest.raises(Exception, match="short_lived"):
        admin.issue_enrolment_code(person.handle, timedelta(hours=25))
    with pytest.raises(RecordMissing):
        admin.issue_enrolment_code("nobody-of-this-name")


def test_of_a_code_only_the_hash_is_kept(database: TestDatabase) -> None:
    code = enrolment_code(database, database.person())
    for table in ("enrolment_code", "audit_payload"):
        stored = database.one("admin", f"SELECT string_agg(row_to_json(t)::text, ' ') FROM {table} AS t")
        assert not [each for each in (code, code.replace("-", "")) if each in stored], table
    assert database.one("admin", "SELECT code_sha256 FROM enrolment_code") == digest_of(code)


def test_serves_own_role_enrols_nobody_without_a_code_or_with_one_it_spent_before(database: TestDatabase) -> None:
    person, other = database.person(), database.person()
    insert = "INSERT INTO authenticator (person_id, sealed, enrolment_code_id) VALUES (%s, 'x', %s)"
    with pytest.raises(psycopg.DatabaseError, match="with an enrolment code that an admin gave"):
        database.one("serve", insert, person.id, None)
    secret_of(database, person)
    spent = database.one("admin", "SELECT id FROM enrolment_code")
    for whose in (person, other):
        with pytest.raises(psycopg.DatabaseError, match="with an enrolment code that an admin gave"):
            database.one("serve", insert, whose.id, spent)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one("serve", "INSERT INTO enrolment_code (person_id, code_sha256, expires_at) SELECT 1, 'x', now()")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one("serve", "SELECT code_sha256 FROM enrolment_code")


def test_an_enrolment_that_is_refused_leaves_the_code_good(database: TestDatabase) -> None:
    person = database.person()
    phone = Phone(secret_of(database, person))
    desk(database).confirm(person.id, phone.code())
    code = enrolment_code(database, person)
    with pytest.raises(DecisionRefused, match="You have an authenticator"):
        desk(database).enrol(person, code)
    desk(database).remove(person.id, phone.code())
    assert desk(database).enrol(person, code).secret
