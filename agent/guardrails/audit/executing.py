"""What was carried out, held back and looked into."""

from collections.abc import Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.domain.decisions import ALL_ACTIONS
from agent.guardrails.audit.kinds import AuditKind
from agent.guardrails.audit.words import label, quoted, short, who


def started(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"The {entry.process} began to carry {label(entry, row)} out."


OUTCOMES = {
    "done": "was carried out",
    "failed": "failed",
    "refused_stale": "was refused by the executor",
    "uncertain": "needs a person to look",
}


def finished(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    outcome = OUTCOMES.get(str(row.get("outcome")), "ended")
    policy = evidence.get("policy_version") if isinstance(evidence := row.get("evidence"), Mapping) else None
    judged = f" by policy {policy}" if policy else ""
    return f"{label(entry, row)} {outcome}{judged}. {short(row.get('detail') or '')}".rstrip()


def resolved(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    found = "took effect" if row.get("took_effect") else "did not take effect"
    return f"{who(entry)} looked and found that {label(entry, row)} {found}, saying {quoted(row.get('reason'))}."


def replayed(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    number = f"J{entry.subject.partition(':')[2]}"
    return f"{who(entry)} had {number} ({row.get('task')}) run again, which was given up: {quoted(row.get('reason'))}."


def braked(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    every = row.get("action") == ALL_ACTIONS
    what = "executions" if every else f"executions of {row.get('action')}"
    told = {
        AuditKind.EXECUTION_STOPPED: f"stopped {'all ' if every else ''}{what}",
        AuditKind.EXECUTION_LIMITED: f"let {row.get('per_hour')} {what} begin in an hour",
        AuditKind.EXECUTION_RELEASED: f"let {'all ' if every else ''}{what} go on",
    }
    return f"{who(entry)} {told[AuditKind(entry.kind)]}, saying {quoted(row.get('reason'))}."
