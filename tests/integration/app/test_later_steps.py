"""A later step rests on the earlier ones: what no longer counts is said at the click."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Person, Proposal, Role
from integrations.database.absences import PostgresAbsences
from tests.fixtures.ledger import GRANT
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As
from tests.integration.trust.test_races import two_step_content

HOUR = timedelta(hours=1)


def click(api: TestClient, proposal: Proposal, headers: dict[str, str], verdict: str = "approve") -> Any:
    said = {"verdict": verdict, "sha256": proposal.sha256, "reason": "Not like this."}
    return api.post(f"/v1/proposals/{proposal.id}/decisions", json=said, headers=headers)


class Office:
    """Sofia, whose step is the first, is away, and Omar has approved it for her."""

    def __init__(self, api: TestClient, database: TestDatabase, signed_in: As) -> None:
        self.api, self.database, self.signed_in = api, database, signed_in
        self.sofia, self.omar = database.person("sofia", Role.SALES_MANAGER), database.person("omar", Role.BUYER)
        self.absences, now = PostgresAbsences(database.pool("serve")), datetime.now(UTC)
        self.absence = self.absences.note(self.sofia.id, self.omar.id, now, now + HOUR, noted_by=self.sofia.id)
        self.proposal = database.proposal(content=two_step_content())
        assert click(api, self.proposal, signed_in(self.omar)).json()["granted"] is False

    def second_step(self, verdict: str = "approve", who: Person | None = None) -> Any:
        olga = who or self.database.person(None, Role.OPS_MANAGER)
        return click(self.api, self.proposal, self.signed_in(olga), verdict)


@pytest.fixture
def office(api: TestClient, database: TestDatabase, signed_in: As) -> Office:
    return Office(api, database, signed_in)


def test_after_the_absence_was_cancelled_the_next_step_is_refused_at_the_click_and_can_be_rejected(office: Office) -> None:
    office.absences.cancel(office.absence.id, cancelled_by=office.sofia.id, reason="Never away.")
    refused = office.second_step()
    assert refused.status_code == 409
    assert refused.json()["error"] == (
        "omar decided for sofia, but did not stand in for sofia then: the absence was cancelled or had ended. "
        f"{office.proposal.label} cannot be approved any more; reject it and have it proposed again."
    )
    assert office.database.one("admin", "SELECT count(*) FROM decision") == 1
    assert office.second_step("reject").status_code == 200


def test_after_the_absence_ended_the_next_step_is_taken(office: Office) -> None:
    office.absences.end(office.absence.id, ended_by=office.sofia.id)
    assert office.second_step().json()["granted"] is True


def test_after_the_deputy_left_the_next_step_is_refused(office: Office) -> None:
    office.database.one("admin", "UPDATE person SET active = false WHERE id = %s", office.omar.id)
    assert "is no longer an active person" in office.second_step().json()["error"]


def test_serves_own_role_issues_no_grant_on_a_cancelled_absence(office: Office) -> None:
    office.absences.cancel(office.absence.id, cancelled_by=office.sofia.id, reason="Never away.")
    with pytest.raises(psycopg.DatabaseError, match=r"omar approved P[0-9]+ for sofia, but did not stand in"):
        office.database.one("serve", GRANT, office.proposal.id, office.proposal.sha256, 1)
