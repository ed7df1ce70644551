"""Decisions over the API: who may, on what was shown, once, and with a reason."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Proposal, Role
from app.contract.proposals import DecisionAnswer
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As


def approval(proposal: Proposal, **other: Any) -> dict[str, Any]:
    return {"verdict": "approve", "sha256": proposal.sha256, "reason": "Agreed.", **other}


def sentence_of(response: Any) -> str:
    body = response.json()
    assert set(body) <= {"error", "kind"}
    assert "Traceback" not in response.text
    return str(body["error"])


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
