"""A change of which nothing could be determined: somebody looks, and says what is there."""

import pytest

from agent.domain.decisions import Outcome, Person, ProposalState, Role
from agent.errors import DatabaseUnavailable, DecisionRefused, PreconditionFailed, RecordMissing
from agent.guardrails.audit import story
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.embedded import Role as Process
from integrations.database.execution_control import PostgresExecutionControl
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase


@pytest.fixture
def control(database: TestDatabase) -> PostgresExecutionControl:
    return PostgresExecutionControl(database.pool("serve"))


@pytest.fixture
def walter(database: TestDatabase) -> Person:
    return database.person("walter", Role.WAREHOUSE_LEAD)


def ended(database: TestDatabase, outcome: Outcome = Outcome.UNCERTAIN) -> int:
    """Number of a proposal whose execution ended like this."""
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    desk.finish(desk.begin(grant)[0], outcome, "A person has to look at S00042.", {})
    return grant.proposal_id


@pytest.mark.parametrize(
    ("took_effect", "state", "words"),
    [
        (True, ProposalState.DONE, "walter looked and found that it took effect: The note is there."),
        (False, ProposalState.FAILED, "walter looked and found that it did not take effect: The note is there."),
    ],
)
def test_what_somebody_saw_is_what_came_of_it(
    database: TestDatabase, control: PostgresExecutionControl, walter: Person, took_effect: bool, state: ProposalState, words: str
) -> None:
    number = ended(database)
    control.resolve(number, took_effect, person_id=walter.id, reason="The note is there.")
    proposal = PostgresExecutionDesk(database.pool("executor")).proposal(number)
    assert (proposal.state, proposal.outcome_detail) == (state, f"A person has to look at S00042. {words}")
    log = PostgresAuditLog(database.pool("serve"))
    found = f"walter looked and found that P{number} {'took' if took_effect else 'did not take'} effect"
    assert story(log.about(f"proposal:{number}"))[-1].endswith(f"{found}, saying “The note is there.”.")
    with pytest.raises(DecisionRefused, match="was resolved before"):
        control.resolve(number, not took_effect, person_id=walter.id, reason="I changed my mind.")


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.FAILED, Outcome.REFUSED_STALE])
def test_only_what_is_uncertain_is_resolved(
    database: TestDatabase, control: PostgresExecutionControl, walter: Person, outcome: Outcome
) -> None:
    number = ended(database, outcome)
    with pytest.raises(DecisionRefused, match="ended uncertain"):
        control.resolve(number, True, person_id=walter.id, reason="It is there.")


def test_what_was_never_carried_out_is_not_resolved(
    database: TestDatabase, control: PostgresExecutionControl, walter: Person
) -> None:
    number = database.proposal().id
    with pytest.raises(RecordMissing, match="never carried out"):
        control.resolve(number, True, person_id=walter.id, reason="It is there.")


def test_whoever_asked_does_not_say_what_became_of_it(database: TestDatabase, control: PostgresExecutionControl) -> None:
    number = ended(database)
    asker = database.one("serve", "SELECT asker_id FROM proposal WHERE id = %s", number)
    with pytest.raises(DecisionRefused, match="your own proposal"):
        control.resolve(number, True, person_id=asker, reason="It is there.")


def test_whoever_wrote_the_proposal_that_it_replaced_does_not_say_what_became_of_it_either(
    database: TestDatabase, control: PostgresExecutionControl, walter: Person
) -> None:
    number = ended(database)
    first = database.proposal(walter).id
    with database.connection("admin") as connection:  # as an edit of walter's proposal would have it
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE proposal SET supersedes = %s WHERE id = %s", (first, number))
    with pytest.raises(DecisionRefused, match="You had a part in"):
        control.resolve(number, True, person_id=walter.id, reason="It is there.")


def test_a_reason_is_needed(database: TestDatabase, control: PostgresExecutionControl, walter: Person) -> None:
    number = ended(database)
    with pytest.raises(PreconditionFailed, match="Say what you saw"):
        control.resolve(number, True, person_id=walter.id, reason="  ")


@pytest.mark.parametrize("process", ["worker", "executor"])
def test_only_serve_records_what_somebody_saw(database: TestDatabase, walter: Person, process: Process) -> None:
    number = ended(database)
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        PostgresExecutionControl(database.pool(process)).resolve(number, True, person_id=walter.id, reason="It is there.")
