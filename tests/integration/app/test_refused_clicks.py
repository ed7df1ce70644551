"""Refused clicks are told to the log."""

from fastapi.testclient import TestClient

from agent.domain.decisions import Role
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As
from tests.integration.app.test_second_factor import approve


def test_refused_clicks_are_in_the_log_and_cannot_flood_it(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    asker = database.person("kai", Role.OPS_AGENT)
    proposal, own = database.proposal(asker), signed_in(asker)
    assert approve(api, proposal, own).json()["kind"] == "own_proposal"
    entry = api.get(f"/v1/audit/proposal:{proposal.id}", headers=signed_in(database.person("ada", Role.AUDITOR))).json()[-1]
    assert (entry["kind"], entry["person"], entry["process"]) == ("decision.refused", "kai", "serve")
    assert entry["payload"]["kind"] == "own_proposal"
    for _ in range(25):
        approve(api, proposal, own)
    assert database.one("admin", "SELECT count(*) FROM audit_entry WHERE kind = 'decision.refused'") == 20
    other = signed_in(database.person("eve", Role.AUDITOR))
    assert approve(api, proposal, other).json()["kind"] == "not_permitted"
    assert database.one("admin", "SELECT count(*) FROM decision_refusal WHERE kind = 'not_permitted'") == 1
