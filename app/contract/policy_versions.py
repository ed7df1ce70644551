"""The policy's versions, and asking for another one."""

from typing import Annotated

from pydantic import StringConstraints

from agent.domain.policies import StoredPolicy
from app.contract.model import STORABLE, Contract, Moment

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000), STORABLE]


class PolicyVersionRow(Contract):
    version: str
    sha256: str
    author: str | None
    """Null: the file that the owner started with."""
    reason: str
    created_at: Moment
    in_force_since: Moment | None
    """Null when it is not in force."""
    text: str | None = None
    """Null in lists."""

    @classmethod
    def of(cls, stored: StoredPolicy, *, whole: bool = False) -> "PolicyVersionRow":
        return cls(
            version=stored.version,
            sha256=stored.sha256,
            author=stored.author,
            reason=stored.reason,
            created_at=stored.created_at,
            in_force_since=stored.since,
            text=stored.text if whole else None,
        )


class PolicyRequest(Contract):
    """A text that somebody wants in force."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=60_000), STORABLE]
    reason: Reason


class ActivationRequest(Contract):
    """A version that is kept already and that somebody wants in force."""

    reason: Reason
