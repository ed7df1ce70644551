"""Draft credit notes, by Odoo's own wizard: it copies taxes, accounts and terms of the invoice."""

from typing import Any

from agent.domain.records import Record
from integrations.odoo.writing.base import Writing

_WIZARD = "account.move.reversal"


class InvoiceWriting(Writing):
    def draft_credit_note(self, invoice: Record, reason: str, marker: str) -> None:
        """The wizard's own record takes no effect; only its button does."""
        journal = self.connection.ask(invoice.model, "read", ids=[invoice.id], fields=["journal_id"], load="")[0]["journal_id"]
        wanted: dict[str, Any] = {"move_ids": [(6, 0, [invoice.id])], "reason": f"{reason} ({marker})", "journal_id": journal}
        context = {"active_model": invoice.model, "active_ids": [invoice.id]}
        wanted |= self.connection.dialect.credit_note_arguments
        wizard = self.connection.change(_WIZARD, "create", vals_list=[wanted], context=context)
        self.connection.change(_WIZARD, self.connection.dialect.credit_note_method, ids=list(wizard), context=context)

    def cancel_credit_note(self, credit_note: Record) -> None:
        self.connection.change(credit_note.model, "button_cancel", ids=[credit_note.id])
