"""A deputy's approval on a real database, from the absence to the demo company's order: what is judged when it is carried out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from agent.actions import prepare
from agent.domain.decisions import Outcome, Person, Role, Verdict
from agent.execution import ExecutionContext, execute
from agent.guardrails.policy import load_policy
from integrations.database.absences import PostgresAbsences
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.people import PostgresPeople
from tests.fixtures.demo import DemoDatabase, DemoErp

HOUR = timedelta(hours=1)


@dataclass
class Company:
    """Sofia is away and Olga, who has no role to decide on it herself, approves for her."""

    database: DemoDatabase
    erp: DemoErp
    sofia: Person
    olga: Person
    executor: ExecutionContext

    @property
    def absences(self) -> PostgresAbsences:
        return PostgresAbsences(self.database.pool("serve"))

    def back(self, absence: int) -> None:
        self.absences.end(absence, ended_by=self.sofia.id)

    def cancel(self, absence: int) -> None:
        self.absences.cancel(absence, cancelled_by=self.sofia.id, reason="Never away.")

    def sofia_leaves(self, _absence: int) -> None:
        self.database.one("admin", "UPDATE person SET active = false WHERE id = %s", self.sofia.id)

    def sofia_becomes_an_auditor(self, _absence: int) -> None:
        self.database.one("admin", "UPDATE person SET roles = '{auditor}' WHERE id = %s", self.sofia.id)

    def carry_out(self, meanwhile: Callable[[int], None]) -> tuple[Outcome | None, str]:
        """Propose a note, approve it for Sofia, let something happen, execute; the outcome and why."""
        note = {"order": self.erp.situations["healthy"], "text": "Call them."}
        proposal = self.database.proposal(self.database.person(), prepare("post_note", note, self.erp.reader))
        now = datetime.now(UTC)
        absence = self.absences.note(self.sofia.id, self.olga.id, now, now + HOUR, noted_by=self.sofia.id)
        grant = PostgresDecisionDesk(self.database.pool("serve")).decide(
            proposal.id, person_id=self.olga.id, verdict=Verdict.APPROVE, step=0, earlier=0, sha256=proposal.sha256,
            reason="", policy_version="", rule="", grant_until=now + HOUR, for_person_id=self.sofia.id,
        )  # fmt: skip
        assert grant is not None
        meanwhile(absence.id)
        outcome = execute(grant, self.executor)
        return outcome, self.executor.desk.proposal(proposal.id).outcome_detail or ""

    def notes(self) -> int:
        return int(self.database.one("executor", "SELECT count(*) FROM demo.note"))


@pytest.fixture
def company(demo_database: DemoDatabase, demo_erp: DemoErp) -> Company:
    pool = demo_database.pool("executor")
    return Company(
        demo_database,
        demo_erp,
        demo_database.person("sofia9", Role.SALES_MANAGER),
        demo_database.person("olga9", Role.WAREHOUSE_LEAD),
        ExecutionContext(
            PostgresExecutionDesk(pool), type(demo_erp.reader)(pool), demo_erp.writer, load_policy,
            lambda: datetime.now(UTC), PostgresPeople(pool), stand_ins=PostgresAbsences(pool),
        ),
    )  # fmt: skip


def test_an_absence_that_holds_or_ended_normally_after_the_decision_keeps_it_good(company: Company) -> None:
    before = company.notes()
    assert company.carry_out(lambda _: None)[0] is Outcome.DONE
    assert company.carry_out(company.back)[0] is Outcome.DONE
    assert company.notes() == before + 2


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        (Company.cancel, "olga9 decided for sofia9, but did not stand in for sofia9 then"),
        (Company.sofia_leaves, "sofia9, for whom olga9 decided, is no longer an active person"),
        (Company.sofia_becomes_an_auditor, "which was not given"),
    ],
)
def test_a_cancelled_absence_or_an_absent_person_without_authority_today_is_refused_and_nothing_is_written(
    company: Company, meanwhile: Callable[[Company, int], None], says: str
) -> None:
    before = company.notes()
    outcome, why = company.carry_out(lambda absence: meanwhile(company, absence))
    assert (outcome, company.notes()) == (Outcome.REFUSED_STALE, before)
    assert says in why


def test_an_absence_that_ended_normally_can_be_cancelled_too_as_long_as_nothing_is_carried_out(company: Company) -> None:
    def back_and_then_cancelled(absence: int) -> None:
        company.back(absence)
        company.cancel(absence)

    assert company.carry_out(back_and_then_cancelled)[0] is Outcome.REFUSED_STALE
