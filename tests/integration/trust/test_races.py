"""Two people at once, two changes of one record at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Grant, Outcome, Proposal, ProposalState, Role
from agent.errors import DecisionRefused, NotPermitted
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.ledger import decide, granted
from tests.fixtures.postgres import TestDatabase, note_content
from tests.integration.app.conftest import As


def two_step_content() -> Any:
    """As the packaged policy asks of a strategic customer: one sales_manager, then one ops_manager."""
    facts = {
        "change": "later",
        "days_slipped": 5,
        "order_value": "1.00",
        "currency": "EUR",
        "segment": "strategic",
        "customer": "A",
    }
    return note_content().model_copy(update={"action": "move_promise_date", "facts": facts})


def test_a_decision_on_the_state_before_anothers_is_refused_and_blocks_nothing(database: TestDatabase) -> None:
    proposal = database.proposal()
    decide(database, proposal, database.person(), last=False)
    with pytest.raises(DecisionRefused, match="at the same moment"):
        decide(database, proposal, database.person(), last=False, earlier=0)
    assert decide(database, proposal, database.person(), step=1) is not None


def test_sales_managers_who_approve_at_once_leave_the_next_step_open(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    proposal = database.proposal(content=two_step_content())
    managers = [signed_in(database.person(None, Role.SALES_MANAGER)) for _ in range(8)]
    barrier = Barrier(len(managers))
    click = {"verdict": "approve", "sha256": proposal.sha256}

    def approve(who: dict[str, str]) -> int:
        barrier.wait()
        return api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=who).status_code

    with ThreadPoolExecutor(len(managers)) as threads:
        answers = list(threads.map(approve, managers))
    assert answers.count(200) == 1
    second = signed_in(database.person(None, Role.OPS_MANAGER))
    answer = api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=second)
    assert answer.json()["granted"] is True


def test_one_record_is_changed_by_one_grant_at_a_time(database: TestDatabase) -> None:
    first, second = granted(database), granted(database)
    elsewhere = granted(database, elsewhere_on(database))
    desk = PostgresExecutionDesk(database.pool("executor"))
    execution, _ = desk.begin(first)
    assert [grant.id for grant in desk.open_grants()] == [first.id, elsewhere.id]
    with pytest.raises(NotPermitted, match=f"P{first.proposal_id}, on the same record, is still being carried out"):
        desk.begin(second)
    desk.begin(elsewhere)
    desk.finish(execution, Outcome.DONE, "", {})
    assert desk.begin(second)


def test_of_eight_grants_on_one_record_that_begin_at_once_one_does(database: TestDatabase) -> None:
    assert sum(begun_at_once(database, [granted(database) for _ in range(8)])) == 1


def begun_at_once(database: TestDatabase, grants: list[Grant]) -> list[bool]:
    desk = PostgresExecutionDesk(database.pool("executor"))
    barrier = Barrier(len(grants))

    def begin(grant: Grant) -> bool:
        barrier.wait()
        try:
            desk.begin(grant)
        except NotPermitted:
            return False
        return True

    with ThreadPoolExecutor(len(grants)) as threads:
        return list(threads.map(begin, grants))


def touching(database: TestDatabase, order: int, *touches: str) -> Proposal:
    content = note_content()
    subject = content.subject.model_copy(update={"id": order})
    return database.proposal(content=content.model_copy(update={"subject": subject, "touches": touches}))


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        ((51, "stock:12@1"), (52, "stock:11@1", "stock:12@1"), "stock"),
        ((51, "sale.order:60", "stock:12@1"), (52, "sale.order:60", "stock:12@1"), "record"),
        ((51, "sale.order:52"), (52,), "record"),
        ((51,), (52, "sale.order:51"), "record"),
    ],
    ids=["the same stock", "one giver", "the giver itself after", "the giver itself before"],
)
def test_what_takes_from_the_same_waits_its_turn_though_it_is_for_another_order(
    database: TestDatabase, first: tuple[Any, ...], second: tuple[Any, ...], word: str
) -> None:
    begun, waiting = (granted(database, touching(database, *each)) for each in (first, second))
    elsewhere = granted(database, touching(database, 53, "stock:12@2", "stock:121@1"))
    desk = PostgresExecutionDesk(database.pool("executor"))
    execution, _ = desk.begin(begun)
    assert [grant.id for grant in desk.open_grants()] == [begun.id, elsewhere.id]
    with pytest.raises(NotPermitted, match=f"P{begun.proposal_id}, on the same {word}, is still being carried out"):
        desk.begin(waiting)
    desk.finish(execution, Outcome.UNCERTAIN, "", {})
    assert desk.begin(waiting)


def test_of_eight_that_take_from_one_giver_at_once_one_does(database: TestDatabase) -> None:
    """Each for another order, and each with the next in common as well: a lock on each of the records could be a deadlock."""
    shared = [(f"sale.order:{60 + n}", f"sale.order:{60 + (n + 1) % 8}", "stock:12@1") for n in range(8)]
    grants = [granted(database, touching(database, 50 + n, *touches)) for n, touches in enumerate(shared)]
    assert sum(begun_at_once(database, grants)) == 1


def test_a_wait_for_another_change_of_the_record_ends_with_the_approval(database: TestDatabase) -> None:
    first, second = granted(database), granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    desk.begin(first)
    database.one("admin", "UPDATE approval_grant SET expires_at = clock_timestamp() - interval '1 second'")
    with pytest.raises(NotPermitted, match="lapsed"):
        desk.begin(second)
    assert desk.proposal(second.proposal_id).state is ProposalState.EXPIRED


def elsewhere_on(database: TestDatabase) -> Proposal:
    content = note_content(order="S00043")
    return database.proposal(content=content.model_copy(update={"subject": content.subject.model_copy(update={"id": 43})}))
