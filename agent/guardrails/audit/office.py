"""Who may do what, and by which rules."""

from collections.abc import Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.guardrails.audit.kinds import AuditKind
from agent.guardrails.audit.words import quoted, when, who


def person(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    verb = "was added" if entry.kind == AuditKind.PERSON_ADDED else "was changed"
    roles = ", ".join(map(str, row.get("roles") or ())) or "no role"
    return f"{who(entry)} {verb}: {roles}{'' if row.get('active', True) else ', no longer active'}."


def token(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if entry.kind == AuditKind.TOKEN_CHANGED:
        return f"A token of {who(entry)} was revoked or changed."
    until = f", valid until {when(row['expires_at'])}" if row.get("expires_at") else ""
    return f"A token was issued to {who(entry)}{until}."


def enrolment_code(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    until = f", good until {when(row['expires_at'])}" if row.get("expires_at") else ""
    return f"A code to set up an authenticator was issued to {who(entry)}{until}."


def authenticator(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if entry.kind == AuditKind.AUTHENTICATOR_REMOVED and entry.process == "admin":
        return f"The authenticator of {who(entry)} was reset by the owner."
    return f"{who(entry)} {entry.kind.partition('.')[2]} an authenticator."


def account(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    named = f"Slack account {row.get('slack_user')}"
    if entry.kind == AuditKind.ACCOUNT_CONFIRMED:
        return f"{who(entry)} confirmed that {named} is theirs."
    if entry.kind == AuditKind.ACCOUNT_UNLINKED:
        return f"{named} no longer stands for {row.get('handle')}: {row.get('why')}."
    return f"{named} has the mail address of {row.get('handle')}; they have not confirmed that it is theirs yet."


def erp_user(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    named = f"Odoo user {row.get('name')} ({row.get('login')})"
    if entry.kind == AuditKind.ERP_USER_UNLINKED:
        return f"{who(entry)} ended the link to {named}."
    return f"{who(entry)} said that {named} is {'them' if entry.kind == AuditKind.ERP_USER_CONFIRMED else 'not them'}."


def away(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if entry.kind == AuditKind.ABSENCE_ENDED:
        return f"{who(entry)} ended an absence early; the deputy stands in no longer."
    if entry.kind == AuditKind.ABSENCE_CANCELLED:
        cancelled = f"an absence of {row.get('handle')}, saying {quoted(row.get('reason'))}"
        return f"{who(entry)} cancelled {cancelled}; {row.get('deputy')} never stood in."
    number = f" (absence {row['id']})" if row.get("id") else ""
    until = f"{row.get('handle')} is away until {row.get('ends_at')}"
    return f"{who(entry)} said that {until} and {row.get('deputy')} stands in{number}."


def policy_stored(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{who(entry)} handed in policy {row.get('version')}, saying {quoted(row.get('reason'))}; nothing changed by that."


def policy_activated(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    instead = f" instead of {row['replaced']}" if row.get("replaced") else ""
    how = f", as P{row['proposal_id']} was approved to do" if row.get("proposal_id") else ", from the owner's file"
    return f"Policy {row.get('version')} came into force{instead}{how}."
