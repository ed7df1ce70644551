"""Everything that is changed in Odoo, as the port `agent.ports.erp_writer.ErpWriter`."""

from integrations.odoo.writing.invoices import InvoiceWriting
from integrations.odoo.writing.notes import NoteWriting
from integrations.odoo.writing.purchasing import PurchasingWriting
from integrations.odoo.writing.sales import SalesWriting
from integrations.odoo.writing.stock import StockWriting


class OdooWriter(SalesWriting, InvoiceWriting, StockWriting, PurchasingWriting, NoteWriting):
    """On a connection whose login may write: `OdooWriter(OdooConnection(...))`. Each change is sent once."""
