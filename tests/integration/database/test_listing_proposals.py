"""However many proposals there are, a list reads about as many as it shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import ProposalState, Role, Verdict
from integrations.database import approval_notices, proposal_book
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.proposal_book import PostgresProposalBook
from tests.fixtures.ledger import decide, granted, lapse
from tests.fixtures.postgres import TestDatabase

MANY = """
    INSERT INTO proposal (inbound_id, asker_id, content, sha256, action, subject_model, subject_id, subject_name, rationale,
        origin, expires_at)
    SELECT inbound_id, asker_id, content, sha256, action, subject_model, subject_id, subject_name, rationale, origin,
        now() - number * interval '1 hour' FROM proposal, generate_series(1, 4000) AS number
"""


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
    ("key", "states"),
    [((False, False, False), []), ((True, True, False), ["pending"]), ((True, True, False), ["granted", "pending"])],
    ids=["all", "what waits", "what is open"],
)
def test_the_newest_are_found_without_reading_the_rest(
    crowded: TestDatabase, key: tuple[bool, bool, bool], states: list[str]
) -> None:
    wanted = {"states": states, "limit": 50, "sha256": None}
    assert most_rows(crowded, proposal_book._NEWEST[key], wanted) <= 100


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


def test_each_state_is_listed_under_its_name(database: TestDatabase) -> None:
    pending, rejected, open_ = database.proposal(), database.proposal(), database.proposal()
    decide(database, rejected, database.person(None, Role.SALES_MANAGER), Verdict.REJECT, last=False)
    granted(database, open_)
    book = PostgresProposalBook(database.pool("worker"))
    for state, which in ((ProposalState.PENDING, pending), (ProposalState.REJECTED, rejected), (ProposalState.GRANTED, open_)):
        assert [each.id for each in book.proposals([state])] == [which.id]
    both = book.proposals([ProposalState.PENDING, ProposalState.GRANTED], sha256=pending.sha256)
    assert [each.id for each in both] == [open_.id, pending.id]


def test_who_was_told_that_a_proposal_lapsed_is_not_looked_up_again(database: TestDatabase) -> None:
    proposal, decided = database.proposal(), database.proposal()
    granted(database, decided)
    lapse(database, "proposal")
    notices, since = PostgresApprovalNotices(database.pool("worker")), datetime.now(UTC) - timedelta(days=2)
    assert [each.id for each in notices.lapsed(since)] == [proposal.id]
    assert notices.note(ApprovalNotice(proposal.id, 0, NoticeKind.EXPIRY, 1, (Role.BUYER,)))
    assert notices.lapsed(since) == []
