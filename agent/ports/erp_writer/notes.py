"""What colleagues read on a record, what they are asked to do, and what people outside are told."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from agent.domain.contacts import Colleague, Contact
from agent.domain.mail_files import RecordFile
from agent.domain.records import Record


class NoteWriter(Protocol):
    def post_note(self, record: Record, text: str, marker: str) -> None:
        """Post an internal note (never mailed to followers). Plain text; the marker is kept findable in it."""

    def post_note_with_file(self, record: Record, text: str, marker: str, file: RecordFile) -> None:
        """The same, with the file attached to the note and to the record, byte for byte. Both or neither of them become seen."""

    def strike_note(self, record: Record, marker: str, text: str) -> None:
        """Replace the marked note's text, keeping the marker: how a note is taken back."""

    def send_message(self, record: Record, to: Sequence[Contact], text: str, marker: str) -> None:
        """A message that the ERP mails to these people and to whoever follows the record. Plain text, with the marker below."""

    def schedule_activity(self, record: Record, owner: Colleague, due: date | None, summary: str, text: str, marker: str) -> None:
        """Due today without a day. The text, which may be empty, and the marker stand in its note."""

    def withdraw_activity(self, record: Record, marker: str) -> None:
        """It is gone, not done. Raises ErpRefused when the record has no open activity with this marker."""

    def open_case(self, desk: Record, title: str, text: str, customer_id: int, owner: Colleague, marker: str) -> None: ...

    def close_case(self, case: Record) -> None:
        """It is archived."""
