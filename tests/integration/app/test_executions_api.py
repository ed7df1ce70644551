"""Holding executions and resolving them over the API."""

import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Outcome, Role
from integrations.database.execution_desk import PostgresExecutionDesk
from tests.fixtures.ledger import granted
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As

STOP = {"action": "post_note", "per_hour": 0, "reason": "Odoo is being upgraded."}


def test_a_stop_is_shown_to_everybody_and_taken_away_by_an_ops_manager(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    walter = signed_in(database.person("walter", Role.WAREHOUSE_LEAD))
    [row] = api.post("/v1/executions/limits", json=STOP, headers=walter).json()
    assert {key: row[key] for key in ("action", "per_hour", "by", "reason")} == STOP | {"by": "walter"}
    assert api.get("/v1/executions/limits", headers=signed_in(database.person())).json() == [row]
    refused = api.post("/v1/executions/limits", json=STOP | {"per_hour": None}, headers=walter)
    assert (refused.status_code, "ops_manager, admin" in refused.json()["error"]) == (403, True)
    omar = signed_in(database.person("omar", Role.OPS_MANAGER))
    assert api.post("/v1/executions/limits", json=STOP | {"per_hour": None}, headers=omar).json() == []


def test_who_only_reads_stops_nothing(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    answer = api.post("/v1/executions/limits", json=STOP, headers=signed_in(database.person("ada", Role.AUDITOR)))
    assert answer.status_code == 403
    assert api.post("/v1/executions/limits", json=STOP).status_code == 401


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"action": "launch_rocket"}, 404),
        ({"action": "DROP TABLE"}, 422),
        ({"per_hour": -1}, 422),
        ({"per_hour": 1.5}, 422),
        ({"reason": "  "}, 422),
        ({"reason": "x" * 2001}, 422),
        ({"reason": "a\u0000b"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_cannot_be_meant_is_refused(
    api: TestClient, database: TestDatabase, signed_in: As, wanted: dict[str, object], status: int
) -> None:
    answer = api.post("/v1/executions/limits", json=STOP | wanted, headers=signed_in(database.person("omar", Role.OPS_MANAGER)))
    assert answer.status_code == status
    assert answer.json()["error"]


def test_what_somebody_saw_ends_the_uncertainty_once(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    grant = granted(database)
    desk = PostgresExecutionDesk(database.pool("executor"))
    desk.finish(desk.begin(grant)[0], Outcome.UNCERTAIN, "A person has to look.", {})
    walter = signed_in(database.person("walter", Role.WAREHOUSE_LEAD))
    path, seen = f"/v1/executions/{grant.proposal_id}/resolution", {"took_effect": True, "reason": "The note is there."}
    row = api.post(path, json=seen, headers=walter).json()
    assert (row["state"], row["outcome_detail"]) == (
        "done",
        "A person has to look. walter looked and found that it took effect: The note is there.",
    )
    again = api.post(path, json=seen, headers=walter)
    assert (again.status_code, "resolved before" in again.json()["error"]) == (409, True)
    assert api.post("/v1/executions/999/resolution", json=seen, headers=walter).status_code == 404
    auditor = signed_in(database.person("ada", Role.AUDITOR))
    assert api.post(path, json=seen, headers=auditor).status_code == 403
