"""How a call reaches Odoo: what JSON-RPC and JSON-2 have in common."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

#: What a server in front of Odoo says when Odoo itself does not answer.
GATEWAY = (502, 503, 504)


class Transport(Protocol):
    """One login on one database. Every argument is named; `ids` are the records that the method is called on."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """Of the server, such as `19.0`."""

    @property
    def user_id(self) -> int: ...

    @property
    def language(self) -> str:
        """The login's own, such as `en_US`."""

    def call(self, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """Sent once. Raises Fault or NoAnswer."""


class Fault(Exception):
    """Odoo's own error answer."""

    def __init__(self, name: str, message: str) -> None:
        """`name` is the class of the server's exception, such as `odoo.exceptions.AccessError`; paragraphs after the first line
        of `message` are left out, and a traceback is never in it."""
        lines = message.strip().splitlines() or ["no reason given"]
        self.name = name
        self.message = lines[-1].strip() if "FATAL" in lines[-1] else lines[0].strip()
        super().__init__(self.message)


class NoAnswer(Exception):
    """Nothing that Odoo itself would answer: the network failed, or somebody else answered."""

    def __init__(self, reason: str, *, status: int | None = None, foreign: bool = False, sent: bool = True) -> None:
        """`status` of an HTTP error; `foreign` when the answer is no Odoo's; `sent` unless the request cannot have arrived."""
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.foreign = foreign
        self.sent = sent


def reason_of(error: BaseException) -> str:
    """Why the network failed, in words; libraries wrap the system's own error."""
    for cause in _causes(error):
        if isinstance(cause, TimeoutError):
            return "no answer in time"
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there"
        if isinstance(cause, socket.gaierror):
            return "the host name is not known"
        if isinstance(cause, ssl.SSLError):
            return "its certificate is not accepted" if "CERTIFICATE" in str(cause) else "it does not speak TLS"
    return "the connection broke"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        wrapped = getattr(error, "reason", None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__ or error.__context__
