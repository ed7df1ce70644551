"""One login on one Odoo database, over JSON-RPC."""

import logging
import threading
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import OpenerDirector, ProxyHandler, build_opener

import odoorpc
from odoorpc.error import RPCError
from odoorpc.rpc import jsonrpclib
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random_exponential

from agent.errors import ErpUnavailable
from integrations.odoo import failures
from integrations.odoo.address import parse_address
from integrations.odoo.versions import Dialect, dialect_of


class _Nothing(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return False


# At DEBUG odoorpc logs the arguments of every call, the password among them; a filter also survives later logging set-ups.
jsonrpclib.logger.addFilter(_Nothing())

#: Network trouble and answers that are not JSON. URLError is an OSError, but is named for the reader.
_NO_ANSWER = (URLError, OSError, HTTPException, *failures.NOT_ODOO)


class OdooConnection:
    """Calls public methods of models with `execute_kw`; logs in at the first call. Safe to share between threads.

    `calls` counts the calls sent, retries included.
    """

    def __init__(self, url: str, database: str, login: str, password: str, timeout_s: float = 30.0) -> None:
        """Checks the URL (ErpUnavailable when malformed); nothing is sent yet. `timeout_s` bounds each silence of the server."""
        self.address = parse_address(url)
        self.database = database
        self.login = login
        self.calls = 0
        self._password = password
        self._timeout_s = timeout_s
        self._client: odoorpc.ODOO | None = None
        self._login_lock = threading.Lock()
        self._count_lock = threading.Lock()

    def __repr__(self) -> str:
        return f"OdooConnection({str(self.address)!r}, {self.database!r}, {self.login!r})"

    def ask(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method that changes nothing. Repeated when the network fails, within the timeout.

        Raises ErpUnavailable, ErpRefused or ErpIncomplete.
        """
        patience = Retrying(
            retry=retry_if_exception_type(ErpUnavailable),
            stop=stop_after_attempt(3) | stop_after_delay(self._timeout_s),
            wait=wait_random_exponential(multiplier=0.2, max=1),
            reraise=True,
        )
        return patience(self._ask_once, model, method, args, kwargs)

    def change(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method that may change something. Sent once, never repeated.

        Raises ErpRefused (nothing changed), ErpUnavailable (not sent) or ErpAnswerLost.
        """
        client = self._logged_in()
        self._count()
        try:
            return client.execute_kw(model, method, list(args), self._named(client, kwargs))
        except RPCError as error:
            raise failures.answered_write(error, model=model, database=self.database, login=self.login) from None
        except _NO_ANSWER as error:
            raise failures.undecided(self.address, _closed(error)) from None

    @property
    def version(self) -> str:
        """The server's version, such as `19.0`."""
        return str(self._logged_in().version)

    @property
    def dialect(self) -> Dialect:
        """Raises ErpIncomplete when the server's version is not supported."""
        return dialect_of(self.version)

    @property
    def user_id(self) -> int:
        return int(self._logged_in().env.uid)

    def server_clock(self) -> datetime | None:
        """The server's time to the second, aware; None when it does not tell."""
        try:
            with self._logged_in().http("web/health") as response:
                date = response.headers.get("Date")
            return parsedate_to_datetime(date) if date else None
        except _NO_ANSWER as error:
            _closed(error)
            return None

    def _ask_once(self, model: str, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        client = self._logged_in()
        self._count()
        try:
            return client.execute_kw(model, method, list(args), self._named(client, kwargs))
        except RPCError as error:
            raise failures.answered(error, model=model, database=self.database, login=self.login) from None
        except _NO_ANSWER as error:
            raise failures.unreachable(self.address, _closed(error)) from None

    def _named(self, client: odoorpc.ODOO, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments with the login's own language: names come as its people know them."""
        language = client.env.context.get("lang") or "en_US"
        return {**kwargs, "context": {"lang": language, **kwargs.get("context", {})}}

    def _logged_in(self) -> odoorpc.ODOO:
        with self._login_lock:
            if self._client is None:
                self._client = self._log_in()
            return self._client

    def _log_in(self) -> odoorpc.ODOO:
        try:
            client = odoorpc.ODOO(
                self.address.host_in_url, self.address.protocol, self.address.port, timeout=self._timeout_s, opener=self._opener()
            )
            dialect_of(_told(client.version))
            client.login(self.database, self.login, self._password)
        except RPCError as error:
            raise failures.login_failed(error, database=self.database, login=self.login, address=self.address) from None
        except _NO_ANSWER as error:
            raise failures.unreachable(self.address, _closed(error)) from None
        return client

    def _opener(self) -> OpenerDirector:
        """No cookies: they would be shared state between threads. No proxy on the way to this machine."""
        return build_opener(ProxyHandler({})) if self.address.loopback else build_opener()

    def _count(self) -> None:
        with self._count_lock:
            self.calls += 1


def _told(version: str | None) -> str:
    """odoorpc leaves the version empty when the answer names none, which no Odoo does."""
    if version is None:
        raise ValueError("the answer names no version")
    return version


def _closed(error: Exception) -> Exception:
    """The same error, without the open answer that an HTTPError carries."""
    if isinstance(error, HTTPError):
        error.close()
    return error
