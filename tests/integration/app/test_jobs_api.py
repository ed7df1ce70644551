"""Given-up jobs over the API."""

from datetime import datetime

from fastapi.testclient import TestClient

from agent.domain.decisions import Role
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As
from tests.integration.database.test_replays import given_up


def question(database: TestDatabase) -> int:
    """The number of a job that was to answer one."""
    return given_up(database, "answer_chat", inbound_id=database.inbound(database.person()))


def test_who_reads_sees_them_and_an_ops_manager_has_one_run_again(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    first, second = question(database), given_up(database, "rescan", name="S00042")
    walter, omar = signed_in(database.person("walter", Role.WAREHOUSE_LEAD)), signed_in(database.person("omar", Role.OPS_MANAGER))
    rows = api.get("/v1/jobs", headers=walter).json()
    assert [row["label"] for row in rows] == [f"J{second}", f"J{first}"]
    assert (rows[0]["no_need"], rows[1]["no_need"]) == ("The next scan looks at it anyway.", None)
    refused = api.post(f"/v1/jobs/{first}/replay", headers=walter)
    assert (refused.status_code, refused.json()["error"]) == (
        403, "walter may not replay jobs; these roles may: ops_manager, admin."
    )  # fmt: skip
    row = api.post(f"/v1/jobs/{first}/replay", headers=omar).json()
    assert (row["replayed_by"], row["became"]) == ("omar", "waiting")
    assert datetime.fromisoformat(row["replayed_at"]).tzinfo is not None
    assert api.get("/v1/jobs?limit=2", headers=walter).json()[1] == row


def test_what_cannot_be_run_again_is_refused_with_the_reason(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    omar = signed_in(database.person("omar", Role.OPS_MANAGER))
    hint, done = given_up(database, "execute_granted", "executor", grant_id=1), question(database)
    needless = api.post(f"/v1/jobs/{hint}/replay", headers=omar)
    assert (needless.status_code, "ten seconds anyway" in needless.json()["error"]) == (409, True)
    assert api.post(f"/v1/jobs/{done}/replay", headers=omar).status_code == 200
    again = api.post(f"/v1/jobs/{done}/replay", headers=omar)
    assert (again.status_code, "put back already, by omar" in again.json()["error"]) == (409, True)
    assert api.post("/v1/jobs/99/replay", headers=omar).status_code == 404
    assert api.post("/v1/jobs/0/replay", headers=omar).status_code == 422
    assert api.get("/v1/jobs?limit=0", headers=omar).status_code == 422
    assert database.one("admin", "SELECT count(*) FROM job_replay") == 1
