"""What a carrier said of a shipment."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from agent.domain.affairs import CarrierReport, ShipmentStatus
from app.contract.model import STORABLE, Contract, Moment

TRACKING = r"^[A-Za-z0-9][A-Za-z0-9 ./-]{3,63}$"
Tracking = Annotated[str, StringConstraints(strip_whitespace=True, pattern=TRACKING)]


class CarrierReportRequest(Contract):
    tracking: Tracking
    status: ShipmentStatus
    eta: AwareDatetime | None = None
    said: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), STORABLE] = ""
    occurred_at: AwareDatetime | None = None
    """When it happened; now when left out."""


class CarrierReportRow(Contract):
    tracking: str
    status: ShipmentStatus
    eta: Moment | None
    said: str
    occurred_at: Moment

    @classmethod
    def of(cls, report: CarrierReport) -> "CarrierReportRow":
        return cls(
            tracking=report.tracking, status=report.status, eta=report.eta, said=report.said, occurred_at=report.occurred_at
        )
