"""What became of the log itself."""

from collections.abc import Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.guardrails.audit.words import short


def erased(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"What entry {entry.subject.partition(':')[2]} said was erased: {short(row.get('reason'))}."


def pruned(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    kinds = ", ".join(map(str, row.get("kinds") or ()))
    return f"What {row.get('payloads')} entries up to {row.get('through')} said ({kinds}) was erased: {short(row.get('reason'))}."
