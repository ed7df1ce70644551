"""An Odoo that does not answer is left alone for a while and tried again, over real sockets."""

import socket
from datetime import UTC, datetime, timedelta

import pytest

from agent.errors import ErpAnswerLost, ErpRefused, ErpUnavailable
from integrations.odoo.breaker import FAILURES, PAUSE, Away, CircuitBreaker
from integrations.odoo.connection import OdooConnection
from integrations.odoo.login import Account
from tests.fixtures.interception import Relay, Silence
from tests.fixtures.odoo import Odoo

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Hand:
    """A clock whose hand is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


def somewhere(url: str, clock: Hand, patience_s: float = 0.2) -> OdooConnection:
    return OdooConnection(url, "any", Account("someone", "secret"), patience_s, clock)


def asked(connection: OdooConnection) -> None:
    connection.ask("res.users", "search", domain=[("id", "=", 1)])


def test_a_server_that_refuses_is_left_alone_and_the_sentence_says_since_and_until_when() -> None:
    clock = Hand()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        connection = somewhere(url, clock, patience_s=30)  # three tries have to fit in, however busy the machine is
        assert connection.reach.away_since is None
        with pytest.raises(ErpUnavailable, match="nothing listens there"):
            asked(connection)
        assert connection.reach.away_since == clock()
        clock.forward(timedelta(seconds=5))
        with pytest.raises(Away) as refusal:
            asked(connection)
    since_and_until = "has not answered since 2026-03-04 12:00:00 UTC; it is tried again at 2026-03-04 12:00:15 UTC."
    assert str(refusal.value) == f"Odoo at {url} {since_and_until}"


def test_a_server_that_hangs_is_not_waited_for_again() -> None:
    server, clock = Silence(), Hand()
    with server.running():
        connection = somewhere(server.url, clock)
        for _ in range(FAILURES):
            with pytest.raises(ErpUnavailable, match="no answer in time"):
                asked(connection)
        reached = server.reached
        with pytest.raises(Away):
            asked(connection)
        with pytest.raises(Away):
            connection.change("sale.order", "write", ids=[1], vals={})
        assert server.reached == reached


def test_after_the_pause_one_call_tries_and_the_rest_still_wait() -> None:
    server, clock = Silence(), Hand()
    with server.running():
        connection = somewhere(server.url, clock)
        for _ in range(FAILURES):
            with pytest.raises(ErpUnavailable):
                asked(connection)
        clock.forward(PAUSE)
        reached = server.reached
        with pytest.raises(ErpUnavailable, match="no answer in time"):
            asked(connection)
        assert server.reached == reached + 1
        with pytest.raises(Away, match="since 2026-03-04 12:00:00 UTC; it is tried again at 2026-03-04 12:00:30 UTC"):
            asked(connection)


@pytest.mark.parametrize("by_key", [False, True], ids=["JSON-RPC", "JSON-2"])
def test_a_server_that_is_back_is_used_at_once(odoo: Odoo, by_key: bool) -> None:
    relay, clock = Relay(int(odoo.url.rpartition(":")[2])), Hand()
    with relay.running():
        connection = OdooConnection(relay.url, odoo.database, odoo.account("reader", by_key=by_key), 10, clock)
        asked(connection)
        relay.hang_up = FAILURES
        with pytest.raises(ErpUnavailable, match="cannot be reached"):
            asked(connection)
        with pytest.raises(Away):
            asked(connection)
        clock.forward(PAUSE)
        for _ in range(FAILURES + 1):
            asked(connection)
        assert connection.reach.away_since is None


def test_lost_writes_count_and_refusals_are_answers(odoo: Odoo) -> None:
    relay, clock = Relay(int(odoo.url.rpartition(":")[2])), Hand()
    with relay.running():
        connection = OdooConnection(relay.url, odoo.database, odoo.account("reader"), 10, clock)
        asked(connection)
        for _ in range(FAILURES):
            relay.hang_up = FAILURES - 1
            for _ in range(FAILURES - 1):
                with pytest.raises(ErpAnswerLost):
                    connection.change("sale.order", "write", ids=[1], vals={})
            with pytest.raises(ErpRefused):
                connection.ask("ir.cron", "search", domain=[])
        relay.hang_up = FAILURES
        for _ in range(FAILURES):
            with pytest.raises(ErpAnswerLost):
                connection.change("sale.order", "write", ids=[1], vals={})
        with pytest.raises(Away):
            connection.change("sale.order", "write", ids=[1], vals={})


def test_of_many_that_come_after_the_pause_one_is_let_through() -> None:
    clock = Hand()
    breaker = CircuitBreaker("It", clock)
    for _ in range(FAILURES):
        with pytest.raises(ErpUnavailable), breaker.guarding():
            raise ErpUnavailable("gone")
    clock.forward(PAUSE)
    with breaker.guarding(), pytest.raises(Away), breaker.guarding():
        pytest.fail("a second call was let through beside the first")
    with breaker.guarding():
        pass


def test_a_clock_that_is_set_back_does_not_prolong_the_pause() -> None:
    clock = Hand()
    breaker = CircuitBreaker("It", clock)
    for _ in range(FAILURES):
        with pytest.raises(ErpUnavailable), breaker.guarding():
            raise ErpUnavailable("gone")
    clock.forward(timedelta(hours=-1))
    with breaker.guarding():
        pass
