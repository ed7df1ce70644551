"""Jobs that were given up, and having one run again."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from agent.errors import PreconditionFailed
from agent.guardrails.permissions import Permission, demand
from app.contract.jobs import GivenUpJobRow
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("")
def jobs(context: Context, _person: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> list[GivenUpJobRow]:
    """Newest first."""
    now = context.clock()
    return [GivenUpJobRow.of(job, now) for job in context.jobs.latest(limit)]


@router.post("/{job_id}/replay")
def replay(job_id: Annotated[int, Path(ge=1, le=2**53)], context: Context, person: SignedIn) -> GivenUpJobRow:
    """Have it run again, once; the process whose queue it was in puts it back within seconds."""
    demand(person, Permission.REPLAY_JOBS)
    job, now = context.jobs.job(job_id), context.clock()
    if job.replayed_at is None and (needless := job.no_need(now)):
        raise PreconditionFailed(f"{job.label} is not run again. {needless}")
    context.jobs.replay(job_id, person_id=person.id)
    return GivenUpJobRow.of(context.jobs.job(job_id), now)
