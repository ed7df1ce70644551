"""One login on one Odoo database."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from tenacity import (
    Retrying,
    retry_if_exception_type,
    retry_if_not_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from agent.domain.outages import Reach
from agent.errors import ErpUnavailable
from agent.ports.clock import Clock, utc_now
from integrations.odoo import failures
from integrations.odoo.address import parse_address
from integrations.odoo.breaker import Away, CircuitBreaker
from integrations.odoo.json_2 import web_client
from integrations.odoo.login import Account, log_in
from integrations.odoo.transport import Fault, NoAnswer, Transport
from integrations.odoo.versions import Dialect, dialect_of

Call = Callable[[Transport, str, str, Mapping[str, Any]], Any]


class OdooConnection:
    """Calls public methods of models; logs in at the first call. Safe to share between threads.

    Every argument is named as Odoo names it: `ids` (the records a method is called on), `domain`, `fields`, `vals`, `vals_list` …
    `calls` counts the calls sent, retries included, the login not. When nobody answers several times in a row, calls are refused
    at once for a while (ErpUnavailable), saying since when and until when. When Odoo does not accept the login any more,
    `renewed` is asked for the account as it is now; where that differs, the connection logs in anew and goes on.
    """

    def __init__(
        self,
        url: str,
        database: str,
        account: Account,
        timeout_s: float = 30.0,
        clock: Clock = utc_now,
        renewed: Callable[[], Account] | None = None,
    ) -> None:
        """Checks the URL (ErpUnavailable when malformed); nothing is sent yet. `timeout_s` bounds each silence of the server."""
        self.address = parse_address(url)
        self.database = database
        self.login = account.login
        self.calls = 0
        self._account = account
        self._renewed = renewed or (lambda: account)
        self._timeout_s = timeout_s
        self._chosen: tuple[Transport, str] | None = None
        self._breaker = CircuitBreaker(f"Odoo at {self.address}", clock)
        self._login_lock = threading.Lock()
        self._count_lock = threading.Lock()

    def __repr__(self) -> str:
        return f"OdooConnection({str(self.address)!r}, {self.database!r}, {self.login!r})"

    @property
    def reach(self) -> Reach:
        return self._breaker.reach

    def ask(self, model: str, method: str, /, **arguments: Any) -> Any:
        """Call a method that changes nothing. Repeated when the network fails, within the timeout.

        Raises ErpUnavailable, ErpRefused or ErpIncomplete.
        """
        patience = Retrying(
            retry=retry_if_exception_type(ErpUnavailable) & retry_if_not_exception_type(Away),
            stop=stop_after_attempt(3) | stop_after_delay(self._timeout_s),
            wait=wait_random_exponential(multiplier=0.2, max=1),
            reraise=True,
        )
        return patience(self._renewing, self._ask_once, model, method, arguments)

    def change(self, model: str, method: str, /, **arguments: Any) -> Any:
        """Call a method that may change something. Sent once, and again only where Odoo turned the login away at its door.

        Raises ErpRefused (nothing changed), ErpUnavailable (not sent) or ErpAnswerLost.
        """
        return self._renewing(self._change_once, model, method, arguments)

    @property
    def version(self) -> str:
        """The server's version, such as `19.0`."""
        return self._transport().version

    @property
    def dialect(self) -> Dialect:
        """Raises ErpIncomplete when the server's version is not supported."""
        return dialect_of(self.version)

    @property
    def user_id(self) -> int:
        return self._transport().user_id

    @property
    def way(self) -> str:
        """How Odoo is reached and why so: `JSON-2: the server has it and an API key is set`."""
        transport, why = self._logged_in()
        return f"{transport.name}: {why}"

    def server_clock(self) -> datetime | None:
        """The server's time to the second, aware; None when it does not tell."""
        try:
            with web_client(self.address, self._timeout_s) as client:
                date = client.get("/web/health").headers.get("Date")
            return parsedate_to_datetime(date) if date else None
        except (httpx.HTTPError, ValueError):
            return None

    def _renewing(self, call: Call, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """Once more with the account as it is now, when this one is not accepted any more."""
        transport = self._transport()
        try:
            return call(transport, model, method, arguments)
        except failures.LoginRefused:
            if not self._renew(transport):
                raise
        return call(self._transport(), model, method, arguments)

    def _ask_once(self, transport: Transport, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        with self._breaker.guarding():
            try:
                return self._sent(transport, model, method, arguments)
            except Fault as fault:
                raise failures.answered(fault, model=model, database=self.database, login=self.login) from None
            except NoAnswer as failure:
                raise failures.unreachable(self.address, failure) from None

    def _change_once(self, transport: Transport, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        with self._breaker.guarding():
            try:
                return self._sent(transport, model, method, arguments)
            except Fault as fault:
                raise failures.answered_write(fault, model=model, database=self.database, login=self.login) from None
            except NoAnswer as failure:
                raise failures.undecided(self.address, failure) from None

    def _sent(self, transport: Transport, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """With the login's own language: names come as its people know them."""
        with self._count_lock:
            self.calls += 1
        context = {"lang": transport.language, **arguments.get("context", {})}
        return transport.call(model, method, {**arguments, "context": context})

    def _transport(self) -> Transport:
        return self._logged_in()[0]

    def _logged_in(self) -> tuple[Transport, str]:
        with self._login_lock:
            if self._chosen is None:
                self._chosen = self._let_in()
            return self._chosen

    def _let_in(self) -> tuple[Transport, str]:
        try:
            with self._breaker.guarding():
                return self._log_in()
        except failures.LoginRefused:
            if not self._account_changed():
                raise
        with self._breaker.guarding():
            return self._log_in()

    def _renew(self, refused: Transport) -> bool:
        """Whether there is another way in than the one that was refused."""
        with self._login_lock:
            if self._chosen is None or self._chosen[0] is not refused:
                return True  # another thread has seen it already
            if not self._account_changed():
                return False
            self._chosen = None
            return True

    def _account_changed(self) -> bool:
        before, self._account = self._account, self._renewed()
        return self._account != before

    def _log_in(self) -> tuple[Transport, str]:
        try:
            return log_in(self.address, self.database, self._account, self._timeout_s)
        except Fault as fault:
            raise failures.login_failed(fault, database=self.database, login=self.login, address=self.address) from None
        except NoAnswer as failure:
            raise failures.unreachable(self.address, failure) from None
