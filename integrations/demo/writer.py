"""Everything that is changed in the demo distributor, as the port `agent.ports.erp_writer.ErpWriter`."""

from integrations.demo.writing.invoices import InvoiceWriting
from integrations.demo.writing.losses import LossWriting
from integrations.demo.writing.notes import NoteWriting
from integrations.demo.writing.purchasing import PurchasingWriting
from integrations.demo.writing.sales import SalesWriting
from integrations.demo.writing.stock import StockWriting


class DemoWriter(SalesWriting, InvoiceWriting, StockWriting, LossWriting, PurchasingWriting, NoteWriting):
    """Only the executor's database role succeeds; each change is one statement in one transaction, sent once."""
