"""Who may say what of a finding: the worker what scans found, serve what people said, and nobody takes anything back."""

from typing import Any, get_args

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from agent.domain.finding_life import EventKind
from integrations.database.embedded import Role
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import full, known, publish, the_only, trouble

SCANS = ("opened", "updated", "escalated", "eased", "resolved", "reopened")
PEOPLE = ("acknowledged", "snoozed", "unsnoozed", "assigned", "commented", "marked_true", "marked_false")
HISTORY = ("finding_event", "finding_endangers", "scan")


@pytest.fixture
def finding(database: TestDatabase) -> int:
    publish(database, full(trouble(1)))
    return the_only(database).id


def test_the_kinds_are_those_of_the_domain() -> None:
    assert {*SCANS, *PEOPLE} == {kind.value for kind in EventKind}


@pytest.mark.parametrize("kind", PEOPLE)
def test_the_worker_cannot_say_what_people_say(database: TestDatabase, finding: int, kind: str) -> None:
    person = database.person()
    with pytest.raises(InsufficientPrivilege):
        database.one(
            "worker",
            "INSERT INTO finding_event (finding_id, kind, person_id, severity, reason) VALUES (%s, %s, %s, 'medium', 'x')",
            finding, kind, person.id,
        )  # fmt: skip
    with pytest.raises(CheckViolation):
        database.one(
            "worker",
            "INSERT INTO finding_event (finding_id, kind, scan_id, severity, summary)"
            " SELECT %s, %s, max(id), 'medium', 'x' FROM scan",
            finding, kind,
        )  # fmt: skip


@pytest.mark.parametrize("kind", SCANS)
def test_serve_cannot_say_what_scans_say(database: TestDatabase, finding: int, kind: str) -> None:
    person = database.person()
    with pytest.raises(InsufficientPrivilege):
        database.one(
            "serve",
            "INSERT INTO finding_event (finding_id, kind, scan_id, severity, summary)"
            " SELECT %s, %s, max(id), 'low', '' FROM scan",
            finding, kind,
        )  # fmt: skip
    with pytest.raises(CheckViolation):
        database.one(
            "serve",
            "INSERT INTO finding_event (finding_id, kind, person_id, severity) VALUES (%s, %s, %s, 'medium')",
            finding, kind, person.id,
        )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO finding (fingerprint) VALUES ('x')",
        "UPDATE finding SET resolved_at = now()",
        "UPDATE finding SET severity = 'low'",
        "DELETE FROM order_risk",
        "UPDATE order_risk SET score = 0",
        "SELECT FROM scan_turn FOR UPDATE",
        "INSERT INTO scan (kind, began_at, as_of, open_orders, at_risk, calls, not_seen, missed)"
        " VALUES ('full', now(), now(), 0, 0, 0, '{}', '{}')",
    ],
)
def test_serve_and_the_executor_change_nothing_that_scans_found(database: TestDatabase, finding: int, statement: str) -> None:
    for process in ("serve", "executor"):
        with pytest.raises(InsufficientPrivilege):
            database.one(process, statement)  # type: ignore[arg-type]  # each of them


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("table", HISTORY)
def test_nobody_rewrites_history(database: TestDatabase, finding: int, table: str, role: Any) -> None:
    for statement in (f"UPDATE {table} SET order_name = '', kind = ''", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        changed = statement.replace(
            "order_name = '', kind = ''", "order_name = ''" if table == "finding_endangers" else "kind = 'full'"
        )
        with pytest.raises(psycopg.Error) as refused:
            database.one(role, changed)
        assert isinstance(refused.value, InsufficientPrivilege) or "only added to" in str(refused.value)


def test_not_even_the_owner_lets_a_finding_vanish(database: TestDatabase, finding: int) -> None:
    for statement in ("DELETE FROM finding", "TRUNCATE finding CASCADE"):
        with pytest.raises(psycopg.Error, match="only added to"):
            database.one("admin", statement)
    assert len(known(database)) == 1


@pytest.mark.parametrize("column", ["fingerprint = 'other'", "opened_at = now()", "kind = 'no_supply'", "order_id = 2"])
def test_the_worker_cannot_make_one_finding_into_another(database: TestDatabase, finding: int, column: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        database.one("worker", f"UPDATE finding SET {column}")


def test_a_moment_of_its_own_choosing_is_nobodys_to_give(database: TestDatabase, finding: int) -> None:
    person = database.person()
    with pytest.raises(InsufficientPrivilege):
        database.one(
            "serve",
            "INSERT INTO finding_event (finding_id, kind, person_id, severity, at)"
            " VALUES (%s, 'acknowledged', %s, 'medium', now() + interval '1 year')",
            finding, person.id,
        )  # fmt: skip
