"""The morning's brief."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from agent.domain.asked_days import since_when
from agent.guardrails.permissions import Permission, may
from agent.risk.brief import make_brief
from app.contract.briefs import BriefRow
from app.web.prices import known_without_money
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/brief", tags=["risk"])
A_DAY = timedelta(days=1)
Words = Annotated[str | None, Query(max_length=200)]


@router.get("")
def brief(
    context: Context, person: Reader, since: AwareDatetime | None = None, warehouse: Words = None, owner: Words = None
) -> BriefRow:
    """What is new, worse, better and gone since then, or since yesterday at this time; and the mails that wait too long."""
    now = context.clock()
    row = BriefRow.of(make_brief(context.board, since_when(since or now - A_DAY, now), warehouse, owner, context.inbox))
    if may(person, Permission.READ_PRICES):
        return row
    lines = tuple(line.model_copy(update={"finding": known_without_money(line.finding)}) for line in row.lines)
    return row.model_copy(update={"lines": lines})
