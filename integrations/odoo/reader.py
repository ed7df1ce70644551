"""Everything that is read from Odoo, as the ports `ErpReader`, `ErpHistory` and `ErpChanges` of `agent.ports`."""

from integrations.odoo.buying import Buying
from integrations.odoo.changes import Changes
from integrations.odoo.deliveries import Deliveries
from integrations.odoo.description import Description
from integrations.odoo.details.notes import NoteDetails
from integrations.odoo.details.sales import SalesDetails
from integrations.odoo.documents import Documents
from integrations.odoo.finished import Finished
from integrations.odoo.invoicing import Invoicing
from integrations.odoo.losses import Losses
from integrations.odoo.purchase_papers import PurchasePapers
from integrations.odoo.purchasing import Purchasing
from integrations.odoo.quality import Quality
from integrations.odoo.receipts import Receipts
from integrations.odoo.reordering import Reordering
from integrations.odoo.search import Search
from integrations.odoo.stock import Stock
from integrations.odoo.transfers import Transfers
from integrations.odoo.uninvoiced import Uninvoicing


class OdooHistory(Receipts, Finished, Losses, Quality, Uninvoicing, Documents):
    """What happened, as `agent.ports.erp_history.ErpHistory`."""


class OdooDetails(SalesDetails, NoteDetails, Transfers, PurchasePapers):
    """What only actions need to read, as `agent.ports.erp_details.ErpDetails`."""


class OdooReader(
    OdooDetails, Deliveries, Stock, Purchasing, Buying, Reordering, Invoicing, Search, Description, Changes, OdooHistory
):
    """One reader of one connection: `OdooReader(OdooConnection(...))`. Safe to share between threads."""
