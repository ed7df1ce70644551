"""Approvals that wait."""

from typing import Annotated

from fastapi import APIRouter, Query

from agent.domain.decisions import ProposalState
from app.contract.approvals import ApprovalRow, approval_rows
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/approvals", tags=["proposals"])
MOST = 500
Handle = Annotated[str | None, Query(alias="for", max_length=64)]


@router.get("")
def approvals(context: Context, _person: Reader, handle: Handle = None) -> list[ApprovalRow]:
    """The most urgent first; with `for` those that this person can decide now."""
    pending = context.desk.proposals([ProposalState.PENDING], MOST)
    people = [context.people.by_handle(handle)] if handle else context.people.all()
    notices = context.notices.of([proposal.id for proposal in pending])
    rows = approval_rows(pending, context.policy, people, context.absences.standing_in(), notices, context.clock())
    return [row for row in rows if row.people or not handle]
