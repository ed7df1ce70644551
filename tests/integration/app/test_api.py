"""What the API takes and refuses, on a real database."""

from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Role
from app.contract.audit import AuditRow, ChainRow
from app.contract.people import PersonRow
from app.contract.proposals import ProposalRow
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

GUARDED = [
    ("GET", "/v1/me"),
    ("GET", "/v1/me/authenticator"),
    ("POST", "/v1/me/authenticator"),
    ("POST", "/v1/me/authenticator/confirmation"),
    ("POST", "/v1/me/authenticator/removal"),
    ("GET", "/v1/risk"),
    ("GET", "/v1/risk/S00042"),
    ("GET", "/v1/brief"),
    ("GET", "/v1/scorecard"),
    ("GET", "/v1/findings"),
    ("GET", "/v1/findings/1"),
    ("POST", "/v1/findings/1/events"),
    ("POST", "/v1/shipments/reports"),
    ("GET", "/v1/proposals"),
    ("POST", "/v1/proposals"),
    ("GET", "/v1/proposals/1"),
    ("POST", "/v1/proposals/1/decisions"),
    ("POST", "/v1/proposals/1/undo"),
    ("POST", "/v1/proposals/1/dry-run"),
    ("POST", "/v1/proposals/1/edits"),
    ("POST", "/v1/proposals/1/withdrawal"),
    ("POST", "/v1/proposals/1/comments"),
    ("POST", "/v1/groups"),
    ("GET", "/v1/groups/1"),
    ("POST", "/v1/groups/1/decisions"),
    ("GET", "/v1/executions/limits"),
    ("POST", "/v1/executions/limits"),
    ("POST", "/v1/executions/1/resolution"),
    ("GET", "/v1/jobs"),
    ("POST", "/v1/jobs/1/replay"),
    ("GET", "/v1/absences"),
    ("POST", "/v1/absences"),
    ("POST", "/v1/absences/1/end"),
    ("POST", "/v1/absences/1/cancel"),
    ("GET", "/v1/approvals"),
    ("GET", "/v1/policies"),
    ("POST", "/v1/policies"),
    ("GET", "/v1/policies/v1-01234567"),
    ("POST", "/v1/policies/v1-01234567/activation"),
    ("GET", "/v1/mails"),
    ("GET", "/v1/mails/1"),
    ("GET", "/v1/mails/1/draft"),
    ("POST", "/v1/mails/1/corrections"),
    ("POST", "/v1/mails/1/events"),
    ("POST", "/v1/mails/1/following"),
    ("POST", "/v1/mails/1/customer-updates"),
    ("POST", "/v1/mails/1/reply"),
    ("GET", "/v1/mails/scorecard"),
    ("POST", "/v1/mails/filing"),
    ("POST", "/v1/chat"),
    ("GET", "/v1/chat/1"),
    ("GET", "/v1/audit"),
    ("GET", "/v1/audit/verify"),
    ("GET", "/v1/audit/proposal:1"),
]


def sentence_of(response: Any) -> str:
    body = response.json()
    assert set(body) <= {"error", "kind"}
    assert "Traceback" not in response.text
    return str(body["error"])


def test_every_route_but_the_public_ones_is_guarded(api: TestClient) -> None:
    described = {
        (method.upper(), path) for path, methods in api.get("/openapi.json").json()["paths"].items() for method in methods
    }
    assert len(described) == len(GUARDED) + 2  # /healthz and /readyz


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_token_nothing_is_told(api: TestClient, method: str, path: str) -> None:
    response = api.request(method, path, json={} if method == "POST" else None)
    assert response.status_code == 401
    assert "Authorization: Bearer" in sentence_of(response)


def test_an_unknown_token_is_refused(api: TestClient) -> None:
    response = api.get("/v1/me", headers={"Authorization": "Bearer exp_made-up"})
    assert response.status_code == 401
    assert "unknown, expired or revoked" in sentence_of(response)


def test_a_token_says_who_its_person_is(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    maria = database.person("maria", Role.OPS_AGENT)
    row = PersonRow.model_validate(api.get("/v1/me", headers=signed_in(maria)).json())
    assert (row.handle, row.roles) == ("maria", (Role.OPS_AGENT,))


def test_health_and_readiness_need_no_token(api: TestClient) -> None:
    assert api.get("/healthz").json() == {"status": "ok"}
    assert api.get("/readyz").json() == {"status": "ok"}


def test_readiness_fails_with_the_reason_when_the_schema_is_another(api: TestClient, database: TestDatabase) -> None:
    with database.connection("admin") as connection:
        connection.execute("INSERT INTO expediter.schema_version (version, name) VALUES (9999, 'from the future')")
    response = api.get("/readyz")
    assert response.status_code == 503
    assert "update the program" in sentence_of(response)


def test_an_oversized_body_is_refused_before_it_is_read(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    response = api.post("/v1/chat", json={"text": "x" * 100_000}, headers=signed_in(database.person()))
    assert response.status_code == 413


def test_the_audit_log_is_for_those_who_may_read_it(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal = database.proposal()
    assert api.get("/v1/audit", headers=signed_in(database.person())).status_code == 403
    who = signed_in(database.person(None, Role.AUDITOR))
    entries = [AuditRow.model_validate(row) for row in api.get("/v1/audit", headers=who).json()]
    assert {entry.kind for entry in entries} >= {"inbound.received", "proposal.created"}
    assert ChainRow.model_validate(api.get("/v1/audit/verify", headers=who).json()).intact
    story = [AuditRow.model_validate(row) for row in api.get(f"/v1/audit/proposal:{proposal.id}", headers=who).json()]
    assert [entry.kind for entry in story] == ["inbound.received", "proposal.created"]


@pytest.mark.parametrize("subject", ["proposal:999", "nonsense", "proposal:99999999999999999999"])
def test_an_unknown_subject_of_the_audit_log_is_missing(
    api: TestClient, database: TestDatabase, signed_in: As, subject: str
) -> None:
    response = api.get(f"/v1/audit/{subject}", headers=signed_in(database.person(None, Role.AUDITOR)))
    assert response.status_code == 404
    assert sentence_of(response)


def test_proposals_are_listed_newest_first_and_by_state(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    first, second = database.proposal(), database.proposal()
    who = signed_in(database.person())
    rows = [ProposalRow.model_validate(row) for row in api.get("/v1/proposals", headers=who).json()]
    assert [row.id for row in rows] == [second.id, first.id]
    assert api.get("/v1/proposals", params={"state": "done"}, headers=who).json() == []
    assert api.get("/v1/proposals", params={"state": "nonsense"}, headers=who).status_code == 422


@pytest.mark.parametrize("path", ["/v1/proposals/999", "/v1/chat/999", "/v1/risk/S99999", "/nowhere"])
def test_what_does_not_exist_is_missing_in_one_sentence(
    api: TestClient, database: TestDatabase, signed_in: As, path: str
) -> None:
    response = api.get(path, headers=signed_in(database.person()))
    assert response.status_code == 404
    assert sentence_of(response)


def test_before_the_first_scan_the_board_is_empty_and_says_so(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    board = api.get("/v1/risk", headers=signed_in(database.person())).json()
    assert (board["as_of"], board["open_orders"], board["orders"]) == (None, 0, [])


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_load_nothing_from_elsewhere_and_may_not_be_framed(api: TestClient, path: str) -> None:
    page = api.get(path)
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_is_a_sentence_and_not_a_traceback(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    with database.connection("admin") as connection:
        connection.execute("ALTER TABLE expediter.proposal RENAME TO gone")
    response = api.get("/v1/proposals", headers=who)
    assert response.status_code == 500
    assert "look whether it took effect" in sentence_of(response)
    assert response.headers["x-content-type-options"] == "nosniff"


def test_without_its_database_the_api_says_so(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    who = signed_in(database.person())
    with psycopg.connect(database.server.url("admin", "postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'expediter_serve'")
        response = api.get("/v1/me", headers=who)
        connection.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true")
    assert response.status_code == 503
    assert "PostgreSQL" in sentence_of(response)
