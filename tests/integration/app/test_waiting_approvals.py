"""However many proposals wait, each of them is in the list, and can be read page by page."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from agent.domain.decisions import Person, Role, Verdict
from app.cli.program import program
from integrations.database.proposal_book import PostgresProposalBook
from tests.fixtures.ledger import decide, many_more
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

MANY = 600


@pytest.fixture
def sofia(database: TestDatabase) -> Person:
    """Who can decide on all of them."""
    many_more(database, database.proposal(), MANY)
    return database.person("sofia", Role.SALES_MANAGER)


def listed(api: TestClient, headers: dict[str, str], path: str = "/v1/approvals", **wanted: Any) -> list[int]:
    """Numbers."""
    rows = api.get(path, params=wanted, headers=headers).raise_for_status().json()
    return [int(row.get("proposal", row.get("label"))[1:]) for row in rows]


def test_all_that_wait_are_listed_and_who_waits_longest_comes_first(api: TestClient, signed_in: As, sofia: Person) -> None:
    everything = list(range(1, MANY + 2))
    assert listed(api, signed_in(sofia)) == everything
    assert listed(api, signed_in(sofia), **{"for": "sofia"}) == everything


@pytest.mark.parametrize("whose", [{}, {"for": "sofia"}], ids=["anybody's", "one person's"])
def test_what_waits_is_read_page_by_page_also_while_people_decide(
    api: TestClient, signed_in: As, sofia: Person, whose: dict[str, str], database: TestDatabase
) -> None:
    first = listed(api, signed_in(sofia), limit=250, **whose)
    assert first == list(range(352, 602)), "the newest, the most urgent of them first"
    decide(database, PostgresProposalBook(database.pool("serve")).proposal(352), sofia, Verdict.REJECT, last=False)
    assert listed(api, signed_in(sofia), limit=250, before=352, **whose) == list(range(102, 352))
    assert listed(api, signed_in(sofia), limit=250, before=102, **whose) == list(range(1, 102))
    assert listed(api, signed_in(sofia), limit=250, before=1, **whose) == []


def test_proposals_are_read_page_by_page(api: TestClient, signed_in: As, sofia: Person) -> None:
    headers = signed_in(sofia)
    first = listed(api, headers, "/v1/proposals", limit=400)
    assert first == list(range(601, 201, -1))
    assert listed(api, headers, "/v1/proposals", limit=400, before=first[-1], state="pending") == list(range(201, 0, -1))


def test_on_the_command_line_all_are_listed_too(database: TestDatabase, sofia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPEDITER_WORKER_DATABASE_URL", database.url("worker"))
    assert len(printed("approvals", "list", "--for", sofia.handle)) == MANY + 1
    page = printed("proposals", "list", "--limit", "3", "--before", "P101")
    assert [row["label"] for row in page] == ["P100", "P99", "P98"]


def printed(*arguments: str) -> list[dict[str, Any]]:
    ended = CliRunner().invoke(program, [*arguments, "--json"])
    assert ended.exit_code == 0, ended.output
    rows: list[dict[str, Any]] = json.loads(ended.stdout)
    return rows


@pytest.mark.parametrize("wrong", [{"before": 0}, {"before": "P12"}, {"limit": 0}, {"limit": 501}])
def test_what_is_no_page_is_refused_in_a_sentence(api: TestClient, signed_in: As, sofia: Person, wrong: dict[str, Any]) -> None:
    answer = api.get("/v1/approvals", params=wrong, headers=signed_in(sofia))
    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.json()["error"]
