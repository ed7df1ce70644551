"""One change from question to outcome, through the repositories of the three processes."""

from datetime import UTC, datetime, timedelta

from agent.domain.decisions import Grant, Outcome, Person, Proposal, ProposalState, Role, Verdict
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.postgres import TestDatabase


def test_a_change_goes_from_question_to_outcome_and_all_of_it_is_audited(database: TestDatabase) -> None:
    asker, manager = database.person("ada"), database.person("maria", Role.SALES_MANAGER)
    proposal = database.proposal(asker)
    assert (proposal.state, proposal.asker, proposal.sha256) == (ProposalState.PENDING, asker, proposal.content.sha256())

    carry_out(database, approved(database, proposal, manager))
    ended = PostgresExecutionDesk(database.pool("executor")).proposal(proposal.id)
    assert (ended.state, ended.outcome_detail, ended.decisions[0].person) == (ProposalState.DONE, "Read back.", manager)

    log = PostgresAuditLog(database.pool("serve"))
    told = [(entry.kind, entry.process, entry.person) for entry in log.about(f"proposal:{proposal.id}")]
    assert told == [
        ("proposal.created", "worker", "ada"),
        ("decision.recorded", "serve", "maria"),
        ("grant.issued", "serve", None),
        ("execution.started", "executor", None),
        ("execution.finished", "executor", None),
    ]
    check = log.verify()
    assert (check.intact, check.entries) == (True, 8)


def approved(database: TestDatabase, proposal: Proposal, manager: Person) -> Grant:
    """By the one person it takes; the executor has the hint."""
    desk = PostgresDecisionDesk(database.pool("serve"))
    grant = desk.decide(
        proposal.id, person_id=manager.id, verdict=Verdict.APPROVE, step=0, earlier=0, sha256=proposal.sha256, reason="fine",
        policy_version="1", rule="notes", grant_until=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip
    assert grant is not None
    assert desk.proposal(proposal.id).state is ProposalState.GRANTED
    hint = database.one("executor", "SELECT jsonb_build_array(task_name, args) FROM procrastinate.procrastinate_jobs")
    assert hint == ["execute_granted", {"grant_id": grant.id}]
    return grant


def carry_out(database: TestDatabase, grant: Grant) -> None:
    """By one executor at a time, once."""
    executor = PostgresExecutionDesk(database.pool("executor"))
    assert executor.open_grants() == [grant]
    with executor.claimed(grant) as mine:
        assert mine
        with executor.claimed(grant) as twice:
            assert not twice
        execution, earlier = executor.begin(grant)
        assert not earlier
        executor.sending(execution)
        assert [(attempt.number, attempt.sent) for attempt in executor.begin(grant)[1]] == [(1, True)]
        executor.finish(execution, Outcome.DONE, "Read back.", {"effect": "done"})
    assert executor.open_grants() == []
