"""Holding executions, and saying what became of one."""

from dataclasses import asdict
from typing import Annotated

from pydantic import Field, StringConstraints

from agent.domain.decisions import ExecutionLimit
from app.contract.model import STORABLE, Contract, Moment

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), STORABLE]


class LimitRequest(Contract):
    action: Annotated[str, StringConstraints(pattern=r"^(\*|[a-z_]{1,64})$")]
    """An action's name, or `*` for all of them together."""
    per_hour: Annotated[int, Field(ge=0, le=100_000)] | None
    """0 stops it, null takes the limit away."""
    reason: Reason


class LimitRow(Contract):
    action: str
    per_hour: int
    by: str
    reason: str
    since: Moment

    @classmethod
    def of(cls, limit: ExecutionLimit) -> "LimitRow":
        return cls(**asdict(limit))


class ResolutionRequest(Contract):
    took_effect: bool
    reason: Reason
    """What was seen in the ERP."""
