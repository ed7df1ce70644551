"""Proposals with one cause, and decisions on many of them with one click."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from agent.domain.decisions import ProposalGroup, Verdict
from agent.guardrails.policy import Policy
from app.contract.model import STORABLE, Contract, Moment
from app.contract.proposals import ProposalRow, Reason
from app.contract.second_factor import Code


class GroupRow(Contract):
    id: int
    label: str
    """`G3`, as commands accept it."""
    title: str
    asker: str
    created_at: Moment
    lines: tuple[ProposalRow, ...]
    """An edited line as it is now."""

    @classmethod
    def of(cls, group: ProposalGroup, policy: Policy) -> "GroupRow":
        return cls(
            id=group.id,
            label=group.label,
            title=group.title,
            asker=group.asker.handle,
            created_at=group.created_at,
            lines=tuple(ProposalRow.of(line, policy) for line in group.lines),
        )


class NewDatesRequest(Contract):
    """New promise dates for all orders that something late endangers."""

    cause: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128), STORABLE]
    """Number of a purchase or transfer, code or name of a product, or name of a vendor."""
    new_date: date | None = None
    """When it comes instead; null for as things stand."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]


class LineShown(Contract):
    proposal_id: Annotated[int, Field(ge=1, le=2**31 - 1)]
    sha256: str
    """Of what was shown of this line."""


class GroupDecisionRequest(Contract):
    verdict: Verdict
    lines: Annotated[tuple[LineShown, ...], Field(min_length=1, max_length=200)]
    """All of the group that were shown, or some."""
    reason: Reason | None = None
    """Rejecting takes one."""
    code: Code | None = Field(default=None, repr=False)
    """One for all lines, where a rule of one of them wants a second factor."""


class NotDecidedRow(Contract):
    label: str
    kind: str
    """As of a refusal of the API."""
    why: str


class GroupAnswer(Contract):
    group: GroupRow
    decided: tuple[str, ...]
    """Labels of the lines this click decided on."""
    granted: tuple[str, ...]
    """Of these, those that needed no further approval."""
    not_decided: tuple[NotDecidedRow, ...]
