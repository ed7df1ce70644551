"""Changes of invoices to customers. What is posted is never touched."""

from typing import Protocol

from agent.domain.records import Record


class InvoiceWriter(Protocol):
    def draft_credit_note(self, invoice: Record, reason: str, marker: str) -> None:
        """A draft that takes the whole invoice back; the marker stands behind the reason."""

    def cancel_credit_note(self, credit_note: Record) -> None:
        """Only a draft can be cancelled."""
