"""Who stands in for whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.domain.absences import Absence
from agent.domain.decisions import Person


class Absences(Protocol):
    """Serve's part."""

    def represented_by(self, person_id: int) -> Sequence[Person]:
        """The active persons for whom this one stands in at this moment."""

    def all(self) -> list[Absence]:
        """Those that are not over, the earliest first."""

    def note(self, person_id: int, deputy_id: int, starts_at: datetime, ends_at: datetime, *, noted_by: int) -> Absence:
        """It begins now at the earliest. Raises NotPermitted unless oneself or an admin says so, and PreconditionFailed."""

    def end(self, absence_id: int, *, ended_by: int) -> Absence:
        """From now on nobody stands in any more. Raises NotPermitted as `note` does, RecordMissing."""
