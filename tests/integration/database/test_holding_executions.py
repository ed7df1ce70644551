"""Stopping executions, limiting them and letting them go on; in the database, so that no restart forgets it."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from agent.domain.decisions import Grant, Outcome, Role
from agent.errors import DatabaseUnavailable, ExecutionHeld, ExpediterError, NotPermitted, PreconditionFailed
from agent.guardrails.audit import story
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.embedded import Role as Process
from integrations.database.execution_control import PostgresExecutionControl
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase, note_content


@pytest.fixture
def control(database: TestDatabase) -> PostgresExecutionControl:
    return PostgresExecutionControl(database.pool("serve"))


@pytest.fixture
def desk(database: TestDatabase) -> PostgresExecutionDesk:
    return PostgresExecutionDesk(database.pool("executor"))


def hold(database: TestDatabase, control: PostgresExecutionControl, action: str, per_hour: int | None, *roles: Role) -> None:
    control.limit(action, per_hour, person_id=database.person(None, *roles).id, reason="Odoo is being upgraded.")


def grant_on(database: TestDatabase, number: int) -> Grant:
    """On a record of its own: two on one record wait for each other."""
    content = note_content(f"S{number:05}")
    subject = content.subject.model_copy(update={"id": number})
    return granted(database, database.proposal(content=content.model_copy(update={"subject": subject})))


@pytest.mark.parametrize("action", ["*", "post_note"])
def test_what_is_stopped_does_not_begin_and_begins_again_when_it_may(
    database: TestDatabase, control: PostgresExecutionControl, desk: PostgresExecutionDesk, action: str
) -> None:
    grant = granted(database)
    hold(database, control, action, 0, Role.WAREHOUSE_LEAD)
    assert desk.open_grants() == []
    with pytest.raises(ExecutionHeld, match=r"waits: .* stopped by person\d+: Odoo is being upgraded\.$"):
        desk.begin(grant)
    hold(database, control, action, None, Role.OPS_MANAGER)
    assert control.limits() == []
    assert desk.open_grants() == [grant]
    desk.begin(grant)


def test_another_action_goes_on(database: TestDatabase, control: PostgresExecutionControl, desk: PostgresExecutionDesk) -> None:
    grant = granted(database)
    hold(database, control, "move_promise_date", 0, Role.BUYER)
    assert desk.open_grants() == [grant]
    desk.begin(grant)


def test_what_has_begun_is_looked_after_and_sends_nothing_more(
    database: TestDatabase, control: PostgresExecutionControl, desk: PostgresExecutionDesk
) -> None:
    grant = granted(database)
    execution, _ = desk.begin(grant)
    desk.sending(execution)
    hold(database, control, "*", 0, Role.BUYER)
    assert desk.open_grants() == [grant]
    with pytest.raises(ExecutionHeld, match="all executions are stopped"):
        desk.sending(execution)
    for table in ("execution_attempt", "execution_sending"):
        with pytest.raises(psycopg.Error, match="all executions are stopped"):
            database.one("executor", f"INSERT INTO {table} (execution_id, number) VALUES (%s, 1)", execution)
    desk.finish(execution, Outcome.DONE, "It had arrived.", {})


def test_no_more_begin_in_an_hour_than_may(
    database: TestDatabase, control: PostgresExecutionControl, desk: PostgresExecutionDesk
) -> None:
    hold(database, control, "post_note", 2, Role.BUYER)
    first, second, third = (grant_on(database, number) for number in (1, 2, 3))
    desk.begin(first)
    desk.begin(second)
    assert [grant.id for grant in desk.open_grants()] == [first.id, second.id]
    with pytest.raises(ExecutionHeld, match=r"post_note: 2 begun in the last hour, and .* set a limit of 2 an hour"):
        desk.begin(third)
    with database.connection("admin") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE execution SET started_at = started_at - interval '61 minutes'")
    desk.begin(third)


def test_eight_that_begin_at_once_are_no_more_than_may(
    database: TestDatabase, control: PostgresExecutionControl, desk: PostgresExecutionDesk
) -> None:
    hold(database, control, "*", 3, Role.BUYER)
    grants = [grant_on(database, number) for number in range(1, 9)]

    def begun(grant: Grant) -> bool:
        try:
            desk.begin(grant)
        except ExecutionHeld:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(begun, grants)) == 3


@pytest.mark.parametrize("role", [Role.OPS_AGENT, Role.BUYER, Role.SALES_MANAGER, Role.FINANCE])
def test_to_stop_is_easy_and_to_let_go_on_is_not(database: TestDatabase, control: PostgresExecutionControl, role: Role) -> None:
    hold(database, control, "*", 5, role)
    hold(database, control, "*", 0, role)
    for looser in (None, 1, 5):
        with pytest.raises(
            NotPermitted, match="may stop executions, but not let them go on; these roles may: ops_manager, admin"
        ):
            hold(database, control, "*", looser, role)
    hold(database, control, "*", 5, Role.ADMIN)


@pytest.mark.parametrize("process", ["worker", "executor"])
def test_only_serve_holds_and_lets_go_on(database: TestDatabase, process: Process) -> None:
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        hold(database, PostgresExecutionControl(database.pool(process)), "*", None, Role.OPS_MANAGER)


@pytest.mark.parametrize(("per_hour", "reason"), [(0, " "), (-1, "why"), (100_001, "why"), (None, "nothing is held")])
def test_what_makes_no_sense_is_refused_in_a_sentence(
    database: TestDatabase, control: PostgresExecutionControl, per_hour: int | None, reason: str
) -> None:
    person = database.person(None, Role.OPS_MANAGER)
    with pytest.raises(PreconditionFailed, match=r"Say why|from 0|Nothing holds"):
        control.limit("post_note", per_hour, person_id=person.id, reason=reason)


def test_one_action_cannot_be_let_go_while_all_are_stopped(database: TestDatabase, control: PostgresExecutionControl) -> None:
    hold(database, control, "*", 0, Role.BUYER)
    with pytest.raises(
        PreconditionFailed, match=r"Nothing holds post_note by itself, but all executions are stopped by person\d+"
    ):
        hold(database, control, "post_note", None, Role.OPS_MANAGER)


def test_eight_who_stop_at_once_all_stop(database: TestDatabase, control: PostgresExecutionControl) -> None:
    people = [database.person(None, Role.BUYER) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda person: control.limit("*", 0, person_id=person.id, reason=person.handle), people))
    assert database.one("serve", "SELECT count(*) FROM execution_limit") == 8
    assert [limit.per_hour for limit in control.limits()] == [0]


def test_who_is_no_longer_active_holds_nothing(database: TestDatabase, control: PostgresExecutionControl) -> None:
    person = database.person(None, Role.OPS_MANAGER)
    database.one("admin", "UPDATE person SET active = false WHERE id = %s", person.id)
    with pytest.raises(ExpediterError, match="active person"):
        control.limit("*", 0, person_id=person.id, reason="why")


def test_the_log_tells_who_held_what_and_why(database: TestDatabase, control: PostgresExecutionControl) -> None:
    for per_hour in (5, 0, None):
        control.limit("post_note", per_hour, person_id=database.person(None, Role.ADMIN).id, reason="Odoo is being upgraded.")
    told = story(PostgresAuditLog(database.pool("serve")).about("action:post_note"))
    assert [sentence.split(": ", 1)[1].split(" ", 1)[1] for sentence in told] == [
        "let 5 executions of post_note begin in an hour, saying “Odoo is being upgraded.”.",
        "stopped executions of post_note, saying “Odoo is being upgraded.”.",
        "let executions of post_note go on, saying “Odoo is being upgraded.”.",
    ]
