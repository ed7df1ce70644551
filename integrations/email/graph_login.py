"""How this program shows Microsoft 365 who it is: as an app of the customer's own tenant, never as a person."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import msal

from agent.errors import MailboxRefused, MailboxUnavailable

TIMEOUT_S = 60
#: What the login says when it will say so again, however often it is asked (RFC 6749, 5.2).
_FOR_GOOD = {"invalid_client", "unauthorized_client", "invalid_request", "invalid_scope", "invalid_grant"}


@dataclass(frozen=True)
class GraphLogin:
    """`secret` is asked for a new token only, so that a renewed secret or certificate is used without a restart.

    A secret that begins with `-----BEGIN` is a certificate and its private key, both PEM.
    """

    tenant: str
    client_id: str
    secret: Callable[[], str] = field(repr=False)
    login_url: str
    graph_url: str
    ca_file: Path | None = None
    """Who vouches for both servers; None: whom this machine trusts."""

    def token(self) -> str:
        """For an hour or so the same. Raises MailboxRefused and MailboxUnavailable."""
        try:
            answer = self._app.acquire_token_for_client(scopes=[f"{self.graph_url}/.default"])
        except (httpx.HTTPError, msal.exceptions.MsalError, ValueError) as error:
            self.renew()  # it would answer from memory what it was told last
            raise MailboxUnavailable(f"Microsoft 365's login cannot be asked: {_short(error)}") from error
        if token := answer.get("access_token"):
            return str(token)
        self.renew()
        said = _short(answer.get("error_description") or answer.get("error") or "no reason given")
        if answer.get("error") in _FOR_GOOD:
            raise MailboxRefused(f"Microsoft 365 does not accept the app {self.client_id}: {said}")
        raise MailboxUnavailable(f"Microsoft 365's login gives no token: {said}")

    def renew(self) -> None:
        """The token was not accepted, or the secret may be another by now: the next one is asked anew."""
        self.__dict__.pop("_app", None)

    @cached_property
    def client(self) -> httpx.Client:
        """For everything that is asked of both servers; whoever used it closes it."""
        return httpx.Client(timeout=TIMEOUT_S, verify=ssl.create_default_context(cafile=self.ca_file))

    @cached_property
    def _app(self) -> Any:
        """Nobody but the authority named is asked, hence no instance discovery."""
        return msal.ConfidentialClientApplication(
            self.client_id,
            client_credential=_credential(self.secret()),
            authority=f"{self.login_url}/{self.tenant}",
            instance_discovery=False,
            # Its own client would let REQUESTS_CA_BUNDLE overrule the `ca_file`.
            http_client=_Asking(self.client),
        )


class _Asking:
    """The client that msal wants: it fills forms with bytes too, which httpx would write as Python shows them."""

    def __init__(self, client: httpx.Client) -> None:
        self.get = client.get
        self._post = client.post

    def post(self, url: str, data: dict[str, str | bytes], **more: Any) -> httpx.Response:
        return self._post(url, data={name: _text(value) for name, value in data.items()}, **more)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _credential(secret: str) -> str | dict[str, str]:
    if "-----BEGIN" not in secret:
        return secret
    begin = secret.index("-----BEGIN CERTIFICATE-----") if "-----BEGIN CERTIFICATE-----" in secret else len(secret)
    return {"private_key": secret, "public_certificate": secret[begin:]}


def _short(error: object) -> str:
    return " ".join(str(error).split())[:300]
