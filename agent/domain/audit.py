"""Entries of the log that cannot be quietly changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link of the chain. `hash` covers the previous hash, the entry's own columns and the digest of salt and payload."""

    seq: int
    at: datetime
    kind: str
    """`proposal.created`, `decision.recorded`, `grant.issued`, `execution.started`, `recommendation.made` …"""
    process: str
    """Which process wrote it (serve, worker, executor, admin), taken from the database role."""
    person: str | None
    """The handle of whoever acted."""
    subject: str
    """What it is about: `proposal:12`, `inbound:7`, `sale.order:42`."""
    payload: dict[str, Any] | None
    """None when it was erased; the chain still verifies."""
    hash: str


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What verifying the chain found."""

    entries: int
    intact: bool
    broken_at: int | None
    reason: str
    head: str
    """Hash of the last entry; written down elsewhere it proves that nothing was cut off."""
