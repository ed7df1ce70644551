"""Changes of sale orders."""

from datetime import datetime
from typing import Protocol

from agent.domain.records import Record


class SalesWriter(Protocol):
    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        """Set `commitment_date` to this absolute moment (aware; stored in UTC)."""

    def clear_promise_date(self, order: Record) -> None:
        """Take the promise date away (the inverse of the first one that was set)."""
