"""Where an Odoo answers."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.errors import ErpUnavailable


@dataclass(frozen=True, slots=True)
class Address:
    """Host and port of an Odoo server, reached in clear on this machine and by TLS anywhere else."""

    host: str
    port: int
    tls: bool

    @property
    def protocol(self) -> str:
        """odoorpc's name of the transport."""
        return "jsonrpc+ssl" if self.tls else "jsonrpc"

    @property
    def loopback(self) -> bool:
        return _is_loopback(self.host)

    @property
    def host_in_url(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    def __str__(self) -> str:
        usual = 443 if self.tls else 80
        return f"{'https' if self.tls else 'http'}://{self.host_in_url}" + ("" if self.port == usual else f":{self.port}")


def parse_address(url: str) -> Address:
    """Read `https://erp.example.com` or `http://127.0.0.1:8069`. Raises ErpUnavailable when it cannot be an Odoo's address.

    Plain http is accepted for this machine only: every call carries the password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ErpUnavailable("The Odoo URL has a malformed host or port; write it like https://erp.example.com.") from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ErpUnavailable("The Odoo URL must start with https:// (or http:// on this machine), like https://erp.example.com.")
    if parts.username is not None or parts.password is not None:
        raise ErpUnavailable("The Odoo URL must not carry a login or password; give them in their own settings.")
    if parts.path.rstrip("/") or parts.query or parts.fragment:
        raise ErpUnavailable(f"The Odoo URL must end after the host and port; leave out {parts.path or 'the rest'}.")
    tls = parts.scheme == "https"
    if not tls and not _is_loopback(host):
        raise ErpUnavailable(f"Plain http to {host} would send the password in clear; use https://{host}.")
    return Address(host, port or (443 if tls else 80), tls)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
