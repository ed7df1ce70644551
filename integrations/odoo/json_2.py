"""JSON-2: `POST /json/2/<model>/<method>` with a key, Odoo 19 and later."""

from collections.abc import Mapping
from typing import Any, NoReturn

import httpx

from integrations.odoo.address import Address
from integrations.odoo.transport import GATEWAY, Fault, NoAnswer, reason_of

#: Before a request can have left this machine.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Json2:
    """`integrations.odoo.transport.Transport` on a key, over connections that are kept open where the server allows it."""

    name = "JSON-2"

    def __init__(self, address: Address, database: str, key: str, timeout_s: float, version: str) -> None:
        """Asks who the key's user is. Raises Fault or NoAnswer."""
        self._client = web_client(address, timeout_s, {"Authorization": f"bearer {key}", "X-Odoo-Database": database})
        self.version = version
        own = self.call("res.users", "context_get", {})
        try:
            self.user_id = int(own["uid"])
            self.language = str(own.get("lang") or "en_US")
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NoAnswer("the answer is not an Odoo's", foreign=True) from None

    def call(self, model: str, method: str, arguments: Mapping[str, Any]) -> Any:
        try:
            response = self._client.post(f"/json/2/{model}/{method}", json=arguments)
        except httpx.HTTPError as error:
            raise no_answer(error) from None
        if not response.is_success:
            _refuse(response)
        return json_of(response)


def server_version(address: Address, timeout_s: float) -> str | None:
    """Of an Odoo that has JSON-2; None when another one answers, or somebody else. Raises NoAnswer when nobody does."""
    with web_client(address, timeout_s) as client:
        try:
            response = client.get("/web/version")
        except httpx.HTTPError as error:
            raise no_answer(error) from None
    try:
        told = response.json()
    except ValueError:
        return None
    version = told.get("version") if isinstance(told, dict) else None
    return version if isinstance(version, str) else None


def web_client(address: Address, timeout_s: float, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """No proxy on the way to this machine; `timeout_s` bounds each silence of the server."""
    return httpx.Client(base_url=str(address), headers=headers, timeout=timeout_s, trust_env=not address.loopback)


def json_of(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        raise NoAnswer("the answer is not an Odoo's", foreign=True) from None


def no_answer(error: httpx.HTTPError) -> NoAnswer:
    reason = "no answer in time" if isinstance(error, httpx.TimeoutException) else reason_of(error)
    return NoAnswer(reason, sent=not isinstance(error, _NOT_SENT))


def _refuse(response: httpx.Response) -> NoReturn:
    """Odoo's own error names its exception; the traceback beside it is left where it is."""
    if response.status_code in GATEWAY:
        raise NoAnswer(f"HTTP {response.status_code}", status=response.status_code)
    try:
        body = response.json()
        fault = Fault(str(body["name"]), str(body["message"]))
    except (ValueError, KeyError, TypeError):
        raise NoAnswer(f"HTTP {response.status_code}", status=response.status_code) from None
    raise fault
