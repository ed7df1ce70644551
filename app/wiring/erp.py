"""The ERP as its reader sees it: the configured Odoo, or the demo distributor."""

from collections.abc import Callable

from agent.ports.erp_reader import ErpReader
from app.settings.processes import WithReader
from integrations.database.pool import Pool


def erp_reader(settings: WithReader, pool: Callable[[], Pool]) -> ErpReader:
    """`pool` is asked for only when the ERP is the demo distributor. Nothing is sent to an Odoo yet."""
    if settings.odoo_url and settings.odoo_database and settings.odoo_reader_login and settings.odoo_reader_password:
        from integrations.odoo.connection import OdooConnection
        from integrations.odoo.reader import OdooReader

        password = settings.odoo_reader_password.get_secret_value()
        return OdooReader(OdooConnection(settings.odoo_url, settings.odoo_database, settings.odoo_reader_login, password))
    from integrations.demo.reader import DemoReader

    return DemoReader(pool())
