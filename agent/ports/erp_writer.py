"""The only way to change the ERP. Held by the executor's process alone."""

from datetime import datetime
from typing import Protocol

from agent.domain.records import Record


class ErpWriter(Protocol):
    """Writes are sent once and never retried here.

    Every method raises ErpRefused (the ERP said no, nothing changed), ErpUnavailable (it was not sent) or
    ErpAnswerLost (sent, no answer: whether it took effect has to be looked up).
    """

    def set_promise_date(self, order: Record, promise_date: datetime) -> None:
        """Set `commitment_date` to this absolute moment (aware; stored in UTC)."""

    def clear_promise_date(self, order: Record) -> None:
        """Take the promise date away (the inverse of the first one that was set)."""

    def post_note(self, record: Record, text: str, marker: str) -> None:
        """Post an internal note (never mailed to followers). Plain text; the marker is kept findable in it."""

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        """Replace the marked note's text, keeping the marker: how a note is taken back."""
