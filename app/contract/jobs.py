"""Jobs that were given up."""

from datetime import datetime

from agent.domain.given_up import Became, GivenUpJob
from app.contract.model import Contract, Moment


class GivenUpJobRow(Contract):
    id: int
    label: str
    """`J4`."""
    task: str
    purpose: str
    """What it was to do, in words."""
    reason: str
    given_up_at: Moment
    no_need: str | None
    """Why there is nothing to run again; null where it can be."""
    replayed_at: Moment | None
    replayed_by: str | None
    became: Became | None
    """Of what was run again; null where it was not."""
    given_up_again_as: str | None
    """`J7`."""

    @classmethod
    def of(cls, job: GivenUpJob, now: datetime) -> "GivenUpJobRow":
        return cls(
            id=job.id,
            label=job.label,
            task=job.task,
            purpose=job.purpose,
            reason=job.reason,
            given_up_at=job.at,
            no_need=None if job.replayed_at else job.no_need(now),
            replayed_at=job.replayed_at,
            replayed_by=job.replayed_by,
            became=job.became,
            given_up_again_as=f"J{job.next_id}" if job.next_id else None,
        )
