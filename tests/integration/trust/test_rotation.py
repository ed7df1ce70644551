"""Every credential can be changed while the processes run, and nobody notices."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from agent.errors import ErpRefused, ModelUnavailable
from integrations.database.people import PersonAdmin
from integrations.database.pool import open_pool, transaction
from integrations.llm.chat_model import chat_model
from integrations.odoo.connection import OdooConnection
from integrations.odoo.login import Account
from tests.fixtures.odoo import Odoo
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scripted_model import serving

ROLE = "expediter_serve"


def test_two_tokens_of_a_person_work_at_once_and_the_older_ones_can_be_closed(api: TestClient, database: TestDatabase) -> None:
    maria = database.person("maria")
    admin = PersonAdmin(database.pool("admin"))
    tokens = [admin.issue_token("maria") for _ in range(3)]

    def let_in() -> list[bool]:
        answers = [api.get("/v1/me", headers={"Authorization": f"Bearer {token}"}) for token in tokens]
        return [answer.status_code == 200 and answer.json()["handle"] == maria.handle for answer in answers]

    assert let_in() == [True, True, True]
    assert admin.revoke_tokens("maria", older=True) == 2
    assert let_in() == [False, False, True]
    assert admin.revoke_tokens("maria", older=True) == 0
    assert admin.revoke_tokens("maria") == 1
    assert let_in() == [False, False, False]


@pytest.fixture
def passfile(database: TestDatabase, tmp_path: Path) -> Iterator[Path]:
    """What libpq reads the role's password from at each connection; the role gets its old password back afterwards."""
    file = tmp_path / "pgpass"
    file.touch(0o600)
    old = database.server.role_passwords[ROLE]
    file.write_text(f"*:*:*:{ROLE}:{old}\n")
    yield file
    set_password(database, old)


def set_password(database: TestDatabase, password: str) -> None:
    database.one("admin", f"ALTER ROLE {ROLE} PASSWORD '{password}'")


def test_a_new_password_of_a_database_role_is_used_by_the_next_connection(database: TestDatabase, passfile: Path) -> None:
    login, _, rest = database.url("serve").partition("@")
    assert database.server.role_passwords[ROLE] in login
    pool = open_pool(f"postgresql://{ROLE}@{rest}&passfile={passfile}", size=2)
    with pool, transaction(pool) as held:
        set_password(database, "quite-another")
        assert held.execute("SELECT 1 AS one").fetchone() == {"one": 1}  # who is connected stays so
        passfile.write_text(f"*:*:*:{ROLE}:quite-another\n")
        with transaction(pool) as other:
            assert other.execute("SELECT current_user AS who").fetchone() == {"who": ROLE}
        database.one(
            "admin",
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE usename = %s AND state = 'idle'",
            ROLE,
        )
        with transaction(pool) as third:
            assert third.execute("SELECT current_user AS who").fetchone() == {"who": ROLE}


def test_a_models_new_key_goes_with_the_next_request() -> None:
    app, shown, keys = FastAPI(), list[str](), iter(["first", "second"])

    @app.post("/v1/chat/completions")
    def refuse(request: Request) -> JSONResponse:
        shown.append(request.headers["authorization"])
        return JSONResponse({"error": {"message": "no"}}, status_code=401)

    with serving(app) as url:
        model = chat_model("any", f"{url}/v1", lambda: next(keys), retries=0)
        for _ in range(2):
            with pytest.raises(ModelUnavailable, match="refuses the key"):
                model.invoke("Hello?")
    assert shown == ["Bearer first", "Bearer second"]


@pytest.fixture
def renamed(odoo: Odoo) -> Iterator[OdooConnection]:
    """The administrator's, who can give others another password; the reader's is given back afterwards."""
    office = odoo.connection("admin")
    yield office
    give(office, odoo, str(odoo.accounts["reader"]["password"]))


def give(office: OdooConnection, odoo: Odoo, password: str) -> None:
    [reader] = office.ask("res.users", "search", domain=[("login", "=", odoo.accounts["reader"]["login"])])
    office.change("res.users", "write", ids=[reader], vals={"password": password})


def count_partners(connection: OdooConnection) -> int:
    return int(connection.ask("res.partner", "search_count", domain=[]))


def test_a_new_password_in_odoo_is_taken_up_without_a_restart(odoo: Odoo, renamed: OdooConnection) -> None:
    account, now = odoo.account("reader"), ["as before"]
    connection = OdooConnection(
        odoo.url, odoo.database, account, renewed=lambda: Account(account.login, now[0]) if now != ["as before"] else account
    )
    seen = count_partners(connection)
    give(renamed, odoo, "quite-another-one")
    with pytest.raises(ErpRefused, match=f"does not accept login {account.login}"):
        count_partners(connection)
    now[0] = "quite-another-one"
    assert count_partners(connection) == seen


def test_what_was_wrong_from_the_start_is_mended_in_the_file(odoo: Odoo) -> None:
    right, files = odoo.account("reader", by_key=True), [Account("ops_reader", key="wrong-key")]
    connection = OdooConnection(odoo.url, odoo.database, files[-1], renewed=lambda: files[-1])
    with pytest.raises(ErpRefused, match="does not accept login"):
        count_partners(connection)
    files.append(right)
    assert count_partners(connection) > 0
    assert connection.way.startswith("JSON-2")


def test_a_write_turned_away_at_the_door_is_sent_with_the_new_password_once(odoo: Odoo, renamed: OdooConnection) -> None:
    account = odoo.account("reader")
    connection = OdooConnection(odoo.url, odoo.database, account, renewed=lambda: Account(account.login, "quite-another-one"))
    count_partners(connection)
    give(renamed, odoo, "quite-another-one")
    calls = connection.calls
    own = connection.user_id
    connection.change("res.users", "write", ids=[own], vals={"signature": "by the reader"})
    assert connection.calls == calls + 2  # one was turned away
    assert "by the reader" in str(connection.ask("res.users", "read", ids=[own], fields=["signature"]))
