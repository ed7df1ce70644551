"""What no role can decide or grant, tried as that role."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from agent.domain.decisions import Grant, Person, ProposalState, Role, Verdict
from agent.errors import DatabaseUnavailable, DecisionRefused, RecordMissing
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.embedded import Role as Process
from integrations.database.people import PersonAdmin
from integrations.database.proposal_book import PostgresProposalBook
from tests.fixtures.ledger import GRANT, decide, granted, lapse
from tests.fixtures.postgres import TestDatabase, note_content


@pytest.mark.parametrize("verdict", list(Verdict))
def test_nobody_decides_on_their_own_proposal(database: TestDatabase, verdict: Verdict) -> None:
    asker = database.person(None, *Role)
    with pytest.raises(DecisionRefused, match="your own proposal"):
        decide(database, database.proposal(asker), asker, verdict, last=False)


@pytest.mark.parametrize("process", ["worker", "executor"])
def test_neither_worker_nor_executor_decides_or_grants(database: TestDatabase, process: Process) -> None:
    proposal, manager = database.proposal(), database.person()
    with pytest.raises(DatabaseUnavailable, match="permission denied"):
        decide(database, proposal, manager, process=process)
    decide(database, proposal, manager, last=False)
    with pytest.raises(InsufficientPrivilege):
        database.one(
            process,
            GRANT,
            proposal.id, proposal.sha256, 1,
        )  # fmt: skip


def test_a_decision_counts_for_what_was_shown_only(database: TestDatabase) -> None:
    shown = note_content(text="Something else").sha256()
    with pytest.raises(DecisionRefused, match="not what was shown"):
        decide(database, database.proposal(), database.person(), sha256=shown)


def test_nobody_decides_twice_not_even_on_another_step(database: TestDatabase) -> None:
    proposal, manager = database.proposal(), database.person()
    decide(database, proposal, manager, last=False)
    with pytest.raises(DecisionRefused, match="already decided"):
        decide(database, proposal, manager, step=1)


def test_an_expired_proposal_cannot_be_decided(database: TestDatabase) -> None:
    proposal = database.proposal()
    lapse(database, "proposal")
    with pytest.raises(DecisionRefused, match="has expired"):
        decide(database, proposal, database.person())
    assert PostgresProposalBook(database.pool("worker")).proposal(proposal.id).state is ProposalState.EXPIRED


def test_what_is_decided_stays_decided(database: TestDatabase) -> None:
    approved, rejected = database.proposal(), database.proposal()
    granted(database, approved)
    decide(database, rejected, database.person(), Verdict.REJECT, last=False)
    with pytest.raises(DecisionRefused, match="already approved"):
        decide(database, approved, database.person(), Verdict.REJECT, last=False)
    with pytest.raises(DecisionRefused, match="already rejected"):
        decide(database, rejected, database.person())


def test_who_is_not_active_cannot_decide(database: TestDatabase) -> None:
    manager = database.person()
    PersonAdmin(database.pool("admin")).set_active(manager.handle, active=False)
    with pytest.raises(DecisionRefused, match="active person"):
        decide(database, database.proposal(), manager)


def test_a_proposal_that_does_not_exist_is_missing(database: TestDatabase) -> None:
    with pytest.raises(RecordMissing, match="P999"):
        PostgresProposalBook(database.pool("serve")).proposal(999)
    with pytest.raises(DecisionRefused, match="P999 does not exist"):
        decide(database, replace(database.proposal(), id=999), database.person())


def test_there_is_no_grant_without_every_steps_approval(database: TestDatabase) -> None:
    proposal = database.proposal()
    with pytest.raises(psycopg.Error, match="lacks the approval of step 1"):
        database.one("serve", GRANT, proposal.id, proposal.sha256, 1)
    decide(database, proposal, database.person(), last=False)
    with pytest.raises(psycopg.Error, match="lacks the approval of step 2"):
        database.one("serve", GRANT, proposal.id, proposal.sha256, 2)
    with pytest.raises(psycopg.Error, match="not what was shown"):
        database.one("serve", GRANT, proposal.id, "0" * 64, 1)
    database.one("serve", GRANT, proposal.id, proposal.sha256, 1)


def test_steps_are_approved_in_order(database: TestDatabase) -> None:
    proposal = database.proposal()
    with pytest.raises(DecisionRefused, match="Step 1"):
        decide(database, proposal, database.person(), step=1)
    assert decide(database, proposal, database.person(), last=False) is None
    assert decide(database, proposal, database.person(), step=1) is not None


def test_a_grant_ends_with_its_proposal_at_the_latest(database: TestDatabase) -> None:
    proposal = database.proposal(expires_in=timedelta(minutes=5))
    assert granted(database, proposal).expires_at == proposal.expires_at


def test_of_eight_people_who_approve_at_once_exactly_one_completes_it(database: TestDatabase) -> None:
    proposal = database.proposal()
    managers = [database.person() for _ in range(8)]
    barrier = Barrier(len(managers))

    def approve(manager: Person) -> Grant | None:
        barrier.wait()
        try:
            return decide(database, proposal, manager)
        except DecisionRefused:
            return None

    with ThreadPoolExecutor(len(managers)) as threads:
        grants = [grant for grant in threads.map(approve, managers) if grant]
    assert len(grants) == 1
    assert database.one("serve", "SELECT count(*) FROM approval_grant") == 1
    assert database.one("serve", "SELECT count(*) FROM decision") == 1


def test_a_refused_decision_leaves_neither_row_nor_job(database: TestDatabase) -> None:
    proposal = database.proposal(expires_in=timedelta(hours=2))
    with pytest.raises(DecisionRefused):
        PostgresDecisionDesk(database.pool("serve")).decide(
            proposal.id, person_id=database.person().id, verdict=Verdict.APPROVE, step=0, earlier=0, sha256=proposal.sha256,
            reason="", policy_version="1", rule="notes", grant_until=datetime.now(UTC) - timedelta(hours=1),
        )  # fmt: skip
    assert database.one("serve", "SELECT count(*) FROM decision") == 0
    assert database.one("serve", "SELECT count(*) FROM procrastinate.procrastinate_jobs") == 0
