"""Holding executions, and saying what became of one that nobody could determine."""

from typing import Annotated

from fastapi import APIRouter, Path

from agent.domain.decisions import ALL_ACTIONS
from agent.errors import RecordMissing
from agent.guardrails.permissions import Permission, demand
from agent.guardrails.vocabulary import FACTS
from app.contract.executions import LimitRequest, LimitRow, ResolutionRequest
from app.contract.proposals import ProposalRow
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/executions", tags=["executions"])


@router.get("/limits")
def limits(context: Context, _person: Reader) -> list[LimitRow]:
    """What is stopped or limited now."""
    return [LimitRow.of(limit) for limit in context.executions.limits()]


@router.post("/limits")
def limit(wanted: LimitRequest, context: Context, person: SignedIn) -> list[LimitRow]:
    """Stop an action, let so many begin in an hour, or let it go on; survives restarts of every process."""
    demand(person, Permission.HOLD_EXECUTIONS)
    if wanted.action != ALL_ACTIONS and wanted.action not in FACTS:
        raise RecordMissing(f"There is no action {wanted.action}; these can be held: {', '.join(sorted(FACTS))}, and * for all.")
    if wanted.per_hour is None:
        demand(person, Permission.LET_EXECUTIONS_GO_ON)
    context.executions.limit(wanted.action, wanted.per_hour, person_id=person.id, reason=wanted.reason)
    return [LimitRow.of(limit) for limit in context.executions.limits()]


@router.post("/{proposal_id}/resolution")
def resolve(
    proposal_id: Annotated[int, Path(ge=1, le=2**31 - 1)], seen: ResolutionRequest, context: Context, person: SignedIn
) -> ProposalRow:
    """Say what a look into the ERP showed of a change that ended uncertain."""
    demand(person, Permission.DECIDE)
    context.desk.proposal(proposal_id)
    context.executions.resolve(proposal_id, seen.took_effect, person_id=person.id, reason=seen.reason)
    return ProposalRow.of(context.desk.proposal(proposal_id), context.policy)
