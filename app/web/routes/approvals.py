"""Approvals that wait."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.contract.approvals import ApprovalRow, waiting_rows
from app.web.routes.proposals import Before
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/approvals", tags=["proposals"])
Handle = Annotated[str | None, Query(alias="for", max_length=64)]
Limit = Annotated[int | None, Query(ge=1, le=500)]


@router.get("")
def approvals(
    context: Context, _person: Reader, handle: Handle = None, limit: Limit = None, before: Before = None
) -> list[ApprovalRow]:
    """The most urgent first; with `for` those that this person can decide now.

    All of them, or with `limit` a page of so many: the newest, or the newest that are older than the proposal `before`.
    """
    people = [context.people.by_handle(handle)] if handle else context.people.all()
    standing, now = context.absences.standing_in(), context.clock()
    return waiting_rows(
        context.desk, context.notices, context.policy, people, standing, now, only=handle is not None, limit=limit, before=before
    )
