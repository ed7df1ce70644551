"""Everything that is changed in Odoo, as the port `agent.ports.erp_writer.ErpWriter`."""

from integrations.odoo.writing.invoices import InvoiceWriting
from integrations.odoo.writing.notes import NoteWriting
from integrations.odoo.writing.sales import SalesWriting


class OdooWriter(SalesWriting, InvoiceWriting, NoteWriting):
    """On a connection whose login may write: `OdooWriter(OdooConnection(...))`. Each change is sent once."""
