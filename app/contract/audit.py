"""Entries of the audit log."""

from typing import Any

from agent.domain.audit import AuditEntry, ChainCheck
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
        return cls(
            seq=entry.seq,
            at=entry.at,
            kind=entry.kind,
            process=entry.process,
            person=entry.person,
            subject=entry.subject,
            payload=entry.payload,
            hash=entry.hash,
        )


class ChainRow(Contract):
    entries: int
    intact: bool
    broken_at: int | None
    reason: str
    head: str
    """Written down elsewhere, it proves later that nothing was cut off."""

    @classmethod
    def of(cls, check: ChainCheck) -> "ChainRow":
        return cls(entries=check.entries, intact=check.intact, broken_at=check.broken_at, reason=check.reason, head=check.head)
