"""What colleagues read on a record."""

from typing import Protocol

from agent.domain.records import Record


class NoteWriter(Protocol):
    def post_note(self, record: Record, text: str, marker: str) -> None:
        """Post an internal note (never mailed to followers). Plain text; the marker is kept findable in it."""

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        """Replace the marked note's text, keeping the marker: how a note is taken back."""
