"""Everything that is changed in the demo distributor, as the port `agent.ports.erp_writer.ErpWriter`."""

from integrations.demo.writing.invoices import InvoiceWriting
from integrations.demo.writing.notes import NoteWriting
from integrations.demo.writing.sales import SalesWriting


class DemoWriter(SalesWriting, InvoiceWriting, NoteWriting):
    """Only the executor's database role succeeds; each change is one statement in one transaction, sent once."""
