"""Logging in: over JSON-2 where the server has it and a key is there, over JSON-RPC otherwise."""

from dataclasses import dataclass, field

from agent.errors import ErpRefused
from integrations.odoo.address import Address
from integrations.odoo.json_2 import Json2, server_version
from integrations.odoo.json_rpc import JsonRpc
from integrations.odoo.transport import GATEWAY, NoAnswer, Transport
from integrations.odoo.versions import dialect_of


@dataclass(frozen=True, slots=True)
class Account:
    """Who logs in. Of `password` and `key` one is enough; a key goes first, for Odoo takes it wherever it takes a password."""

    login: str
    password: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)

    @property
    def secret(self) -> str:
        return self.key or self.password or ""


def log_in(address: Address, database: str, account: Account, timeout_s: float) -> tuple[Transport, str]:
    """The way there, and why this one. Raises Fault, NoAnswer, ErpIncomplete (version) or ErpRefused (somebody else's key)."""
    if account.key is None:
        return _json_rpc(address, database, account, timeout_s), "no API key is set, and JSON-2 needs one"
    version = server_version(address, timeout_s)
    if version is None:
        return _json_rpc(address, database, account, timeout_s), "this Odoo has no JSON-2"
    dialect_of(version)
    try:
        transport = Json2(address, database, account.key, timeout_s, version)
    except NoAnswer as failure:
        if failure.status in GATEWAY or not (failure.status or failure.foreign):
            raise
        return _json_rpc(address, database, account, timeout_s), f"JSON-2 does not answer ({failure.reason})"
    _refuse_anothers_key(transport, account.login)
    return transport, "the server has it and an API key is set"


def _json_rpc(address: Address, database: str, account: Account, timeout_s: float) -> JsonRpc:
    return JsonRpc(address, database, account.login, account.secret, timeout_s)


def _refuse_anothers_key(transport: Transport, login: str) -> None:
    """JSON-2 knows the user by the key alone; JSON-RPC refuses a key that is not the login's."""
    rows = transport.call("res.users", "read", {"ids": [transport.user_id], "fields": ["login"]})
    if [row["login"] for row in rows] != [login]:
        raise ErpRefused(f"The API key is not {login}'s; set the key of that login, or its owner as the login.")
