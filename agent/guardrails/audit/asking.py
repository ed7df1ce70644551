"""Who asked what, and what was proposed and answered."""

import json
from collections.abc import Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.guardrails.audit.words import label, quoted, short, when, who


def inbound(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if row.get("kind") == "undo":
        return f"{who(entry)} asked to undo P{row.get('text')}."
    if row.get("kind") == "dry_run":
        return f"{who(entry)} asked what would be done for P{row.get('text')} now."
    if row.get("kind") in ("mail_link", "mail_follow"):
        asked = json.loads(str(row.get("text")))
        wish = (
            f"to link M{asked['mail']} to {short(asked['record'])}"
            if "record" in asked
            else f"what follows from M{asked['mail']}"
        )
        return f"{who(entry)} asked {wish}."
    if row.get("kind") == "propose":
        asked = json.loads(str(row.get("text")))
        if "action" not in asked:
            return f"{who(entry)} asked for {_group_asked(asked)}: {quoted(asked['reason'])}."
        given = ", ".join(f"{name} {value}" for name, value in asked["arguments"].items())
        return f"{who(entry)} asked for {asked['action']} ({short(given)}): {quoted(asked['reason'])}."
    return f"{who(entry)} asked: {quoted(row.get('text'))}."


def _group_asked(asked: Mapping[str, Any]) -> str:
    if "mails_of" in asked:
        return f"the linked mails of {asked['mails_of']} to be put on what they are about"
    if "customers_of" in asked:
        return f"messages to the customers whose promise breaks because of M{asked['customers_of']}"
    comes = f" when it comes {asked['new_date']}" if asked.get("new_date") else ""
    return f"new promise dates for what waits for {short(asked['cause'])}{comes}"


def proposal(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    content = _content(row)
    preview = content.get("preview", {})
    changes = "; ".join(f"{change['label']}: {change['before']} → {change['after']}" for change in preview.get("changes", ()))
    parts = [
        f"{label(entry, row)} was proposed for {who(entry)} by {_origin(row)}: {short(preview.get('title', 'a change'))}",
        f" ({short(changes)})" if changes else "",
        f", in place of P{row['supersedes']}" if row.get("supersedes") else "",
        f", a line of G{row['group_id']}" if row.get("group_id") else "",
        f". Reason given: {short(row['rationale']).rstrip('.')}" if row.get("rationale") else "",
        f". It rests on {_facts(content)}" if content.get("facts") else "",
    ]
    return "".join(parts) + "."


def group(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"G{row.get('id')} was made for {who(entry)}, to be decided together or line by line: {short(row.get('title'))}."


def recommendation(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    withheld = row.get("withheld")
    unsupported = f"; {len(withheld)} unsupported sentences were withheld" if isinstance(withheld, list) and withheld else ""
    return f"{who(entry)} was answered by {_origin(row)}{unsupported}."


def withheld(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"A sentence that no tool result supported was withheld from {who(entry)}: {quoted(row.get('text'))}."


def _origin(row: Mapping[str, Any]) -> str:
    provenance = {**row, **(row.get("provenance") or {})}
    if provenance.get("origin") != "model":
        return "the rules"
    prompt = f", prompt {provenance['prompt_sha256'][:12]}" if provenance.get("prompt_sha256") else ""
    return f"the model {provenance.get('model') or 'unknown'}{prompt}"


def _facts(content: Mapping[str, Any]) -> str:
    """What the policy decided on, and every value the change replaces or shows."""
    values = {**content.get("before", {}), **content["facts"]}
    return short(
        ", ".join(f"{key.replace('_', ' ')} {_value(key, value)}" for key, value in sorted(values.items()) if value is not None)
    )


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return when(value) if key.endswith("_date") else str(value)


def _content(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A proposal's content is stored as the canonical text that was hashed."""
    content = row.get("content") or {}
    parsed = json.loads(content) if isinstance(content, str) else content
    return parsed if isinstance(parsed, dict) else {}
