"""What Expediter itself keeps and has to watch."""

from datetime import datetime
from typing import Protocol

from agent.domain.affairs import CarrierReport, ShipmentStatus
from agent.domain.given_up import GivenUpJob


class OwnAffairs(Protocol):
    """The worker's look at our own tables."""

    def failures(self, since: datetime) -> list[GivenUpJob]:
        """Jobs of any queue that were given up since (aware)."""

    def carrier_reports(self, since: datetime) -> list[CarrierReport]:
        """The latest of each tracking number by when it happened; what was delivered or cancelled is left out.

        So is what happened, and was expected, before `since` (aware): nobody follows that shipment any more.
        """


class GivenUpJobs(Protocol):
    """Jobs of any queue that were given up."""

    def latest(self, limit: int) -> list[GivenUpJob]:
        """Newest first."""

    def job(self, job_id: int) -> GivenUpJob:
        """Raises RecordMissing."""


class JobDesk(GivenUpJobs, Protocol):
    """Serve's: it notes that somebody wants one to run again; the process whose queue it was in puts it back."""

    def replay(self, job_id: int, *, person_id: int) -> None:
        """Raises NotPermitted for whoever may not, and DecisionRefused when somebody had it run again before."""


class CarrierDesk(Protocol):
    """Serve's: it notes what a carrier said."""

    def report(
        self, tracking: str, status: ShipmentStatus, eta: datetime | None, said: str, occurred_at: datetime, person_id: int
    ) -> CarrierReport: ...
