"""How right findings were."""

from fastapi import APIRouter
from pydantic import AwareDatetime

from app.contract.scorecard import ScorecardRow
from app.web.security import Context, Reader

router = APIRouter(prefix="/v1/scorecard", tags=["findings"])


@router.get("")
def scorecard(context: Context, _person: Reader, since: AwareDatetime | None = None) -> ScorecardRow:
    """By kind of finding: how many were raised, what became of the orders they named, and what people said of them."""
    return ScorecardRow.of(context.scores.scorecard(since))
