"""A hundred people who press the button at the same moment: each gets a true answer, and nothing is lost or counted twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from agent.domain.decisions import Proposal, Role
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

MANY = 100
Click = tuple[dict[str, str], Proposal]


@pytest.fixture
def people(database: TestDatabase, signed_in: As) -> list[dict[str, str]]:
    return [signed_in(database.person(None, Role.WAREHOUSE_LEAD)) for _ in range(MANY)]


def pressed_at_once(address: str, clicks: list[Click], verdict: str = "approve") -> list[httpx.Response]:
    barrier = Barrier(len(clicks))

    def press(click: Click) -> httpx.Response:
        who, proposal = click
        with httpx.Client(base_url=address, timeout=60, headers=who) as client:
            client.get("/healthz")  # connected before all press
            barrier.wait()
            return client.post(f"/v1/proposals/{proposal.id}/decisions", json={"verdict": verdict, "sha256": proposal.sha256})

    with ThreadPoolExecutor(len(clicks)) as threads:
        return list(threads.map(press, clicks))


def counted(database: TestDatabase, table: str) -> int:
    return int(database.one("admin", f"SELECT count(*) FROM {table}"))


def test_a_hundred_proposals_approved_at_once_are_all_granted_once(
    database: TestDatabase, address: str, people: list[dict[str, str]]
) -> None:
    proposals = [database.proposal() for _ in people]
    answers = pressed_at_once(address, list(zip(people, proposals, strict=True)))
    assert [answer.status_code for answer in answers] == [200] * MANY, {answer.text for answer in answers}
    assert all(answer.json()["granted"] for answer in answers)
    for table in ("decision", "approval_grant", "procrastinate.procrastinate_jobs"):
        assert counted(database, table) == MANY, table
    assert database.one("admin", "SELECT count(DISTINCT (proposal_id, person_id)) FROM decision") == MANY
    assert counted(database, "audit_entry WHERE kind = 'decision.recorded'") == MANY
    assert counted(database, "audit_entry WHERE kind = 'grant.issued'") == MANY


def test_of_a_hundred_who_approve_the_same_proposal_one_does_and_the_others_are_told(
    database: TestDatabase, address: str, people: list[dict[str, str]]
) -> None:
    proposal = database.proposal()
    answers = pressed_at_once(address, [(who, proposal) for who in people])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (MANY - 1), {answer.text for answer in answers}
    for answer in answers:
        if answer.status_code == 409:
            assert any(said in answer.json()["error"] for said in ("already", "at the same moment", "is approved")), answer.text
    for table in ("decision", "approval_grant", "procrastinate.procrastinate_jobs"):
        assert counted(database, table) == 1, table


def test_yes_and_no_at_once_leave_one_of_them(database: TestDatabase, address: str, people: list[dict[str, str]]) -> None:
    proposals = [database.proposal() for _ in range(MANY // 2)]
    yes = list(zip(people[::2], proposals, strict=True))
    no = list(zip(people[1::2], proposals, strict=True))
    with ThreadPoolExecutor(2) as both:
        approving = both.submit(pressed_at_once, address, yes)
        rejecting = both.submit(pressed_at_once, address, no, "reject")
        won = [
            {given.status_code, refused.status_code}
            for given, refused in zip(approving.result(), rejecting.result(), strict=True)
        ]
    assert won == [{200, 409}] * (MANY // 2)
    assert counted(database, "decision") == MANY // 2
    assert counted(database, "approval_grant") == counted(database, "decision WHERE verdict = 'approve'")


def test_a_click_pressed_eight_times_at_once_counts_once(
    database: TestDatabase, address: str, people: list[dict[str, str]]
) -> None:
    proposal = database.proposal()
    answers = pressed_at_once(address, [(people[0], proposal)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert counted(database, "decision") == counted(database, "approval_grant") == 1
