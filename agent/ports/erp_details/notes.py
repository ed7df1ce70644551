"""Who is written to, what colleagues were asked to do, and cases."""

from collections.abc import Sequence
from typing import Protocol

from agent.domain.contacts import Activity, Case, Colleague, Contact
from agent.domain.mail_files import NoteFile
from agent.domain.records import Record


class NoteDetails(Protocol):
    def addressees(self, record: Record) -> list[Contact]:
        """Whom a message on this record reaches outside: first the customer or vendor, then others who follow it, by name."""

    def colleagues(self, name: str) -> list[Colleague]:
        """Active users of the ERP whose name or login is this, case ignored."""

    def note_files(self, record: Record, marker: str) -> Sequence[NoteFile]:
        """What hangs on the record's notes that carry the marker."""

    def activity(self, record: Record, marker: str) -> Activity | None:
        """The open activity on the record that carries the marker; None too where this login may not see it."""

    def asked_for(self, record: Record, marker: str) -> bool:
        """Whether the record has an activity with the marker, open or kept as done. One that was done and is not kept is told of
        in a note, with its text."""

    def case_desks(self) -> list[Record]:
        """Where cases are opened: helpdesk teams, or else projects, by name; none where the ERP has neither."""

    def case(self, desk: Record, marker: str) -> Case | None:
        """The case of this desk that carries the marker, closed or not."""
