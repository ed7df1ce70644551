"""What people see of findings and say of them over the API, each by their role."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Role
from agent.domain.findings import FindingKind, Severity
from app.contract.findings import FindingsRow, KnownFindingRow
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import NOON, full, known, late_receipt, publish, the_only, trouble
from tests.integration.app.conftest import As

DEEDS: dict[str, dict[str, Any]] = {
    "acknowledged": {},
    "snoozed": {"until": (datetime.now(UTC) + timedelta(days=2)).isoformat()},
    "assigned": {"owner": "sofia"},
    "commented": {"reason": "The vendor calls back."},
    "marked_true": {"reason": "The vendor confirmed it."},
    "marked_false": {"reason": "They are in stock."},
}


def test_before_the_first_scan_there_is_no_finding_and_no_moment(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    body = api.get("/v1/findings", headers=signed_in(database.person())).json()
    assert body == {"as_of": None, "total": 0, "set_aside": {}, "findings": []}


def test_findings_are_listed_by_what_is_asked(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    publish(database, full(trouble(1), trouble(2, FindingKind.NO_SUPPLY, Severity.CRITICAL), late_receipt(7, 1)))
    who = signed_in(database.person())

    def listed(**asked: Any) -> list[str]:
        row = FindingsRow.model_validate(api.get("/v1/findings", params=asked, headers=who).json())
        assert row.as_of == NOON
        return [finding.kind.value for finding in row.findings]

    assert listed() == ["no_supply", "receipt_overdue", "promise_at_risk"]
    assert listed(kind=["no_supply", "promise_at_risk"]) == ["no_supply", "promise_at_risk"]
    assert listed(order="S00001") == ["receipt_overdue", "promise_at_risk"]
    assert listed(limit=1) == ["no_supply"]
    assert api.get("/v1/findings", params={"state": "asleep"}, headers=who).status_code == 422


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"warehouse": "nowhere"}, 404, "No warehouse is called “nowhere”; there are"),
        ({"owner": "nobody"}, 404, "Nobody here is called “nobody”; there are"),
        ({"since": "2999-01-01T00:00:00Z"}, 409, "is still to come"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/findings", "/v1/brief"])
def test_what_cannot_be_asked_is_refused_instead_of_answered_with_nothing(
    path: str, asked: dict[str, str], status: int, told: str, api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    publish(database, full(trouble(1)))
    answer = api.get(path, params=asked, headers=signed_in(database.person()))
    assert answer.status_code == status
    assert told in answer.text


@pytest.mark.parametrize("kind", DEEDS)
def test_what_is_said_comes_back_in_the_history_under_ones_own_name(
    api: TestClient, database: TestDatabase, signed_in: As, kind: str
) -> None:
    publish(database, full(trouble(1)))
    database.person("sofia", Role.BUYER)
    maria = database.person("maria")
    said = {"kind": kind, "severity": "medium", **DEEDS[kind]}
    response = api.post(f"/v1/findings/{the_only(database).id}/events", json=said, headers=signed_in(maria))
    event = KnownFindingRow.model_validate(response.json()).history[-1]
    assert (event.kind, event.person, event.reason, event.owner) == (
        kind, "maria", said.get("reason", ""), said.get("owner"),
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_who_only_reads_says_nothing(api: TestClient, database: TestDatabase, signed_in: As, role: Role) -> None:
    publish(database, full(trouble(1)))
    number, who = the_only(database).id, signed_in(database.person(None, role))
    assert api.get(f"/v1/findings/{number}", headers=who).status_code == 200
    refused = api.post(f"/v1/findings/{number}/events", json={"kind": "acknowledged", "severity": "medium"}, headers=who)
    assert refused.status_code == 403
    assert "these roles may: ops_agent" in refused.json()["error"]


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"kind": "snoozed"}, 409, "say until when"),
        ({"kind": "acknowledged", "until": "2031-01-01T00:00:00Z"}, 409, "nothing else takes a time"),
        ({"kind": "assigned"}, 409, "say to whom"),
        ({"kind": "assigned", "owner": "nobody"}, 404, "no active person `nobody`"),
        ({"kind": "marked_false"}, 409, "needs a reason"),
        ({"kind": "acknowledged", "severity": "low"}, 409, "is medium by now, not low"),
        ({"kind": "snoozed", "until": "2031-01-01T00:00:00"}, 422, "timezone"),
        ({"kind": "resolved"}, 422, "cannot be used"),
        ({"kind": "commented", "reason": "a\0b"}, 422, "NUL"),
        ({"kind": "acknowledged", "person": "sofia"}, 422, "cannot be used"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    api: TestClient, database: TestDatabase, signed_in: As, said: dict[str, Any], status: int, words: str
) -> None:
    publish(database, full(trouble(1)))
    number, who = the_only(database).id, signed_in(database.person())
    response = api.post(f"/v1/findings/{number}/events", json={"severity": "medium", **said}, headers=who)
    assert (response.status_code, words in response.json()["error"]) == (status, True), response.text
    assert len(the_only(database).history) == 1


def test_whoever_may_not_see_prices_sees_none(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    owed = trouble(1, FindingKind.CREDIT_HOLD, summary="Acme owes 12,000.00 EUR, 2,000.00 EUR over its limit.")
    cheap = trouble(2, FindingKind.MARGIN_EXCEPTION, summary="The lamps are sold at 9.50 EUR, below their cost of 10.00 EUR.")
    publish(database, full(owed, cheap, late_receipt(7, 1, 2)))
    walt, sam = (signed_in(database.person(None, role)) for role in (Role.WAREHOUSE_LEAD, Role.SALES_MANAGER))
    assert "9.50 EUR" in api.get("/v1/findings", headers=sam).text
    assert '"value":200.0' in api.get("/v1/findings", headers=sam).text
    pages = [api.get("/v1/findings", headers=walt).text, api.get("/v1/risk", headers=walt).text]
    pages += [api.get(f"/v1/findings/{finding.id}", headers=walt).text for finding in known(database)]
    for page in pages:
        assert "EUR below" not in page
        assert not any(amount in page for amount in ("12,000", "2,000.00", "9.50", "10.00", "200.0", "100.0", "1000.0"))


def test_a_finding_that_does_not_exist_is_missing(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    for response in (
        api.get("/v1/findings/7", headers=who),
        api.post("/v1/findings/7/events", json={"kind": "acknowledged", "severity": "low"}, headers=who),
    ):
        assert response.status_code == 404
        assert "There is no finding F7" in response.json()["error"]
