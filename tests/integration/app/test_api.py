"""What the API takes and refuses, on a real database."""

import json
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.chat import PartKind
from agent.domain.decisions import Outcome, Proposal, Role
from app.contract.audit import AuditRow, ChainRow
from app.contract.chat import ReceivedRow
from app.contract.people import PersonRow
from app.contract.proposals import DecisionAnswer, ProposalRow
from integrations.database.conversations import PostgresAnswerDesk
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.ledger import granted
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
    ("GET", "/v1/absences"),
    ("POST", "/v1/absences"),
    ("POST", "/v1/absences/1/end"),
    ("POST", "/v1/absences/1/cancel"),
    ("GET", "/v1/approvals"),
    ("GET", "/v1/policies"),
    ("POST", "/v1/policies"),
    ("GET", "/v1/policies/v1-01234567"),
    ("POST", "/v1/policies/v1-01234567/activation"),
    ("POST", "/v1/chat"),
    ("GET", "/v1/chat/1"),
    ("GET", "/v1/audit"),
    ("GET", "/v1/audit/verify"),
    ("GET", "/v1/audit/proposal:1"),
]


def approval(proposal: Proposal, **other: Any) -> dict[str, Any]:
    return {"verdict": "approve", "sha256": proposal.sha256, "reason": "Agreed.", **other}


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


def test_what_was_approved_by_another_person_is_granted(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal, colleague = database.proposal(), database.person(None, Role.WAREHOUSE_LEAD)
    response = api.post(f"/v1/proposals/{proposal.id}/decisions", json=approval(proposal), headers=signed_in(colleague))
    answer = DecisionAnswer.model_validate(response.json())
    assert (answer.granted, answer.proposal.state) == (True, "granted")
    assert answer.proposal.decisions[0].person == colleague.handle


def test_nobody_approves_what_they_asked_for(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    asker = database.person()
    proposal = database.proposal(asker)
    response = api.post(f"/v1/proposals/{proposal.id}/decisions", json=approval(proposal), headers=signed_in(asker))
    assert response.status_code == 409
    assert "cannot decide" in sentence_of(response)


def test_an_auditor_may_read_and_not_decide(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal, auditor = database.proposal(), database.person(None, Role.AUDITOR)
    assert api.get(f"/v1/proposals/{proposal.id}", headers=signed_in(auditor)).status_code == 200
    response = api.post(f"/v1/proposals/{proposal.id}/decisions", json=approval(proposal), headers=signed_in(auditor))
    assert response.status_code == 403
    assert database.one("admin", "SELECT count(*) FROM expediter.decision") == 0


def test_a_decision_counts_only_for_what_was_shown(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal, colleague = database.proposal(), database.person()
    click = approval(proposal, sha256="0" * 64)
    response = api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=signed_in(colleague))
    assert response.status_code == 409
    assert "not what you were shown" in sentence_of(response)


def test_a_second_click_is_told_that_it_is_decided(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal, colleague = database.proposal(), database.person()
    who = signed_in(colleague)
    api.post(f"/v1/proposals/{proposal.id}/decisions", json=approval(proposal), headers=who)
    response = api.post(f"/v1/proposals/{proposal.id}/decisions", json=approval(proposal), headers=who)
    assert response.status_code == 409
    assert "already" in sentence_of(response)


def test_a_rejection_is_kept_with_its_reason(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal = database.proposal()
    click = approval(proposal, verdict="reject", reason="The customer declined.")
    response = api.post(f"/v1/proposals/{proposal.id}/decisions", json=click, headers=signed_in(database.person()))
    row = DecisionAnswer.model_validate(response.json()).proposal
    assert (row.state, row.decisions[0].reason) == ("rejected", "The customer declined.")


@pytest.mark.parametrize(
    "body", [{}, {"verdict": "perhaps", "sha256": "x"}, {"verdict": "approve", "sha256": "x", "as": "sofia"}, "text", None]
)
def test_a_malformed_decision_is_refused_in_one_sentence(
    api: TestClient, database: TestDatabase, signed_in: As, body: object
) -> None:
    proposal = database.proposal()
    response = api.post(f"/v1/proposals/{proposal.id}/decisions", json=body, headers=signed_in(database.person()))
    assert response.status_code == 422
    assert "cannot be used" in sentence_of(response)


NOTE = {"action": "post_note", "arguments": {"order": "S00042", "text": "Call them."}, "reason": "It is late."}


def test_a_change_asked_for_by_name_waits_for_the_worker_under_the_askers_name(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    maria = database.person()
    response = api.post("/v1/proposals", headers=signed_in(maria), json=NOTE)
    assert response.status_code == 202
    asked = ReceivedRow.model_validate(response.json())
    with database.connection("admin") as connection:
        row = connection.execute("SELECT kind, person_id, text FROM inbound WHERE id = %s", [asked.inbound_id]).fetchone()
    assert row is not None
    assert (row["kind"], row["person_id"], json.loads(row["text"])) == ("propose", maria.id, NOTE)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"action": "launch_rocket"}, "There is no action launch_rocket; these can be proposed: move_promise_date"),
        ({"arguments": {"order": "S00042"}}, "post_note needs its text; `expediter actions post_note` shows its arguments."),
        ({"arguments": {**NOTE["arguments"], "approved": True}}, "post_note cannot use its approved: extra inputs are not"),  # type: ignore[dict-item]
    ],
)
def test_what_is_no_action_or_does_not_fit_it_is_refused_before_anybody_waits(
    wrong: dict[str, Any], words: str, api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    response = api.post("/v1/proposals", headers=signed_in(database.person()), json=NOTE | wrong)
    assert response.status_code == 409
    assert sentence_of(response).startswith(words)


def test_who_may_not_propose_cannot_ask_by_name_either(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    response = api.post("/v1/proposals", headers=signed_in(database.person(None, Role.AUDITOR)), json=NOTE)
    assert response.status_code == 403


def test_only_what_was_done_can_be_undone(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal = database.proposal()
    response = api.post(f"/v1/proposals/{proposal.id}/undo", headers=signed_in(database.person()))
    assert response.status_code == 409
    assert "is pending, not done" in sentence_of(response)


def test_a_dry_run_is_asked_of_the_worker(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    proposal, who = database.proposal(), signed_in(database.person())
    asked = api.post(f"/v1/proposals/{proposal.id}/dry-run", headers=who)
    assert asked.status_code == 202
    job = database.one("admin", "SELECT task_name FROM procrastinate.procrastinate_jobs ORDER BY id DESC LIMIT 1")
    assert job == "try_out"
    assert database.one("admin", "SELECT kind || ' ' || text FROM inbound ORDER BY id DESC LIMIT 1") == f"dry_run {proposal.id}"
    assert api.post("/v1/proposals/999/dry-run", headers=who).status_code == 404


def test_nobody_keeps_another_from_asking_to_undo(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    asker, troublemaker = database.person(), database.person()
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    desk.finish(desk.begin(grant)[0], Outcome.DONE, "", {})
    taken = {"text": "mine now", "conversation_id": f"undo-{asker.handle}-P{grant.proposal_id}"}
    api.post("/v1/chat", json=taken, headers=signed_in(troublemaker))
    assert api.post(f"/v1/proposals/{grant.proposal_id}/undo", headers=signed_in(asker)).status_code == 202


def test_an_answer_is_streamed_to_whoever_asked_and_to_nobody_else(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    asker, other = database.person(), database.person()
    who = signed_in(asker)
    response = api.post("/v1/chat", json={"text": "which orders are late?"}, headers=who)
    assert response.status_code == 202
    received = ReceivedRow.model_validate(response.json())
    desk = PostgresAnswerDesk(database.pool("worker"))
    desk.release(received.inbound_id, PartKind.SENTENCE, {"text": "None is late."})
    desk.release(received.inbound_id, PartKind.FINAL, {"answer": "None is late."})
    streamed = api.get(f"/v1/chat/{received.inbound_id}", headers=who).text
    assert "event: sentence" in streamed
    assert 'data: {"answer": "None is late."}' in streamed
    resumed = api.get(f"/v1/chat/{received.inbound_id}", headers=who | {"Last-Event-ID": "1"}).text
    assert "event: sentence" not in resumed
    refused = api.get(f"/v1/chat/{received.inbound_id}", headers=signed_in(other))
    assert refused.status_code == 403
    assert "Only whoever asked" in sentence_of(refused)


def test_nobody_speaks_in_someone_elses_conversation(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    question = {"text": "what is late?", "conversation_id": "one-conversation"}
    assert api.post("/v1/chat", json=question, headers=signed_in(database.person())).status_code == 202
    response = api.post("/v1/chat", json=question, headers=signed_in(database.person()))
    assert response.status_code == 403
    assert "belongs to someone else" in sentence_of(response)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "late\0orders"])
def test_an_empty_or_endless_question_is_refused(api: TestClient, database: TestDatabase, signed_in: As, text: str) -> None:
    assert api.post("/v1/chat", json={"text": text}, headers=signed_in(database.person())).status_code == 422


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
