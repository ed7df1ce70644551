"""Each process logs in as its own role, or not at all."""

from contextlib import ExitStack

import pytest

from agent.errors import DatabaseUnavailable, SettingMissing
from app.wiring.store import open_store
from integrations.database.embedded import Role
from integrations.database.pool import open_pool
from tests.fixtures.postgres import TestDatabase


@pytest.mark.parametrize(("login", "role"), [("admin", "executor"), ("worker", "serve"), ("serve", "worker")])
def test_a_process_refuses_an_address_that_logs_in_as_another_role(database: TestDatabase, login: Role, role: Role) -> None:
    with (
        ExitStack() as stack,
        pytest.raises(SettingMissing, match=f"logs in as expediter_{login}; it has to be expediter_{role}"),
    ):
        open_store(database.url(login), role, stack, 1)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://a:b@127.0.0.1:1/none", "PostgreSQL cannot be reached: .*port 1 failed: Connection refused; check"),
        ("postgresql://a:b@127.0.0.1:99999999/none", "invalid port number"),
    ],
)
def test_a_server_that_is_not_there_is_named(address: str, words: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=words):
        open_pool(address)


def test_a_login_that_is_refused_is_told_apart_from_a_server_that_is_away(database: TestDatabase) -> None:
    with pytest.raises(DatabaseUnavailable, match='PostgreSQL refuses the connection: database "nowhere" does not exist; check'):
        open_pool(database.server.url("worker", "nowhere"))
