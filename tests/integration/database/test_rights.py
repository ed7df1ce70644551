"""Every right, guard and door of the database, compared with what somebody decided on: what is new and not decided fails."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.database.roles import ROLES
from tests.fixtures.catalogue import functions, policies, process_of, rights, triggers
from tests.fixtures.demo import DemoDatabase
from tests.fixtures.postgres import TestDatabase

DECIDED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("rights.yaml").read_text(encoding="utf-8"))


def test_each_process_has_exactly_the_rights_that_were_decided_on(database: TestDatabase) -> None:
    assert rights(database) == DECIDED["rights"], "decide on it in rights.yaml"


def test_on_the_demo_company_serve_has_no_right_the_worker_reads_and_nobody_deletes(demo_database: DemoDatabase) -> None:
    tables = {name: of for name, of in rights(demo_database).items() if name.startswith("demo.")}
    assert tables
    for name, of in tables.items():
        assert "serve" not in of, name
        assert of.get("worker", "select") == "select", name
        for verb in ("delete", "truncate", "references", "trigger"):
            assert verb not in of.get("executor", ""), name


def test_a_process_calls_the_functions_that_were_decided_on_and_no_other(demo_database: DemoDatabase) -> None:
    called = {each["name"]: [process_of(role) for role in each["roles"]] for each in functions(demo_database) if each["roles"]}
    assert called == DECIDED["calls"], "decide on it in rights.yaml"


def test_no_function_is_open_to_everybody(demo_database: DemoDatabase) -> None:
    assert [each["name"] for each in functions(demo_database) if each["open_to_all"]] == []


def test_what_runs_as_the_owner_looks_for_tables_where_no_process_can_put_any(demo_database: DemoDatabase) -> None:
    as_owner = [each for each in functions(demo_database) if each["as_owner"]]
    assert len(as_owner) > 20
    for each in as_owner:
        assert each["settings"] == [f"search_path={each['schema']}, pg_temp"], each["name"]


def test_no_trigger_can_be_called_by_a_process(demo_database: DemoDatabase) -> None:
    assert [each["name"] for each in functions(demo_database) if each["is_trigger"] and each["roles"]] == []


def test_every_guard_is_there_and_switched_on(database: TestDatabase) -> None:
    found = triggers(database)
    assert sorted(found) == sorted(DECIDED["triggers"]), "decide on it in rights.yaml"
    assert [name for name, enabled in found.items() if not enabled] == []


def test_what_people_and_processes_write_into_the_ledger_is_guarded_and_told_to_the_log(database: TestDatabase) -> None:
    guards = [name.split(".") for name in triggers(database)]
    ledger = {
        "proposal",
        "decision",
        "approval_grant",
        "execution",
        "execution_outcome",
        "execution_limit",
        "execution_resolution",
    }
    assert ledger <= {table for table, guard in guards if guard.startswith("audit_")}


def test_rows_are_kept_apart_as_was_decided(database: TestDatabase) -> None:
    assert policies(database) == DECIDED["row_security"], "decide on it in rights.yaml"
    switched_on = database.one("admin", "SELECT array_agg(oid::regclass::text) FROM pg_class WHERE relrowsecurity")
    assert {name.removeprefix("expediter.") for name in DECIDED["row_security"]} == set(switched_on)


@pytest.mark.parametrize("role", ROLES)
def test_no_process_makes_tables_owns_any_or_is_a_member_of_another_role(database: TestDatabase, role: str) -> None:
    assert (
        database.one("admin", "SELECT array_agg(nspname) FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE')", role)
        is None
    )
    assert (
        database.one("admin", "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = %s", role)
        == 0
    )
    assert database.one("admin", "SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", role) == 0
    powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    assert not database.one("admin", f"SELECT {powers} FROM pg_roles WHERE rolname = %s", role)
