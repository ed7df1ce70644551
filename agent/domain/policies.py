"""Versions of the policy, as they are kept."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """One version's text, and whose it is."""

    id: int
    version: str
    """`v2-3fa9c0d2`."""
    text: str
    sha256: str
    author: str | None
    """The handle of whoever handed it in; None: the file that the owner started with."""
    reason: str
    created_at: datetime
    since: datetime | None
    """In force since then; None when it is not in force now."""


class AskedPolicy(BaseModel):
    """A policy that a person wants in force, as it is kept as the text of what the person sent: JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    replaces: str
    """What was in force when they asked."""
    reason: str
