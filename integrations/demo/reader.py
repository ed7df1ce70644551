"""Reading the demo distributor: implements agent.ports.erp_reader.ErpReader and agent.ports.erp_history.ErpHistory."""

from datetime import UTC

from agent.domain.outages import Reach
from agent.domain.records import ErpDescription, Record
from agent.errors import ErpIncomplete
from integrations.demo.access import WAY_OUT
from integrations.demo.changes import Changes
from integrations.demo.details.notes import NoteDetails
from integrations.demo.details.sales import SalesDetails
from integrations.demo.history_reads import HistoryReads
from integrations.demo.invoice_reads import InvoiceReads
from integrations.demo.lookup_reads import LookupReads
from integrations.demo.purchase_paper_reads import PurchasePaperReads
from integrations.demo.transfer_reads import TransferReads

PRODUCT = "demo distributor"
VERSION = "1"
#: Odoo's names of what the demo company keeps, so that questions about modules have an answer.
MODULES = frozenset({"sale", "stock", "purchase", "account", "sale_stock", "purchase_stock", "mail", "quality_control"})
#: Table → the model people know it by.
MODELS = {
    "sale_order": "sale.order",
    "sale_order_line": "sale.order.line",
    "purchase_order": "purchase.order",
    "purchase_line": "purchase.order.line",
    "picking": "stock.picking",
    "move": "stock.move",
    "stock_level": "stock.quant",
    "product": "product.product",
    "partner": "res.partner",
    "invoice": "account.move",
    "invoice_line": "account.move.line",
    "vendor_price": "product.supplierinfo",
    "reorder_rule": "stock.warehouse.orderpoint",
    "scrap": "stock.scrap",
    "quality_failure": "quality.check",
    "credit_note": "account.move.reversal",
    "activity": "mail.activity",
    "note": "mail.message",
}
#: Column rights count: the executor may change one column of an order.
WRITABLE = """
SELECT t.name FROM unnest(%(tables)s::text[]) t (name)
WHERE has_any_column_privilege('demo.' || t.name, 'INSERT, UPDATE') OR has_table_privilege('demo.' || t.name, 'DELETE, TRUNCATE')
"""
IDENTITY = "SELECT current_database() AS database, current_user AS login, now() AS clock, count(*) AS seeded FROM demo.seeding"


class DemoReader(SalesDetails, NoteDetails, TransferReads, PurchasePaperReads, Changes, HistoryReads, InvoiceReads, LookupReads):
    """`pool` is open, and its role decides what can be read; the worker's is meant to."""

    def describe(self) -> ErpDescription:
        (identity,) = self._rows(IDENTITY)
        if not identity.seeded:
            raise ErpIncomplete(WAY_OUT)
        writable = self._rows(WRITABLE, {"tables": list(MODELS)})
        return ErpDescription(
            product=PRODUCT,
            version=VERSION,
            database=identity.database,
            login=identity.login,
            modules=MODULES,
            may_write=tuple(sorted(MODELS[row.name] for row in writable)),
            clock=identity.clock.astimezone(UTC),
        )

    @property
    def reach(self) -> Reach:
        return Reach()

    def url(self, record: Record) -> str | None:
        return None
