"""A case: a seeded world, what happens in it, the end state that must result, and what must not happen."""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

CASES = Path(__file__).with_name("cases")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Step(_Part):
    """One thing that happens. Exactly one of the verbs is set."""

    person: str = Field("maria", alias="as")
    says: str | None = None
    """A chat message; all messages of one case are one conversation per person."""
    mail: str | None = None
    """A message of the shared inbox, in RFC 5322 form."""
    decides: Literal["approve", "reject"] | None = None
    """A verdict on the newest proposal."""
    undo: bool = False
    """Ask for the inverse of the newest executed proposal."""
    executes: bool = False
    """The executor sweeps."""
    erp: dict[str, str] | None = None
    """Someone changes the ERP meanwhile: `{order: …, promise_date: …}`."""


class ExpectedProposal(_Part):
    action: str
    order: str
    promise_date: str | None = None
    """The day it asks for."""
    state: str = "pending"


class ExpectedMail(_Part):
    mail_class: str = Field(alias="class")
    priority: str
    links: tuple[str, ...] = ()
    needs_person: bool | None = None
    draft: bool | None = None


class Expected(_Part):
    """The end state, and what the last answer must and must not hold."""

    proposals: tuple[ExpectedProposal, ...] = ()
    promise_dates: dict[str, str] = Field(default_factory=dict)
    """Orders whose promise date changed, and to what day; every other value of the ERP must be as it was."""
    notes: dict[str, int] = Field(default_factory=dict)
    """Orders that got notes, and how many."""
    refused: bool = False
    """The last decision was refused."""
    says: tuple[str, ...] = ()
    """Texts the last answer contains; case ignored. `a|b` means one of them."""
    omits: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    mail: ExpectedMail | None = None


class Case(_Part):
    id: str
    group: str = ""
    about: str
    steps: tuple[Step, ...]
    expect: Expected = Expected()


def load_cases(folder: Path = CASES) -> list[Case]:
    """All cases, in file order; raises ValueError on a malformed or repeated one."""
    cases = [
        Case.model_validate({"group": file.stem, **entry}) for file in sorted(folder.glob("*.yaml")) for entry in _entries(file)
    ]
    repeated = {case.id for case in cases if sum(other.id == case.id for other in cases) > 1}
    if repeated:
        raise ValueError(f"case ids are used twice: {sorted(repeated)}")
    return cases


def _entries(file: Path) -> list[dict[str, Any]]:
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise ValueError(f"{file.name} is not a list of cases")
    return entries
