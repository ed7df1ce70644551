"""What people said of findings."""

from collections.abc import Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.guardrails.audit.kinds import AuditKind
from agent.guardrails.audit.words import quoted, when, who

#: What somebody did with the finding, which is named in its place.
HANDLED: Mapping[str, str] = {
    AuditKind.FINDING_ACKNOWLEDGED: "acknowledged {}",
    AuditKind.FINDING_SNOOZED: "snoozed {}",
    AuditKind.FINDING_UNSNOOZED: "ended the snooze of {}",
    AuditKind.FINDING_ASSIGNED: "assigned {}",
    AuditKind.FINDING_COMMENTED: "commented on {}",
    AuditKind.FINDING_MARKED_TRUE: "called {} a true alarm",
    AuditKind.FINDING_MARKED_FALSE: "called {} a false alarm",
}


def handled(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    named = f"F{entry.subject.partition(':')[2]} ({row.get('severity', 'unknown severity')}: {row.get('finding')})"
    owner = f" to {row['owner']}" if row.get("owner") else ""
    until = f" until {when(row['until'])}" if row.get("until") else ""
    reason = f", saying {quoted(row['reason'])}" if row.get("reason") else ""
    return f"{who(entry)} {HANDLED[entry.kind].format(named)}{owner}{until}{reason}."
