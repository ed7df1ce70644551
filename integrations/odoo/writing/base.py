"""What each part of the writer stands on."""

from integrations.odoo.connection import OdooConnection


class Writing:
    """Sends changes over one connection whose login may write, each once."""

    def __init__(self, connection: OdooConnection) -> None:
        self.connection = connection
