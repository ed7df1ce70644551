"""What may be learned from the ERP about the past."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.domain.affairs import Shipment
from agent.domain.history import Adjustment, FinishedPicking, InvoicedLine, QualityFailure, Receipt, Scrap, Uninvoiced


class ErpHistory(Protocol):
    """Batched reads like those of `ErpReader`, with the same errors; `since` is aware, and what happened at it is included.

    What no installed module keeps comes back empty; what the login may not see raises ErpRefused.
    """

    def receipts(self, since: datetime) -> list[Receipt]:
        """Purchase lines of goods of which something arrived since."""

    def finished_pickings(self, since: datetime) -> list[FinishedPicking]: ...

    def adjustments(self, since: datetime) -> list[Adjustment]:
        """Counts that changed stock in an internal location; write-offs are not among them."""

    def scraps(self, since: datetime) -> list[Scrap]: ...

    def quality_failures(self, since: datetime) -> list[QualityFailure]: ...

    def uninvoiced(self) -> list[Uninvoiced]:
        """Orders with delivered goods that wait for their invoice, whenever they were delivered."""

    def invoiced_lines(self, since: datetime) -> list[InvoicedLine]:
        """Lines of posted bills and invoices since, that belong to an order line of goods."""

    def shipments(self, tracking: Sequence[str]) -> list[Shipment]:
        """Deliveries with one of these tracking numbers, done or not; numbers nobody knows are left out."""
