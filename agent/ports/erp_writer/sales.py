"""Changes of sale orders."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from agent.domain.records import Record


class SalesWriter(Protocol):
    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        """Set `commitment_date` to this absolute moment (aware; stored in UTC)."""

    def clear_promise_date(self, order: Record) -> None:
        """Take the promise date away (the inverse of the first one that was set)."""

    def tag_order(self, order: Record, tag: Record) -> None:
        """A tag it has already stays."""

    def untag_order(self, order: Record, tag: Record) -> None:
        """A tag it does not have stays away."""

    def lock_order(self, order: Record) -> None: ...

    def unlock_order(self, order: Record) -> None: ...

    def cancel_order(self, order: Record) -> None:
        """With its deliveries; whatever the ERP would ask a person first is answered with yes."""

    def set_line_terms(self, line: Record, quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> None:
        """All three as absolute values: the ERP recomputes none of them. The quantity is in the unit of the sale."""

    def set_carriage(self, order: Record, carrier: Record | None, freight: Decimal | None) -> None:
        """Of the order and of its deliveries that have not left, and what the customer pays for it; None: nothing."""
