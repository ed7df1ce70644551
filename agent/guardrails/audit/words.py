"""Words that every sentence is made of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from agent.domain.audit import AuditEntry

LONGEST = 400


def label(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    kind, _, id = entry.subject.partition(":")
    number = row.get("proposal_id") or (id if kind == "proposal" else None)
    return f"P{number}" if number else entry.subject


def who(entry: AuditEntry) -> str:
    return entry.person or "somebody"


def when(at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def quoted(text: Any) -> str:
    return f"“{short(text)}”"


def short(text: Any) -> str:
    """On one line, and cut where it would drown the story; the log itself has it whole."""
    line = " ".join(str(text or "").split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
