"""What Expediter itself keeps and has to watch."""

from datetime import datetime
from typing import Protocol

from agent.domain.affairs import CarrierReport, JobFailure, ShipmentStatus


class OwnAffairs(Protocol):
    """The worker's look at our own tables."""

    def failures(self, since: datetime) -> list[JobFailure]:
        """Jobs of any queue that were given up since (aware)."""

    def carrier_reports(self, since: datetime) -> list[CarrierReport]:
        """The latest of each tracking number by when it happened; what was delivered or cancelled is left out.

        So is what happened, and was expected, before `since` (aware): nobody follows that shipment any more.
        """


class CarrierDesk(Protocol):
    """Serve's: it notes what a carrier said."""

    def report(
        self, tracking: str, status: ShipmentStatus, eta: datetime | None, said: str, occurred_at: datetime, person_id: int
    ) -> CarrierReport: ...
