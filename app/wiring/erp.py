"""The ERP as its reader sees it: the configured Odoo, or the demo distributor."""

from collections.abc import Callable
from typing import Protocol

from agent.domain.outages import Reach
from agent.ports.erp_changes import ChangingErp
from agent.ports.erp_history import ErpHistory
from agent.ports.erp_users import ErpUsers
from app.settings.processes import WithReader
from integrations.database.pool import Pool


class Erp(ChangingErp, ErpHistory, ErpUsers, Protocol):
    """What is, what changes and what was, by one login."""

    @property
    def reach(self) -> Reach: ...


def erp_reader(settings: WithReader, pool: Callable[[], Pool]) -> Erp:
    """`pool` is asked for only when the ERP is the demo distributor. Nothing is sent to an Odoo yet."""
    if settings.odoo_url and settings.odoo_database and settings.odoo_reader_login:
        from integrations.odoo.connection import OdooConnection
        from integrations.odoo.login import Account
        from integrations.odoo.reader import OdooReader

        login = settings.odoo_reader_login

        def account() -> Account:
            return Account(login, settings.current("odoo_reader_password"), settings.current("odoo_reader_key"))

        return OdooReader(OdooConnection(settings.odoo_url, settings.odoo_database, account(), renewed=account))
    from integrations.demo.reader import DemoReader

    return DemoReader(pool())
