"""What a person with a valid token, or somebody without one, can do to the API over real HTTP."""

from contextlib import ExitStack

import httpx
import pytest

from agent.domain.chat import PartKind
from integrations.database.conversations import PostgresAnswerDesk
from tests.fixtures.postgres import TestDatabase
from tests.integration.app.conftest import As


def test_who_follows_many_answers_keeps_nobody_from_deciding(database: TestDatabase, signed_in: As, address: str) -> None:
    troublemaker = signed_in(database.person())
    with httpx.Client(base_url=address, timeout=10, limits=httpx.Limits(max_connections=100)) as client, ExitStack() as open_:
        asked = client.post("/v1/chat", json={"text": "what is late?"}, headers=troublemaker).json()["inbound_id"]
        statuses = [
            open_.enter_context(client.stream("GET", f"/v1/chat/{asked}", headers=troublemaker)).status_code for _ in range(60)
        ]
        assert client.get("/v1/me", headers=signed_in(database.person())).status_code == 200
    assert statuses.count(200) < 10
    assert set(statuses) == {200, 429}


def test_a_seat_is_free_again_when_the_answer_was_read(database: TestDatabase, signed_in: As, address: str) -> None:
    who = signed_in(database.person())
    with httpx.Client(base_url=address, timeout=10, headers=who) as client:
        asked = client.post("/v1/chat", json={"text": "what is late?"}).json()["inbound_id"]
        PostgresAnswerDesk(database.pool("worker")).release(asked, PartKind.FINAL, {"answer": "Nothing."})
        assert [client.get(f"/v1/chat/{asked}").status_code for _ in range(10)] == [200] * 10


@pytest.mark.parametrize(
    "body", [b"[" * 60_000, b'{"text": 1' + b"0" * 6_000 + b"}", b"\xff\xfe", b'{"text": "\\ud800"}', b"null"]
)
def test_no_body_makes_the_api_stumble(database: TestDatabase, signed_in: As, address: str, body: bytes) -> None:
    headers = {**signed_in(database.person()), "Content-Type": "application/json"}
    response = httpx.post(f"{address}/v1/chat", content=body, headers=headers)
    assert response.status_code in {400, 422}
    assert set(response.json()) <= {"error", "kind"}


def test_a_body_of_unknown_length_is_not_read_to_its_end(database: TestDatabase, signed_in: As, address: str) -> None:
    endless = (b"x" * 1024 for _ in range(300))
    assert httpx.post(f"{address}/v1/chat", content=endless, headers=signed_in(database.person())).status_code == 413


def test_a_token_counts_in_its_header_only(database: TestDatabase, address: str) -> None:
    token = database.token(database.person())
    for asked in (f"?access_token={token}", f"?token={token}"):
        assert httpx.get(f"{address}/v1/me{asked}", cookies={"token": token}).status_code == 401
