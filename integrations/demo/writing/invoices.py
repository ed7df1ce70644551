"""Draft credit notes."""

from agent.domain.records import Record
from integrations.demo.writing.base import Writing

DRAFT = """
INSERT INTO demo.credit_note (invoice_id, total, reason, marker)
SELECT id, total, %(reason)s, %(marker)s FROM demo.invoice WHERE id = %(id)s AND state = 'posted'
"""
CANCEL = "UPDATE demo.credit_note SET state = 'cancel' WHERE id = %(id)s AND state = 'draft'"


class InvoiceWriting(Writing):
    def draft_credit_note(self, invoice: Record, reason: str, marker: str) -> None:
        self._write(DRAFT, invoice, {"reason": reason, "marker": marker})

    def cancel_credit_note(self, credit_note: Record) -> None:
        self._write(CANCEL, credit_note, {})
