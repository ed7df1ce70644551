"""The only way to change the ERP. Held by the executor's process alone."""

from typing import Protocol

from agent.ports.erp_writer.invoices import InvoiceWriter
from agent.ports.erp_writer.notes import NoteWriter
from agent.ports.erp_writer.purchasing import PurchasingWriter
from agent.ports.erp_writer.sales import SalesWriter
from agent.ports.erp_writer.stock import StockWriter

__all__ = ["ErpWriter"]


class ErpWriter(SalesWriter, InvoiceWriter, StockWriter, PurchasingWriter, NoteWriter, Protocol):
    """Writes are sent once and never retried here.

    Every method raises ErpRefused (the ERP said no, nothing changed), ErpUnavailable (it was not sent) or
    ErpAnswerLost (sent, no answer: whether it took effect has to be looked up).
    """
