"""What carriers said of shipments, noted by whoever heard it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends

from agent.domain.decisions import Person
from agent.errors import PreconditionFailed
from agent.guardrails.permissions import Permission
from app.contract.shipments import CarrierReportRequest, CarrierReportRow
from app.web.security import Context, with_permission

router = APIRouter(prefix="/v1/shipments", tags=["shipments"])
#: Clocks differ by this much.
SOON = timedelta(minutes=5)


@router.post("/reports", status_code=201)
def report(
    said: CarrierReportRequest, context: Context, person: Annotated[Person, Depends(with_permission(Permission.PROPOSE))]
) -> CarrierReportRow:
    """Note a status or a new date; the next scan sees what it means for the order's promise."""
    now = context.clock()
    occurred_at = said.occurred_at or now
    if occurred_at > now + SOON:
        raise PreconditionFailed("What a carrier said cannot have happened in the future; leave occurred_at out for now.")
    return CarrierReportRow.of(
        context.carriers.report(said.tracking, said.status, said.eta, said.said, occurred_at, person.id)
    )  # fmt: skip
