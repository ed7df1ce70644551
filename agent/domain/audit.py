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
class Checkpoint:
    """The chain had so many entries at a moment and ended in this hash. Kept elsewhere, it proves that nothing was cut off."""

    entries: int
    hash: str
    at: datetime
    signed_by: str | None = None
    """Which key signed: the first 16 hex digits of the public key's sha256. None when nobody signed."""
    signature: str | None = None
    """Ed25519 over `statement()`, in hex."""

    def statement(self) -> bytes:
        """What is signed."""
        return f"expediter audit\n{self.entries}\n{self.hash}\n{self.at.isoformat()}".encode()


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What verifying the chain found."""

    entries: int
    intact: bool
    broken_at: int | None
    reason: str
    head: str
    """Hash of the last entry; written down elsewhere it proves that nothing was cut off."""
    checkpoints: int = 0
    """How many checkpoints the chain agreed with."""
