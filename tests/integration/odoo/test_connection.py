"""What a wrong setting, a broken network or a refusal says, and what it never says."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from agent.domain.records import Record
from agent.errors import ErpAnswerLost, ErpIncomplete, ErpRefused, ErpUnavailable, ExpediterError
from integrations.odoo.connection import OdooConnection
from integrations.odoo.login import Account
from integrations.odoo.reader import OdooReader
from integrations.odoo.writer import OdooWriter
from tests.fixtures.interception import Page, Relay, Silence
from tests.fixtures.odoo import Odoo

SECRET = "correct horse battery staple"
MOMENT = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


Connect = Callable[[str], OdooConnection]


@pytest.fixture(params=["JSON-RPC", "JSON-2"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def connect(odoo: Odoo, way: str) -> Connect:
    """A role's connection, over each way."""
    return lambda role: odoo.connection(role, by_key=way == "JSON-2")


def someone(way: str, login: str = "someone") -> Account:
    return Account(login, key=SECRET) if way == "JSON-2" else Account(login, SECRET)


def ask(url: str, way: str, database: str = "any", login: str = "someone", timeout_s: float = 0.3) -> str:
    """The refusal's sentence."""
    with pytest.raises(ExpediterError) as refusal:
        OdooConnection(url, database, someone(way, login), timeout_s).ask("res.partner", "search", domain=[], limit=1)
    message = str(refusal.value)
    assert SECRET not in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("erp.example.com", "must start with https://"),
        ("ftp://erp.example.com", "must start with https://"),
        ("https://", "must start with https://"),
        ("http://erp.example.com", "send the password in clear"),
        ("https://erp.example.com:port", "malformed"),
        ("https://someone:secret@erp.example.com", "must not carry a login"),
        ("https://erp.example.com/web/login", "leave out /web/login"),
    ],
)
def test_a_url_that_cannot_be_an_odoos_is_refused_before_anything_is_sent(url: str, reason: str) -> None:
    with pytest.raises(ErpUnavailable, match=reason) as refusal:
        OdooConnection(url, "any", Account("someone", SECRET))
    assert "secret@" not in str(refusal.value)


@pytest.mark.parametrize("url", ["http://localhost:8069", "http://127.0.0.1", "http://[::1]:8069", "https://erp.example.com/"])
def test_this_machine_in_clear_and_others_by_tls_are_accepted(url: str) -> None:
    assert str(OdooConnection(url, "any", Account("someone", SECRET)).address) == url.rstrip("/")


def test_nothing_listening_is_told(way: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert "nothing listens there" in ask(url, way)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("404 Not Found", b"<h1>Not here</h1>"),
        ("200 OK", b"<h1>Welcome</h1>"),
        ("200 OK", b"[]"),
        ("200 OK", b'{"hello": "world"}'),
        ("200 OK", b'{"result": {}}'),
    ],
)
def test_a_server_that_is_not_an_odoo_is_told(way: str, status: str, body: bytes) -> None:
    server = Page(status, body)
    with server.running():
        assert "not as an Odoo" in ask(server.url, way)


def test_a_proxy_without_its_odoo_is_told(way: str) -> None:
    server = Page("502 Bad Gateway", b"")
    with server.running():
        assert "502" in ask(server.url, way)


def test_an_odoo_of_another_version_is_told(way: str) -> None:
    answer = {"jsonrpc": "2.0", "id": 1, "result": {"server_version": "12.0"}}
    server = Page("200 OK", json.dumps(answer).encode())
    with server.running():
        assert "Odoo 12.0 is not supported" in ask(server.url, way)


def test_a_silent_server_is_unavailable_for_reads(way: str) -> None:
    server = Silence()
    with server.running(), pytest.raises(ErpUnavailable, match="no answer in time"):
        OdooConnection(server.url, "any", someone(way), timeout_s=0.2).ask("res.partner", "search", domain=[])


def test_a_silent_server_got_no_write_before_the_login(way: str) -> None:
    server = Silence()
    with server.running(), pytest.raises(ErpUnavailable):
        OdooConnection(server.url, "any", someone(way), timeout_s=0.2).change("sale.order", "write", ids=[1], vals={})


def test_a_database_that_does_not_exist_is_named(odoo: Odoo, way: str) -> None:
    assert "There is no database nowhere" in ask(odoo.url, way, database="nowhere", timeout_s=10)


def test_a_wrong_login_or_password_is_told_without_the_password(odoo: Odoo, way: str) -> None:
    assert "does not accept login ops_reader" in ask(odoo.url, way, odoo.database, "ops_reader", timeout_s=10)
    assert "does not accept login nobody" in ask(odoo.url, way, odoo.database, "nobody", timeout_s=10)


def test_a_key_of_somebody_else_is_refused(odoo: Odoo) -> None:
    account = Account("ops_reader", key=odoo.accounts["writer"]["api_key"])
    with pytest.raises(ErpRefused, match="The API key is not ops_reader's"):
        OdooConnection(odoo.url, odoo.database, account).ask("res.partner", "search", domain=[], limit=1)


def test_json_2_is_used_with_a_key_and_json_rpc_without(odoo: Odoo) -> None:
    assert odoo.connection("reader", by_key=True).way == "JSON-2: the server has it and an API key is set"
    assert odoo.connection("reader").way == "JSON-RPC: no API key is set, and JSON-2 needs one"


def test_a_key_goes_over_json_rpc_where_json_2_is_kept_from_us(odoo: Odoo) -> None:
    relay = Relay(urlsplit(odoo.url).port or 0)
    relay.turned_away = b"/json/2/"
    with relay.running():
        connection = OdooConnection(relay.url, odoo.database, odoo.account("reader", by_key=True), timeout_s=10)
        assert connection.ask("res.users", "search", domain=[("id", "=", connection.user_id)]) == [connection.user_id]
    assert connection.way == "JSON-RPC: JSON-2 does not answer (HTTP 403)"


def test_a_missing_model_names_the_module_to_install(odoo: Odoo, connect: Connect) -> None:
    connection = connect("reader")
    with pytest.raises(ErpIncomplete, match=f"Sales is not installed in database {odoo.database}: install `sale_management`"):
        connection.ask("sale.nowhere", "search", domain=[])
    with pytest.raises(ErpIncomplete, match=r"no field colour on sale\.order"):
        connection.ask("sale.order", "search_read", domain=[], fields=["colour"], limit=1)
    with pytest.raises(ErpIncomplete, match=r"no field delivery_status on res\.partner: install `sale_stock`"):
        connection.ask("res.partner", "search", domain=[("delivery_status", "=", "full")])


def test_missing_access_names_the_login_and_the_model(connect: Connect) -> None:
    with pytest.raises(ErpRefused, match=r"ops_reader may not do this with ir\.cron"):
        connect("reader").ask("ir.cron", "search_read", domain=[], fields=["name"])


def test_a_private_method_is_refused_without_the_servers_traceback(connect: Connect) -> None:
    with pytest.raises(ErpRefused) as refusal:
        connect("reader").ask("res.partner", "_search", domain=[])
    assert "may not do this with res.partner" in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_wrong_arguments_are_refused(connect: Connect) -> None:
    with pytest.raises(ErpRefused, match="Odoo refused"):
        connect("reader").ask("res.partner", "search", domain=[], colour="red")


def test_a_reader_that_writes_is_refused(connect: Connect, odoo_situations: dict[str, str]) -> None:
    reader, name = OdooReader(connect("reader")), odoo_situations["healthy"]
    [order] = reader.sale_orders([name])
    writer = OdooWriter(connect("reader"))
    with pytest.raises(ErpRefused):
        writer.set_promise_date(order.record, MOMENT)
    with pytest.raises(ErpRefused):
        writer.post_note(order.record, "Hello", "expediter-p1-000000000000")
    assert reader.sale_orders([name]) == [order]


def test_no_secret_and_no_traceback_of_the_server_reaches_a_log(
    odoo: Odoo, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("odoorpc", "odoorpc.rpc", "odoorpc.rpc.jsonrpclib", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    connection = connect("reader")
    with pytest.raises(ErpRefused):
        connection.ask("res.partner", "_search", domain=[])
    assert "Traceback" not in caplog.text
    connection.ask("res.partner", "search", domain=[], limit=1)
    for secret in ("password", "api_key"):
        assert odoo.accounts["reader"][secret] not in caplog.text + repr(connection) + repr(vars(connection))


def test_threads_share_one_connection(connect: Connect) -> None:
    connection = connect("reader")
    ids = connection.ask("product.product", "search", domain=[], limit=40)
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda each: connection.ask("product.product", "read", ids=[each], fields=["id"])[0]["id"], ids))
    assert rows == ids
    assert connection.calls == 41


@contextmanager
def relayed(odoo: Odoo, way: str, role: str, timeout_s: float = 5) -> Iterator[tuple[Relay, OdooConnection]]:
    """A logged-in connection through a relay."""
    relay = Relay(urlsplit(odoo.url).port or 0)
    with relay.running():
        connection = OdooConnection(relay.url, odoo.database, odoo.account(role, by_key=way == "JSON-2"), timeout_s)
        assert connection.user_id == odoo.accounts[role]["uid"]
        assert connection.way.startswith(way)
        yield relay, connection


def test_a_read_is_repeated_when_the_connection_breaks(odoo: Odoo, way: str) -> None:
    with relayed(odoo, way, "reader") as (relay, connection):
        relay.hang_up = 2
        assert connection.ask("res.users", "search", domain=[("id", "=", connection.user_id)]) == [connection.user_id]
        assert connection.calls == 3


def test_a_read_that_gets_no_answer_is_unavailable(odoo: Odoo, way: str) -> None:
    with relayed(odoo, way, "reader", timeout_s=5) as (relay, connection):
        relay.lose_answers = True
        with pytest.raises(ErpUnavailable):
            connection.ask("res.users", "search", domain=[])


def test_a_write_whose_answer_is_lost_says_so_and_may_have_taken_effect(
    odoo: Odoo, way: str, odoo_situations: dict[str, str]
) -> None:
    reader = OdooReader(odoo.connection("reader"))
    [order] = reader.sale_orders([odoo_situations["healthy_two"]])
    with relayed(odoo, way, "writer", timeout_s=5) as (relay, connection):
        relay.lose_answers = True
        with pytest.raises(ErpAnswerLost, match="look whether it took effect"):
            OdooWriter(connection).set_promise_date(order.record, MOMENT)
        assert connection.calls == 1, "a write is never repeated"
    assert reader.sale_orders([order.name])[0].promise_date == MOMENT
    assert order.promise_date is not None
    OdooWriter(odoo.connection("writer")).set_promise_date(order.record, order.promise_date)


def test_a_write_on_a_connection_that_breaks_is_lost_not_repeated(odoo: Odoo, way: str) -> None:
    with relayed(odoo, way, "writer") as (relay, connection):
        relay.hang_up = 1
        with pytest.raises(ErpAnswerLost):
            OdooWriter(connection).clear_promise_date(Record("sale.order", 2_000_000_000, "S-none"))
        assert connection.calls == 1


def test_a_write_that_nobody_listens_to_was_not_sent(odoo: Odoo, way: str) -> None:
    with relayed(odoo, way, "writer") as (_, connection):
        pass
    with pytest.raises(ErpUnavailable, match="nothing listens there"):
        OdooWriter(connection).clear_promise_date(Record("sale.order", 2_000_000_000, "S-none"))
