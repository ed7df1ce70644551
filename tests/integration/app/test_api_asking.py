"""What is asked over the API waits for the worker, and its answer is told to whoever asked."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.chat import PartKind
from agent.domain.decisions import Outcome, Role
from app.contract.chat import ReceivedRow
from integrations.database.conversations import PostgresAnswerDesk
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

NOTE = {"action": "post_note", "arguments": {"order": "S00042", "text": "Call them."}, "reason": "It is late."}


def sentence_of(response: Any) -> str:
    body = response.json()
    assert set(body) <= {"error", "kind"}
    assert "Traceback" not in response.text
    return str(body["error"])


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
