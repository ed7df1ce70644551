"""Who stands in for whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.domain.absences import Absence, StandIn
from agent.domain.decisions import Person


class StandIns(Protocol):
    """Every process may look."""

    def standing_in(self) -> Sequence[StandIn]:
        """Who stands in for whom at this moment, each pair once; both are active."""

    def stood_in(self, deputy_id: int, person_id: int, at: datetime) -> bool:
        """Whether by all that is known now the one stood in for the other at that moment (aware).

        An absence that ended after it still counts, one that was cancelled does not.
        """


class Absences(StandIns, Protocol):
    """Serve's part."""

    def represented_by(self, person_id: int) -> Sequence[Person]:
        """The active persons for whom this one stands in at this moment."""

    def all(self) -> list[Absence]:
        """Those that are not over, the earliest first."""

    def note(self, person_id: int, deputy_id: int, starts_at: datetime, ends_at: datetime, *, noted_by: int) -> Absence:
        """It begins now at the earliest. Raises NotPermitted unless oneself or an admin says so, and PreconditionFailed."""

    def end(self, absence_id: int, *, ended_by: int) -> Absence:
        """From now on nobody stands in any more. Raises NotPermitted as `note` does, RecordMissing."""

    def cancel(self, absence_id: int, *, cancelled_by: int, reason: str) -> Absence:
        """It was noted by mistake: nobody stood in at any time, so what waits on the deputy's decisions is not carried out.

        Returns it as it was. Raises NotPermitted as `note` does, PreconditionFailed without a reason, RecordMissing.
        """
