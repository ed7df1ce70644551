"""Who is away, and who stands in."""

from pydantic import AwareDatetime, Field

from agent.domain.absences import Absence
from app.contract.model import Contract, Moment


class AbsenceRow(Contract):
    id: int
    person: str
    deputy: str
    starts_at: Moment
    ends_at: Moment

    @classmethod
    def of(cls, absence: Absence) -> "AbsenceRow":
        return cls(
            id=absence.id,
            person=absence.person.handle,
            deputy=absence.deputy.handle,
            starts_at=absence.starts_at,
            ends_at=absence.ends_at,
        )


class AbsenceRequest(Contract):
    person: str
    deputy: str
    starts_at: AwareDatetime | None = Field(default=None, alias="from")
    """Null: from now on."""
    ends_at: AwareDatetime = Field(alias="until")
