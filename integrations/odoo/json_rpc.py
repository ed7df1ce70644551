"""JSON-RPC through odoorpc's `execute_kw`: every version of Odoo, deprecated since 19."""

import logging
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import OpenerDirector, ProxyHandler, build_opener

import odoorpc
from odoorpc.error import RPCError
from odoorpc.rpc import jsonrpclib

from integrations.odoo.address import Address
from integrations.odoo.transport import Fault, NoAnswer, reason_of
from integrations.odoo.versions import dialect_of


class _Nothing(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return False


# At DEBUG odoorpc logs the arguments of every call, the password among them; a filter also survives later logging set-ups.
jsonrpclib.logger.addFilter(_Nothing())

#: What odoorpc stumbles over when the answer is not the JSON that Odoo sends.
_NOT_ODOO = (ValueError, KeyError, TypeError, AttributeError)

#: Network trouble and answers that are not JSON. URLError is an OSError, but is named for the reader.
_NO_ANSWER = (URLError, OSError, HTTPException, *_NOT_ODOO)

#: Raised by the network before a request can have left this machine.
_NOT_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)

#: Sent by position: versions and overriding modules name these differently (`domain` was `args`, `vals` is `values` somewhere).
_BY_POSITION = ("ids", "domain", "vals_list", "vals")


class JsonRpc:
    """`integrations.odoo.transport.Transport` on a password, or a key in its place."""

    name = "JSON-RPC"

    def __init__(self, address: Address, database: str, login: str, password: str, timeout_s: float) -> None:
        """Logs in. Raises Fault, NoAnswer, or ErpIncomplete when the server's version is not supported."""
        try:
            self._client = odoorpc.ODOO(
                address.host_in_url, address.protocol, address.port, timeout=timeout_s, opener=_opener(address)
            )
            dialect_of(_told(self._client.version))
            self._client.login(database, login, password)
        except RPCError as error:
            raise _fault(error) from None
        except _NO_ANSWER as error:
            raise _no_answer(error) from None

    @property
    def version(self) -> str:
        return str(self._client.version)

    @property
    def user_id(self) -> int:
        return int(self._client.env.uid)

    @property
    def language(self) -> str:
        return str(self._client.env.context.get("lang") or "en_US")

    def call(self, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        try:
            return self._client.execute_kw(model, method, *positioned(arguments))
        except RPCError as error:
            raise _fault(error) from None
        except _NO_ANSWER as error:
            raise _no_answer(error) from None


def positioned(arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Named arguments as `execute_kw` takes them."""
    positional = [arguments[name] for name in _BY_POSITION if name in arguments]
    return positional, {name: value for name, value in arguments.items() if name not in _BY_POSITION}


def _opener(address: Address) -> OpenerDirector:
    """No cookies: they would be shared state between threads. No proxy on the way to this machine."""
    return build_opener(ProxyHandler({})) if address.loopback else build_opener()


def _told(version: str | None) -> str:
    """odoorpc leaves the version empty when the answer names none, which no Odoo does."""
    if version is None:
        raise ValueError("the answer names no version")
    return version


def _fault(error: RPCError) -> Fault:
    if not error.info:  # odoorpc's own words for a login that was answered with False
        return Fault("odoo.exceptions.AccessDenied", "Access Denied")
    data = error.info.get("data") or {}
    return Fault(str(data.get("name") or ""), str(error.args[0] if error.args else ""))


def _no_answer(error: Exception) -> NoAnswer:
    if isinstance(error, HTTPError):
        error.close()  # it carries the open answer
        return NoAnswer(f"HTTP {error.code}", status=error.code)
    if isinstance(error, _NOT_ODOO):
        return NoAnswer("the answer is not an Odoo's", foreign=True)
    # urllib wraps only what happens before it waits for the answer
    not_sent = isinstance(error, URLError) and isinstance(error.reason, _NOT_SENT)
    return NoAnswer(reason_of(error), sent=not not_sent)
