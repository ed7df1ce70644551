"""Entries of the audit log."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from agent.domain.audit import AuditEntry, ChainCheck, Checkpoint
from agent.guardrails.audit import AuditKind
from agent.ports.audit_log import AuditLog
from app.contract.model import Contract, Moment


def history(audit: AuditLog, subject: str) -> list[AuditEntry]:
    """All that is recorded about a subject, and first the question that a proposal came from. Empty when nothing is."""
    entries = audit.about(subject)
    known = {entry.seq for entry in entries}
    proposed = [entry.payload for entry in entries if entry.kind == AuditKind.PROPOSAL_CREATED and entry.payload]
    questions = {payload["inbound_id"] for payload in proposed}
    asked = [entry for question in sorted(questions) for entry in audit.about(f"inbound:{question}")]
    return sorted([*entries, *{entry.seq: entry for entry in asked if entry.seq not in known}.values()], key=lambda one: one.seq)


class AuditRow(Contract):
    seq: int
    at: Moment
    kind: str
    process: str
    person: str | None
    subject: str
    payload: dict[str, Any] | None
    """None when it was erased; the chain still verifies."""
    hash: str

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditRow":
        return cls(**asdict(entry))


class ChainRow(Contract):
    entries: int
    intact: bool
    broken_at: int | None
    reason: str
    head: str
    """Written down elsewhere, it proves later that nothing was cut off."""
    checkpoints: int
    """How many checkpoints the chain agreed with."""

    @classmethod
    def of(cls, check: ChainCheck) -> "ChainRow":
        return cls(**asdict(check))


class CheckpointRow(Contract):
    """One line of a copy of the checkpoints; `audit verify --checkpoints` reads it."""

    entries: int
    hash: str
    at: datetime
    signed_by: str | None
    signature: str | None

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "CheckpointRow":
        return cls(**asdict(checkpoint))
