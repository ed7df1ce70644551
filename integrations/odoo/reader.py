"""Everything that is read from Odoo, as `agent.ports.erp_reader.ErpReader` and `agent.ports.erp_changes.ErpChanges`."""

from integrations.odoo.buying import Buying
from integrations.odoo.changes import Changes
from integrations.odoo.deliveries import Deliveries
from integrations.odoo.description import Description
from integrations.odoo.invoicing import Invoicing
from integrations.odoo.purchasing import Purchasing
from integrations.odoo.reordering import Reordering
from integrations.odoo.search import Search
from integrations.odoo.stock import Stock


class OdooReader(Deliveries, Stock, Purchasing, Buying, Reordering, Invoicing, Search, Description, Changes):
    """One reader of one connection: `OdooReader(OdooConnection(...))`. Safe to share between threads."""
