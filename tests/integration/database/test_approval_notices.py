"""The worker notes whom it reminded; nobody takes a note back, and no note decides anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Role
from agent.errors import PreconditionFailed
from agent.jobs.approvals import watch
from integrations.database.absences import PostgresAbsences
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.people import PersonAdmin
from integrations.database.proposal_book import PostgresProposalBook
from tests.fixtures.ledger import granted
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase, note_content

#: On any day at any hour.
POLICY = replace(PACKAGED_POLICY, rules=tuple(rule.model_copy(update={"hours": None}) for rule in PACKAGED_POLICY.rules))


def looked(database: TestDatabase, after: timedelta) -> list[tuple[NoticeKind, int]]:
    pool = database.pool("worker")
    found = watch(
        PostgresProposalBook(pool), PostgresApprovalNotices(pool), PostgresAbsences(pool), POLICY, datetime.now(UTC) + after
    )
    return [(notice.kind, notice.number) for notice in found]


def test_each_thing_is_noted_once_however_often_the_worker_looks(database: TestDatabase) -> None:
    database.proposal()  # a note: due within four hours
    assert looked(database, timedelta(hours=1)) == []
    assert looked(database, timedelta(hours=5)) == [(NoticeKind.REMINDER, 1)]
    assert looked(database, timedelta(hours=5)) == []
    assert looked(database, timedelta(hours=9)) == [(NoticeKind.REMINDER, 2)]
    kinds = database.one("admin", "SELECT string_agg(kind, ' ' ORDER BY id) FROM audit_entry WHERE kind LIKE 'approval.%%'")
    assert kinds == "approval.reminded approval.reminded"


def test_deputies_are_reminded_too_and_the_note_and_the_log_say_for_whom(database: TestDatabase) -> None:
    sofia, olga = database.person("sofia", Role.SALES_MANAGER), database.person("olga", Role.WAREHOUSE_LEAD)
    now = datetime.now(UTC)
    absences = PostgresAbsences(database.pool("serve"))
    absences.note(sofia.id, olga.id, now, now + timedelta(days=9), noted_by=sofia.id)
    sales_matter = {"action": "move_promise_date", "facts": {"change": "earlier"}}
    proposal = database.proposal(content=note_content().model_copy(update=sales_matter))
    assert looked(database, timedelta(hours=5)) == [(NoticeKind.REMINDER, 1)]
    notices = PostgresApprovalNotices(database.pool("serve"))
    for [notice] in (notices.of([proposal.id]), notices.since(now)):
        assert [(one.deputy.handle, one.absent.handle) for one in notice.deputies] == [("olga", "sofia")]
    said = database.one(
        "admin", "SELECT body FROM audit_payload JOIN audit_entry ON id = entry_id WHERE kind = 'approval.reminded'"
    )
    assert '"standing_in": [{"absent": "sofia", "deputy": "olga"}]' in said


def test_of_what_is_decided_nobody_is_reminded(database: TestDatabase) -> None:
    proposal = database.proposal()
    granted(database, proposal)
    assert looked(database, timedelta(hours=5)) == []
    notice = ApprovalNotice(proposal.id, 0, NoticeKind.REMINDER, 1, (Role.BUYER,))
    with pytest.raises(PreconditionFailed, match=f"P{proposal.id} is granted"):
        PostgresApprovalNotices(database.pool("worker")).note(notice)


@pytest.mark.parametrize("number", [0, 4])
def test_no_more_than_three_reminders_can_be_noted(database: TestDatabase, number: int) -> None:
    proposal = database.proposal()
    with pytest.raises(psycopg.errors.CheckViolation):
        database.one(
            "worker",
            "INSERT INTO approval_notice (proposal_id, step, kind, number, roles) VALUES (%s, 0, 'reminder', %s, '{buyer}')",
            proposal.id,
            number,
        )


@pytest.mark.parametrize(
    ("role", "query"),
    [
        ("serve", "INSERT INTO approval_notice (proposal_id, step, kind, number, roles) VALUES (1, 0, 'expiry', 1, '{buyer}')"),
        ("worker", "DELETE FROM approval_notice"),
        ("worker", "UPDATE approval_notice SET number = 1"),
    ],
)
def test_notes_are_the_workers_and_are_only_added_to(database: TestDatabase, role: Any, query: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one(role, query)


def test_nobody_is_given_roles_that_the_policy_keeps_apart(database: TestDatabase) -> None:
    office = PersonAdmin(database.pool("admin"), [frozenset({Role.BUYER, Role.FINANCE})])
    with pytest.raises(PreconditionFailed, match="allows nobody to be buyer and finance at once"):
        office.add("bea", "Bea", "", (Role.BUYER, Role.FINANCE, Role.OPS_AGENT))
    assert office.add("ben", "Ben", "", (Role.BUYER,)).handle == "ben"
