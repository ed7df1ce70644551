"""An order's terms, its carriage and its invoices."""

from collections.abc import Sequence
from typing import Protocol

from agent.domain.order_terms import Carriage, CreditNote, Invoice, LineTerms
from agent.domain.records import Record


class SalesDetails(Protocol):
    def line_terms(self, order_id: int) -> list[LineTerms]:
        """Its product lines, by id; sections, notes and freight left out."""

    def order_tags(self, order_id: int) -> list[str] | None:
        """By name; None where this login may not see them."""

    def sale_tags(self) -> list[Record]:
        """All that an order can be given, by name."""

    def carriage(self, order: Record) -> Carriage:
        """Raises ErpIncomplete where the ERP keeps no carriers."""

    def carriers(self) -> list[Record]:
        """By name. Raises ErpIncomplete where the ERP keeps no carriers."""

    def customer_invoices(self, names: Sequence[str]) -> list[Invoice]:
        """Invoices to customers of these numbers, in any state."""

    def credit_notes(self, invoice_id: int, marker: str) -> list[CreditNote]:
        """Those of this invoice that carry the marker, in any state, newest first; with an empty marker all of them."""
