"""What was shown is what is done, on the demo company: a worker that lies, people who leave, a database that goes away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.actions import marker_of, prepare
from agent.domain.decisions import Outcome, Person, Proposal, ProposalContent, Role, Verdict
from agent.errors import DatabaseUnavailable
from agent.execution import ExecutionContext, execute
from agent.guardrails.policy import load_policy
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.people import PostgresPeople
from tests.fixtures.demo import DemoDatabase, DemoErp


@dataclass
class Company:
    """The demo company, its approver, and its executor."""

    database: DemoDatabase
    erp: DemoErp
    sofia: Person
    executor: ExecutionContext

    def honest(self, days: int = 2) -> ProposalContent:
        [order] = self.erp.reader.open_sale_orders([self.erp.situations["healthy"]])
        assert order.promise_date is not None
        moved = order.promise_date + timedelta(days=days)
        return prepare("move_promise_date", {"order": order.name, "promise_date": moved.isoformat()}, self.erp.reader)

    def promise(self) -> datetime | None:
        return self.erp.reader.open_sale_orders([self.erp.situations["healthy"]])[0].promise_date

    def carry_out(
        self, content: ProposalContent, meanwhile: Callable[[], object] = lambda: None
    ) -> tuple[Outcome | None, Proposal]:
        """Propose, approve, let something happen, execute."""
        proposal = self.database.proposal(self.database.person(), content)
        grant = PostgresDecisionDesk(self.database.pool("serve")).decide(
            proposal.id, person_id=self.sofia.id, verdict=Verdict.APPROVE, step=0, earlier=0, sha256=proposal.sha256,
            reason="", policy_version="", rule="", grant_until=datetime.now(UTC) + timedelta(hours=1),
        )  # fmt: skip
        assert grant is not None
        meanwhile()
        return execute(grant, self.executor), self.executor.desk.proposal(proposal.id)


@pytest.fixture
def company(demo_database: DemoDatabase, demo_erp: DemoErp) -> Company:
    pool = demo_database.pool("executor")
    return Company(
        demo_database,
        demo_erp,
        demo_database.person(None, Role.SALES_MANAGER),
        ExecutionContext(
            PostgresExecutionDesk(pool), type(demo_erp.reader)(pool), demo_erp.writer, load_policy,
            lambda: datetime.now(UTC), PostgresPeople(pool),
        ),
    )  # fmt: skip


def lies(content: ProposalContent) -> dict[str, ProposalContent]:
    """The same content with one thing in it that is not so."""
    far = {**content.arguments, "promise_date": "2041-01-01T12:00:00+00:00"}
    elsewhere = content.subject.model_copy(update={"id": content.subject.id + 1})
    changes: dict[str, dict[str, Any]] = {
        "shows another date than it sets": {"arguments": far},
        "says that it slips less": {"facts": {**content.facts, "days_slipped": 1}},
        "says that the customer is nobody special": {
            "facts": {**content.facts, "segment": "standard" if content.facts["segment"] == "key" else "key"}
        },
        "says that less is at stake": {"facts": {**content.facts, "order_value": "1.00"}},
        "adds a fact": {"facts": {**content.facts, "approved_by": "finance"}},
        "leaves a before-value out": {"before": {"promise_date": content.before["promise_date"]}},
        "has a number where the ERP has a word": {"before": {**content.before, "complete": 0}},
        "names a neighbour's record": {"subject": elsewhere},
        "has a friendlier title": {"preview": content.preview.model_copy(update={"title": "Correct a typing error"})},
        "names an order with a foreign letter": {
            "arguments": {**content.arguments, "order": content.subject.name.replace("S", "Ѕ")}
        },
        "says another action": {"action": "post_note"},
    }
    return {name: content.model_copy(update=change) for name, change in changes.items()}


def test_an_honest_proposal_is_carried_out(company: Company) -> None:
    before = company.promise()
    outcome, _ = company.carry_out(company.honest())
    assert outcome is Outcome.DONE
    assert company.promise() != before


def test_a_proposal_that_lies_about_anything_changes_nothing(company: Company) -> None:
    before, content = company.promise(), company.honest()
    for name, lie in lies(content).items():
        outcome, told = company.carry_out(lie)
        assert (name, outcome) == (name, Outcome.REFUSED_STALE)
        assert (told.outcome_detail or "").startswith("Nothing was changed"), name
    assert company.promise() == before


def test_a_grant_of_fewer_steps_than_the_policy_asks_for_changes_nothing(company: Company) -> None:
    before = company.promise()
    outcome, told = company.carry_out(company.honest(days=40))
    assert outcome is Outcome.REFUSED_STALE
    assert "one sales_manager, then one ops_manager" in (told.outcome_detail or "")
    assert company.promise() == before


@pytest.mark.parametrize(
    "change", ["UPDATE person SET active = false WHERE id = %s", "UPDATE person SET roles = '{buyer}' WHERE id = %s"]
)
def test_an_approver_who_left_or_changed_roles_before_the_execution_does_not_count(company: Company, change: str) -> None:
    before = company.promise()
    outcome, _ = company.carry_out(company.honest(), lambda: company.database.one("admin", change, company.sofia.id))
    assert outcome is Outcome.REFUSED_STALE
    assert company.promise() == before


def test_two_approved_changes_of_one_order_are_not_both_made(company: Company) -> None:
    content = company.honest()
    [(first, _), (second, told)] = [company.carry_out(content) for _ in range(2)]
    assert (first, second) == (Outcome.DONE, Outcome.REFUSED_STALE)
    assert "already promised" in (told.outcome_detail or "")


def test_an_outcome_that_could_not_be_recorded_is_found_out_and_nothing_is_sent_twice(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = prepare("post_note", {"order": company.erp.situations["healthy"], "text": "Call them."}, company.erp.reader)
    desk = company.executor.desk

    def away(*_: object) -> None:
        raise DatabaseUnavailable("PostgreSQL does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(desk, "finish", away)
        with pytest.raises(DatabaseUnavailable):
            company.carry_out(content)
    [grant] = desk.open_grants()
    assert execute(grant, company.executor) is Outcome.DONE
    marker = marker_of(desk.proposal(grant.proposal_id))
    assert company.database.one("executor", "SELECT count(*) FROM demo.note WHERE marker = %s", marker) == 1
