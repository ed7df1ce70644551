"""Who decided what, and what it added up to."""

from collections.abc import Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.guardrails.audit.kinds import AuditKind
from agent.guardrails.audit.words import label, quoted, short, when, who


def decision(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    verb = "rejected" if row.get("verdict") == "reject" else "approved"
    step = f" (step {row['step'] + 1})" if isinstance(row.get("step"), int) else ""
    rule = f" under rule {row['rule']}" if row.get("rule") else ""
    policy = f" of policy {row['policy_version']}" if row.get("policy_version") else ""
    reason = f", saying {quoted(row['reason'])}" if row.get("reason") else ""
    absent = f" for {row['for_handle']}, who was away," if row.get("for_handle") else ""
    factor = " with a code of their authenticator" if row.get("second_factor_id") else ""
    return f"{who(entry)}{absent} {verb} {label(entry, row)}{step}{factor}{rule}{policy}{reason}."


def refused(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{who(entry)} was refused a click on {label(entry, row)} ({row.get('kind')}): {short(row.get('said'))}"


def withdrawn(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{who(entry)} withdrew {label(entry, row)}, saying {quoted(row.get('reason'))}."


def commented(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{who(entry)} commented on {label(entry, row)}: {quoted(row.get('text'))}."


def grant(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    until = f" until {when(row['expires_at'])}" if row.get("expires_at") else ""
    sha = f", for exactly the content {row['sha256'][:12]}" if row.get("sha256") else ""
    return f"The approvals added up: {label(entry, row)} may be carried out once{until}{sha}."


def watched(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    number, roles = f"P{row.get('proposal_id')}", " or ".join(row.get("roles") or ["those who decide"])
    step = f" (step {row['step'] + 1})" if isinstance(row.get("step"), int) else ""
    deputies = "".join(f", {one['deputy']} for {one['absent']}" for one in row.get("standing_in") or ())
    if entry.kind == AuditKind.APPROVAL_REMINDED:
        return f"{number}{step} still waited; reminder {row.get('number')} to {roles}{deputies}."
    if entry.kind == AuditKind.APPROVAL_ESCALATED:
        return f"{number}{step} had waited too long and was escalated: {roles}{deputies} may decide too."
    return f"{number}{step} lapsed; {roles} had not decided."
