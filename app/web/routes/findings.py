"""Findings across scans, and what people say of them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from agent.domain.asked_days import since_when
from agent.domain.decisions import Person
from agent.domain.finding_life import Deed, EventKind, FindingFilter, FindingState
from agent.domain.findings import FindingKind, Severity
from agent.errors import PreconditionFailed
from agent.guardrails.permissions import Permission, demand, may
from app.contract.findings import DeedRequest, FindingsRow, KnownFindingRow
from app.web.context import WebContext
from app.web.prices import known_without_money
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/findings", tags=["findings"])
FindingId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Words = Annotated[str | None, Query(max_length=200)]


@router.get("")
def findings(
    context: Context,
    person: Reader,
    state: Annotated[list[FindingState] | None, Query()] = None,
    kind: Annotated[list[FindingKind] | None, Query()] = None,
    severity: Annotated[list[Severity] | None, Query()] = None,
    warehouse: Words = None,
    owner: Words = None,
    order: Words = None,
    since: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> FindingsRow:
    """Gravest first; without a state, those that are open."""
    wanted = FindingFilter(
        states=tuple(state or (FindingState.OPEN,)),
        kinds=tuple(kind or ()),
        severities=tuple(severity or ()),
        warehouse=warehouse,
        owner=owner,
        order=order,
        since=since_when(since, context.clock()) if since else None,
        limit=limit,
    )
    found = FindingsRow.of(context.board.findings(wanted), context.board.standing())
    return found.model_copy(update={"findings": tuple(_for(person, row) for row in found.findings)})


@router.get("/{finding_id}")
def finding(finding_id: FindingId, context: Context, person: Reader) -> KnownFindingRow:
    """One finding with everything that happened to it, oldest first."""
    return _shown(finding_id, context, person)


@router.post("/{finding_id}/events")
def say(finding_id: FindingId, said: DeedRequest, context: Context, person: SignedIn) -> KnownFindingRow:
    """Acknowledge, snooze, assign, comment or mark; the database refuses what does not fit the finding as it is now."""
    demand(person, Permission.HANDLE_FINDINGS)
    context.board.say(finding_id, person.id, _deed(said, context))
    return _shown(finding_id, context, person)


def _deed(said: DeedRequest, context: WebContext) -> Deed:
    kind = EventKind(said.kind)
    _refuse_unfit(kind is EventKind.SNOOZED, said.until, "To snooze a finding, say until when; nothing else takes a time.")
    _refuse_unfit(kind is EventKind.ASSIGNED, said.owner, "To assign a finding, say to whom; nothing else takes an owner.")
    owner = context.people.by_handle(said.owner) if said.owner else None
    return Deed(kind, said.severity, said.reason, said.until, owner.id if owner else None)


def _refuse_unfit(needed: bool, given: datetime | str | None, words: str) -> None:
    if needed != bool(given):
        raise PreconditionFailed(words)


def _shown(finding_id: int, context: WebContext, person: Person) -> KnownFindingRow:
    return _for(person, KnownFindingRow.of(context.board.finding(finding_id)))


def _for(person: Person, row: KnownFindingRow) -> KnownFindingRow:
    return row if may(person, Permission.READ_PRICES) else known_without_money(row)
