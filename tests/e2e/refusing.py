"""What a command that is refused says, and logins to be refused with."""

from tests.e2e.running_demo import Ran
from tests.fixtures.odoo import Odoo

SECRET = "tell-nobody"
NOBODY = "http://127.0.0.1:1"
"""Where no server answers, whatever else serves on this machine."""


def reader_of(odoo: Odoo, role: str = "reader", **changed: str) -> dict[str, str]:
    account = odoo.accounts[role]
    return {
        "EXPEDITER_ODOO_URL": odoo.url,
        "EXPEDITER_ODOO_DATABASE": odoo.database,
        "EXPEDITER_ODOO_READER_LOGIN": account["login"],
        "EXPEDITER_ODOO_READER_PASSWORD": account["password"],
    } | {f"EXPEDITER_ODOO_{name.upper()}": value for name, value in changed.items()}


def refused(ended: Ran, words: str, code: int = 1) -> None:
    assert ended.code == code
    assert words in ended.sentence
    assert ended.sentence.count("\n") == 0
    assert not ended.out


def writer_of(odoo: Odoo) -> dict[str, str]:
    account = odoo.accounts["writer"]
    return {"EXPEDITER_ODOO_WRITER_LOGIN": account["login"], "EXPEDITER_ODOO_WRITER_PASSWORD": account["password"]}
