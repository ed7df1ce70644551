"""However many proposals there are, a list reads about as many as it shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Outcome, ProposalState, Role, Verdict
from agent.guardrails.waiting import PAGE, waiting
from integrations.database import approval_notices
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.execution_control import PostgresExecutionControl
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.proposal_book import BEYOND, PostgresProposalBook, newest_of
from tests.fixtures.ledger import decide, granted, lapse, many_more
from tests.fixtures.postgres import TestDatabase

MANY = """
    INSERT INTO proposal (inbound_id, asker_id, content, sha256, action, subject_model, subject_id, subject_name, rationale,
        origin, expires_at)
    SELECT inbound_id, asker_id, content, sha256, action, subject_model, subject_id, subject_name, rationale, origin,
        now() - number * interval '1 hour' FROM proposal, generate_series(1, 4000) AS number
"""

SETTLED = (
    """
    INSERT INTO decision (proposal_id, sha256, step, earlier, person_id, verdict, reason, policy_version, rule)
    SELECT id, sha256, 0, 0, PERSON, CASE WHEN id <= 3000 THEN 'approve' ELSE 'reject' END, 'Said.', '1', 'notes'
    FROM proposal WHERE id <= 3500
    """,
    """
    INSERT INTO approval_grant (proposal_id, sha256, steps, policy_version, expires_at)
    SELECT id, sha256, 1, '1', expires_at FROM proposal WHERE id <= 3000
    """,
    "INSERT INTO execution (grant_id, proposal_id, sha256) SELECT id, proposal_id, sha256 FROM approval_grant",
    """
    INSERT INTO execution_outcome (execution_id, outcome, detail, evidence)
    SELECT id, CASE WHEN proposal_id IN (7, 700, 1400) THEN 'failed' ELSE 'done' END, '', '{}' FROM execution
    """,
)


@pytest.fixture
def crowded(database: TestDatabase) -> TestDatabase:
    """4,000 proposals that expired one an hour, and one that waits."""
    database.proposal()
    for statement in ("ALTER TABLE proposal DISABLE TRIGGER USER", MANY, "ALTER TABLE proposal ENABLE TRIGGER USER", "ANALYZE"):
        with database.connection("admin") as connection:
            connection.execute(statement.encode())
    database.proposal()
    return database


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def most_rows(database: TestDatabase, query: str, values: Any) -> float:
    """The most rows that any step of the plan went through."""
    with database.connection("worker") as connection:
        row = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}".encode(), values).fetchone()
    assert row is not None
    [[found]] = [row.values()]
    return max(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in nodes(found[0]["Plan"])
    )


@pytest.mark.parametrize(
    "states", [None, [ProposalState.PENDING], [ProposalState.GRANTED, ProposalState.PENDING]], ids=["all", "waits", "open"]
)
def test_the_newest_are_found_without_reading_the_rest(crowded: TestDatabase, states: list[ProposalState] | None) -> None:
    assert most_rows(crowded, newest_of(states, False), {"states": states or [], "limit": 50, "before": BEYOND}) <= 100


def test_a_page_further_on_is_found_without_reading_the_rest(crowded: TestDatabase) -> None:
    wanted = {"states": [], "limit": 50, "before": 2_000}
    assert most_rows(crowded, newest_of(None, False), wanted) <= 100
    assert most_rows(crowded, newest_of([ProposalState.PENDING], False), wanted | {"states": [ProposalState.PENDING]}) <= 100


@pytest.fixture
def settled(database: TestDatabase) -> TestDatabase:
    """20,000 proposals: of the oldest 3,000 each was carried out, a few without success; then 500 were rejected; all others
    expired."""
    database.proposal()
    person = database.person(None, Role.SALES_MANAGER).id
    tables = ("proposal", "decision", "approval_grant", "execution", "execution_outcome")
    off, on = (f"ALTER TABLE {{}} {verb} TRIGGER USER".format for verb in ("DISABLE", "ENABLE"))
    filled = [MANY.replace("4000", "20000"), *(each.replace("PERSON", str(person)) for each in SETTLED)]
    for statement in (*map(off, tables), *filled, *map(on, tables), "ANALYZE"):
        with database.connection("admin") as connection:
            connection.execute(statement.encode())
    return database


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ([ProposalState.DONE], 50),
        ([ProposalState.DONE, ProposalState.FAILED], 50),
        ([ProposalState.FAILED], 3),
        ([ProposalState.UNCERTAIN], 0),
        ([ProposalState.REJECTED], 50),
        ([ProposalState.WITHDRAWN], 0),
    ],
    ids=lambda each: "+".join(each) if isinstance(each, list) else str(each),
)
def test_what_ended_long_ago_is_found_without_reading_what_came_since(
    settled: TestDatabase, states: list[ProposalState], found: int
) -> None:
    assert len(PostgresProposalBook(settled.pool("worker")).proposals(states)) == found
    assert most_rows(settled, newest_of(states, False), {"states": states, "limit": 50, "before": BEYOND}) <= 200


def test_what_lapsed_lately_is_found_without_reading_what_lapsed_before(crowded: TestDatabase) -> None:
    since = datetime.now(UTC) - timedelta(hours=30, minutes=30)
    assert len(PostgresApprovalNotices(crowded.pool("worker")).lapsed(since)) == 30
    assert most_rows(crowded, approval_notices._LAPSED, (since,)) <= 100


def test_the_list_shows_what_it_showed(crowded: TestDatabase) -> None:
    book = PostgresProposalBook(crowded.pool("worker"))
    everything = book.proposals(limit=5000)
    assert [each.id for each in everything] == sorted((each.id for each in everything), reverse=True)
    assert len(everything) == 4002
    assert [each.id for each in book.proposals(limit=3)] == [each.id for each in everything[:3]]
    assert len(book.proposals([ProposalState.PENDING])) == 2
    assert len(book.proposals([ProposalState.EXPIRED], limit=7)) == 7
    assert book.proposals([]) == []


def test_page_by_page_each_is_listed_once(settled: TestDatabase) -> None:
    book = PostgresProposalBook(settled.pool("worker"))
    for states in (None, [ProposalState.EXPIRED], [ProposalState.REJECTED], [ProposalState.DONE], [ProposalState.FAILED]):
        first = book.proposals(states, 70)
        pages = [book.proposals(states, 35), book.proposals(states, 35, before=first[min(34, len(first) - 1)].id)]
        assert [one.id for page in pages for one in page] == [one.id for one in first]


def test_all_that_wait_are_found_however_many(database: TestDatabase) -> None:
    many_more(database, database.proposal(), 2 * PAGE)
    found = [one.id for one in waiting(PostgresProposalBook(database.pool("worker")))]
    assert found == list(range(2 * PAGE + 1, 0, -1))


def test_each_state_is_listed_under_its_name(database: TestDatabase) -> None:
    pending, rejected, open_ = database.proposal(), database.proposal(), database.proposal()
    decide(database, rejected, database.person(None, Role.SALES_MANAGER), Verdict.REJECT, last=False)
    granted(database, open_)
    book = PostgresProposalBook(database.pool("worker"))
    for state, which in ((ProposalState.PENDING, pending), (ProposalState.REJECTED, rejected), (ProposalState.GRANTED, open_)):
        assert [each.id for each in book.proposals([state])] == [which.id]
    both = book.proposals([ProposalState.PENDING, ProposalState.GRANTED], sha256=pending.sha256)
    assert [each.id for each in both] == [open_.id, pending.id]


def test_what_ended_uncertain_is_listed_as_what_a_person_found_it_to_be(database: TestDatabase) -> None:
    grant, executor = granted(database), PostgresExecutionDesk(database.pool("executor"))
    executor.finish(executor.begin(grant)[0], Outcome.UNCERTAIN, "A person has to look.", {})

    def listed() -> list[ProposalState]:
        return [state for state in map(ProposalState, Outcome) if executor.proposals([state])]

    assert listed() == [ProposalState.UNCERTAIN]
    person = database.person(None, Role.OPS_MANAGER)
    PostgresExecutionControl(database.pool("serve")).resolve(grant.proposal_id, True, person_id=person.id, reason="It is there.")
    assert listed() == [ProposalState.DONE]


def test_who_was_told_that_a_proposal_lapsed_is_not_looked_up_again(database: TestDatabase) -> None:
    proposal, decided = database.proposal(), database.proposal()
    granted(database, decided)
    lapse(database, "proposal")
    notices, since = PostgresApprovalNotices(database.pool("worker")), datetime.now(UTC) - timedelta(days=2)
    assert [each.id for each in notices.lapsed(since)] == [proposal.id]
    assert notices.note(ApprovalNotice(proposal.id, 0, NoticeKind.EXPIRY, 1, (Role.BUYER,)))
    assert notices.lapsed(since) == []
