"""What the readers of all nouns share."""

from integrations.odoo.connection import OdooConnection
from integrations.odoo.lookups import Lookups
from integrations.odoo.order_states import OrderStates
from integrations.odoo.pages import Pages
from integrations.odoo.versions import Dialect


class Noun:
    """One connection, read in pages, with the small tables remembered."""

    def __init__(self, connection: OdooConnection) -> None:
        self.connection = connection
        self.pages = Pages(connection)
        self.lookups = Lookups(self.pages)
        self.states = OrderStates(self.pages)

    @property
    def own_currency(self) -> str:
        """Of the login's own company; Odoo tells costs and credit in it."""
        return self.lookups.company_currencies.by_id([self.connection.user_id])[self.connection.user_id]

    @property
    def dialect(self) -> Dialect:
        return self.connection.dialect
