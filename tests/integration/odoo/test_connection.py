"""What a wrong setting, a broken network or a refusal says, and what it never says."""

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from agent.domain.records import Record
from agent.errors import ErpAnswerLost, ErpIncomplete, ErpRefused, ErpUnavailable, ExpediterError
from integrations.odoo.connection import OdooConnection
from integrations.odoo.reader import OdooReader
from integrations.odoo.writer import OdooWriter
from tests.fixtures.interception import Page, Relay, Silence
from tests.fixtures.odoo import Odoo

SECRET = "correct horse battery staple"
MOMENT = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


def ask(url: str, database: str = "any", login: str = "someone", timeout_s: float = 0.3) -> str:
    """The refusal's sentence."""
    with pytest.raises(ExpediterError) as refusal:
        OdooConnection(url, database, login, SECRET, timeout_s).ask("res.partner", "search", [], limit=1)
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
        OdooConnection(url, "any", "someone", SECRET)
    assert "secret@" not in str(refusal.value)


@pytest.mark.parametrize("url", ["http://localhost:8069", "http://127.0.0.1", "http://[::1]:8069", "https://erp.example.com/"])
def test_this_machine_in_clear_and_others_by_tls_are_accepted(url: str) -> None:
    assert str(OdooConnection(url, "any", "someone", SECRET).address) == url.rstrip("/")


def test_nothing_listening_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert "nothing listens there" in ask(url)


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
def test_a_server_that_is_not_an_odoo_is_told(status: str, body: bytes) -> None:
    server = Page(status, body)
    with server.running():
        assert "not as an Odoo" in ask(server.url)


def test_a_proxy_without_its_odoo_is_told() -> None:
    server = Page("502 Bad Gateway", b"")
    with server.running():
        assert "502" in ask(server.url)


def test_an_odoo_of_another_version_is_told() -> None:
    answer = {"jsonrpc": "2.0", "id": 1, "result": {"server_version": "12.0"}}
    server = Page("200 OK", json.dumps(answer).encode())
    with server.running():
        assert "Odoo 12.0 is not supported" in ask(server.url)


def test_a_silent_server_is_unavailable_for_reads() -> None:
    server = Silence()
    with server.running(), pytest.raises(ErpUnavailable, match="no answer in time"):
        OdooConnection(server.url, "any", "someone", SECRET, timeout_s=0.2).ask("res.partner", "search", [])


def test_a_silent_server_got_no_write_before_the_login() -> None:
    server = Silence()
    with server.running(), pytest.raises(ErpUnavailable):
        OdooConnection(server.url, "any", "someone", SECRET, timeout_s=0.2).change("sale.order", "write", [1], {})


def test_a_database_that_does_not_exist_is_named(odoo: Odoo) -> None:
    assert "There is no database nowhere" in ask(odoo.url, database="nowhere", timeout_s=10)


def test_a_wrong_login_or_password_is_told_without_the_password(odoo: Odoo) -> None:
    assert "does not accept login ops_reader" in ask(odoo.url, odoo.database, "ops_reader", timeout_s=10)
    assert "does not accept login nobody" in ask(odoo.url, odoo.database, "nobody", timeout_s=10)


def test_a_missing_model_names_the_module_to_install(odoo: Odoo) -> None:
    connection = odoo.connection("reader")
    with pytest.raises(ErpIncomplete, match=f"Sales is not installed in database {odoo.database}: install `sale_management`"):
        connection.ask("sale.nowhere", "search", [])
    with pytest.raises(ErpIncomplete, match=r"no field colour on sale\.order"):
        connection.ask("sale.order", "search_read", [], ["colour"], limit=1)
    with pytest.raises(ErpIncomplete, match=r"no field delivery_status on res\.partner: install `sale_stock`"):
        connection.ask("res.partner", "search", [("delivery_status", "=", "full")])


def test_missing_access_names_the_login_and_the_model(odoo: Odoo) -> None:
    with pytest.raises(ErpRefused, match=r"ops_reader may not do this with ir\.cron"):
        odoo.connection("reader").ask("ir.cron", "search_read", [], ["name"])


def test_a_reader_that_writes_is_refused(odoo: Odoo, odoo_situations: dict[str, str]) -> None:
    reader, name = OdooReader(odoo.connection("reader")), odoo_situations["healthy"]
    [order] = reader.sale_orders([name])
    writer = OdooWriter(odoo.connection("reader"))
    with pytest.raises(ErpRefused):
        writer.set_promise_date(order.record, MOMENT)
    with pytest.raises(ErpRefused):
        writer.post_note(order.record, "Hello", "expediter-p1-000000000000")
    assert reader.sale_orders([name]) == [order]


def test_the_password_never_reaches_a_log(odoo: Odoo, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("odoorpc", "odoorpc.rpc", "odoorpc.rpc.jsonrpclib"):
        caplog.set_level(logging.DEBUG, logger=name)
    connection = odoo.connection("reader")
    connection.ask("res.partner", "search", [], limit=1)
    assert odoo.accounts["reader"]["password"] not in caplog.text
    assert odoo.accounts["reader"]["password"] not in repr(connection)


def test_threads_share_one_connection(odoo: Odoo) -> None:
    connection = odoo.connection("reader")
    ids = connection.ask("product.product", "search", [], limit=40)
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda each: connection.ask("product.product", "read", [each], ["id"])[0]["id"], ids))
    assert rows == ids
    assert connection.calls == 41


@contextmanager
def relayed(odoo: Odoo, role: str, timeout_s: float = 5) -> Iterator[tuple[Relay, OdooConnection]]:
    """A logged-in connection through a relay."""
    relay = Relay(urlsplit(odoo.url).port or 0)
    account = odoo.accounts[role]
    with relay.running():
        connection = OdooConnection(relay.url, odoo.database, account["login"], account["password"], timeout_s)
        assert connection.user_id == account["uid"]
        yield relay, connection


def test_a_read_is_repeated_when_the_connection_breaks(odoo: Odoo) -> None:
    with relayed(odoo, "reader") as (relay, connection):
        relay.hang_up = 2
        assert connection.ask("res.users", "search", [("id", "=", connection.user_id)]) == [connection.user_id]
        assert connection.calls == 3


def test_a_read_that_gets_no_answer_is_unavailable(odoo: Odoo) -> None:
    with relayed(odoo, "reader", timeout_s=1) as (relay, connection):
        relay.lose_answers = True
        with pytest.raises(ErpUnavailable):
            connection.ask("res.users", "search", [])


def test_a_write_whose_answer_is_lost_says_so_and_may_have_taken_effect(odoo: Odoo, odoo_situations: dict[str, str]) -> None:
    reader = OdooReader(odoo.connection("reader"))
    [order] = reader.sale_orders([odoo_situations["healthy_two"]])
    with relayed(odoo, "writer", timeout_s=2) as (relay, connection):
        relay.lose_answers = True
        with pytest.raises(ErpAnswerLost, match="look whether it took effect"):
            OdooWriter(connection).set_promise_date(order.record, MOMENT)
        assert connection.calls == 1, "a write is never repeated"
    assert reader.sale_orders([order.name])[0].promise_date == MOMENT
    assert order.promise_date is not None
    OdooWriter(odoo.connection("writer")).set_promise_date(order.record, order.promise_date)


def test_a_write_on_a_connection_that_breaks_is_lost_not_repeated(odoo: Odoo) -> None:
    with relayed(odoo, "writer") as (relay, connection):
        relay.hang_up = 1
        with pytest.raises(ErpAnswerLost):
            OdooWriter(connection).clear_promise_date(Record("sale.order", 2_000_000_000, "S-none"))
        assert connection.calls == 1


def test_a_write_that_nobody_listens_to_was_not_sent(odoo: Odoo) -> None:
    with relayed(odoo, "writer") as (_, connection):
        pass
    with pytest.raises(ErpUnavailable, match="nothing listens there"):
        OdooWriter(connection).clear_promise_date(Record("sale.order", 2_000_000_000, "S-none"))
