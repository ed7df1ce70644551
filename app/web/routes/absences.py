"""Who is away, and who stands in."""

from typing import Annotated

from fastapi import APIRouter, Path

from app.contract.absences import AbsenceRequest, AbsenceRow
from app.contract.proposals import ReasonRequest
from app.web.security import Context, Reader, SignedIn

router = APIRouter(prefix="/v1/absences", tags=["people"])
AbsenceId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("")
def absences(context: Context, _person: Reader) -> list[AbsenceRow]:
    """Those that are not over."""
    return [AbsenceRow.of(absence) for absence in context.absences.all()]


@router.post("")
def note(said: AbsenceRequest, context: Context, person: SignedIn) -> AbsenceRow:
    """Oneself or an admin says who is away and who stands in; the database checks it."""
    away, deputy = context.people.by_handle(said.person), context.people.by_handle(said.deputy)
    begins = said.starts_at or context.clock()
    return AbsenceRow.of(context.absences.note(away.id, deputy.id, begins, said.ends_at, noted_by=person.id))


@router.post("/{absence_id}/end")
def end(absence_id: AbsenceId, context: Context, person: SignedIn) -> AbsenceRow:
    """Back early: from now on nobody stands in."""
    return AbsenceRow.of(context.absences.end(absence_id, ended_by=person.id))


@router.post("/{absence_id}/cancel")
def cancel(absence_id: AbsenceId, said: ReasonRequest, context: Context, person: SignedIn) -> AbsenceRow:
    """Noted by mistake: what the deputy decided and is not yet carried out never will be. Answers with the absence as it was."""
    return AbsenceRow.of(context.absences.cancel(absence_id, cancelled_by=person.id, reason=said.reason))
