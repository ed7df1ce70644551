"""What is written down, and how it reads as a story."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from agent.domain.audit import AuditEntry
from agent.domain.decisions import ALL_ACTIONS

LONGEST = 400


class AuditKind(StrEnum):
    """Kinds of entries. All but the recommendation and the withheld sentence are written by the database's own triggers."""

    INBOUND_RECEIVED = "inbound.received"
    PROPOSAL_CREATED = "proposal.created"
    DECISION_RECORDED = "decision.recorded"
    DECISION_REFUSED = "decision.refused"
    PROPOSAL_WITHDRAWN = "proposal.withdrawn"
    PROPOSAL_COMMENTED = "proposal.commented"
    GROUP_CREATED = "group.created"
    GRANT_ISSUED = "grant.issued"
    EXECUTION_STARTED = "execution.started"
    EXECUTION_FINISHED = "execution.finished"
    EXECUTION_RESOLVED = "execution.resolved"
    EXECUTION_STOPPED = "execution.stopped"
    EXECUTION_LIMITED = "execution.limited"
    EXECUTION_RELEASED = "execution.released"
    POLICY_STORED = "policy.stored"
    POLICY_ACTIVATED = "policy.activated"
    APPROVAL_REMINDED = "approval.reminded"
    APPROVAL_ESCALATED = "approval.escalated"
    APPROVAL_EXPIRED = "approval.expired"
    ABSENCE_NOTED = "absence.noted"
    ABSENCE_ENDED = "absence.ended"
    RECOMMENDATION_MADE = "recommendation.made"
    SENTENCE_WITHHELD = "sentence.withheld"
    FINDING_ACKNOWLEDGED = "finding.acknowledged"
    FINDING_SNOOZED = "finding.snoozed"
    FINDING_UNSNOOZED = "finding.unsnoozed"
    FINDING_ASSIGNED = "finding.assigned"
    FINDING_COMMENTED = "finding.commented"
    FINDING_MARKED_TRUE = "finding.marked_true"
    FINDING_MARKED_FALSE = "finding.marked_false"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    TOKEN_ISSUED = "token.issued"  # noqa: S105 - a kind of entry
    TOKEN_CHANGED = "token.changed"  # noqa: S105 - as above
    AUTHENTICATOR_ENROLLED = "authenticator.enrolled"
    AUTHENTICATOR_CONFIRMED = "authenticator.confirmed"
    AUTHENTICATOR_REMOVED = "authenticator.removed"
    PAYLOAD_ERASED = "payload.erased"
    PAYLOADS_PRUNED = "payloads.pruned"


def story(entries: Iterable[AuditEntry]) -> list[str]:
    """One plain sentence or two for each entry: who asked what, what was proposed on which evidence, who decided under which rule
    and why, and what the executor verified.

    A payload is the row as JSON (column names as keys, times as ISO 8601). A key that is absent is left out of the sentence.
    """
    return [f"{_when(entry.at)}: {_sentence(entry)}" for entry in entries]


def _sentence(entry: AuditEntry) -> str:
    if entry.payload is None:
        return f"{entry.kind} on {entry.subject}; its text was erased, that it happened is still proven."
    tell = TELLERS.get(entry.kind)
    if tell is None:
        return f"{entry.kind} on {entry.subject}, written by {entry.person or entry.process}."
    try:
        return " ".join(tell(entry, entry.payload).split())
    except (TypeError, ValueError, LookupError, AttributeError):
        # What a process wrote past its own code must not keep the rest of the story from being read.
        return f"{entry.kind} on {entry.subject}, written by {entry.process} in a form that cannot be told; the log has it whole."


def _inbound(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if row.get("kind") == "undo":
        return f"{_who(entry)} asked to undo P{row.get('text')}."
    if row.get("kind") == "propose":
        asked = json.loads(str(row.get("text")))
        given = ", ".join(f"{name} {value}" for name, value in asked["arguments"].items())
        return f"{_who(entry)} asked for {asked['action']} ({_short(given)}): {_quoted(asked['reason'])}."
    return f"{_who(entry)} asked: {_quoted(row.get('text'))}."


def _proposal(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    content = _content(row)
    preview = content.get("preview", {})
    changes = "; ".join(f"{change['label']}: {change['before']} → {change['after']}" for change in preview.get("changes", ()))
    parts = [
        f"{_label(entry, row)} was proposed for {_who(entry)} by {_origin(row)}: {_short(preview.get('title', 'a change'))}",
        f" ({_short(changes)})" if changes else "",
        f", in place of P{row['supersedes']}" if row.get("supersedes") else "",
        f", a line of G{row['group_id']}" if row.get("group_id") else "",
        f". Reason given: {_short(row['rationale']).rstrip('.')}" if row.get("rationale") else "",
        f". It rests on {_facts(content)}" if content.get("facts") else "",
    ]
    return "".join(parts) + "."


def _origin(row: Mapping[str, Any]) -> str:
    provenance = {**row, **(row.get("provenance") or {})}
    if provenance.get("origin") != "model":
        return "the rules"
    prompt = f", prompt {provenance['prompt_sha256'][:12]}" if provenance.get("prompt_sha256") else ""
    return f"the model {provenance.get('model') or 'unknown'}{prompt}"


def _facts(content: Mapping[str, Any]) -> str:
    """What the policy decided on, and every value the change replaces or shows."""
    values = {**content.get("before", {}), **content["facts"]}
    return _short(
        ", ".join(f"{key.replace('_', ' ')} {_value(key, value)}" for key, value in sorted(values.items()) if value is not None)
    )


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _when(value) if key.endswith("_date") else str(value)


def _decision(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    verb = "rejected" if row.get("verdict") == "reject" else "approved"
    step = f" (step {row['step'] + 1})" if isinstance(row.get("step"), int) else ""
    rule = f" under rule {row['rule']}" if row.get("rule") else ""
    policy = f" of policy {row['policy_version']}" if row.get("policy_version") else ""
    reason = f", saying {_quoted(row['reason'])}" if row.get("reason") else ""
    absent = f" for {row['for_handle']}, who was away," if row.get("for_handle") else ""
    factor = " with a code of their authenticator" if row.get("second_factor_id") else ""
    return f"{_who(entry)}{absent} {verb} {_label(entry, row)}{step}{factor}{rule}{policy}{reason}."


def _withdrawn(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{_who(entry)} withdrew {_label(entry, row)}, saying {_quoted(row.get('reason'))}."


def _commented(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{_who(entry)} commented on {_label(entry, row)}: {_quoted(row.get('text'))}."


def _group(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"G{row.get('id')} was made for {_who(entry)}, to be decided together or line by line: {_short(row.get('title'))}."


def _refused(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{_who(entry)} was refused a click on {_label(entry, row)} ({row.get('kind')}): {_short(row.get('said'))}"


def _authenticator(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if entry.kind == AuditKind.AUTHENTICATOR_REMOVED and entry.process == "admin":
        return f"The authenticator of {_who(entry)} was reset by the owner."
    return f"{_who(entry)} {entry.kind.partition('.')[2]} an authenticator."


def _grant(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    until = f" until {_when(row['expires_at'])}" if row.get("expires_at") else ""
    sha = f", for exactly the content {row['sha256'][:12]}" if row.get("sha256") else ""
    return f"The approvals added up: {_label(entry, row)} may be carried out once{until}{sha}."


def _started(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"The {entry.process} began to carry {_label(entry, row)} out."


OUTCOMES = {
    "done": "was carried out",
    "failed": "failed",
    "refused_stale": "was refused by the executor",
    "uncertain": "needs a person to look",
}


def _finished(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    outcome = OUTCOMES.get(str(row.get("outcome")), "ended")
    return f"{_label(entry, row)} {outcome}. {_short(row.get('detail') or '')}".rstrip()


def _recommendation(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    withheld = row.get("withheld")
    unsupported = f"; {len(withheld)} unsupported sentences were withheld" if isinstance(withheld, list) and withheld else ""
    return f"{_who(entry)} was answered by {_origin(row)}{unsupported}."


def _withheld(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"A sentence that no tool result supported was withheld from {_who(entry)}: {_quoted(row.get('text'))}."


def _handled(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    verb = HANDLED.get(entry.kind, "said something of")
    label = f"F{entry.subject.partition(':')[2]}"
    owner = f" to {row['owner']}" if row.get("owner") else ""
    until = f" until {_when(row['until'])}" if row.get("until") else ""
    reason = f", saying {_quoted(row['reason'])}" if row.get("reason") else ""
    return (
        f"{_who(entry)} {verb} {label} ({row.get('severity', 'unknown severity')}: {row.get('finding')}){owner}{until}{reason}."
    )


HANDLED: Mapping[str, str] = {
    AuditKind.FINDING_ACKNOWLEDGED: "acknowledged",
    AuditKind.FINDING_SNOOZED: "snoozed",
    AuditKind.FINDING_UNSNOOZED: "ended the snooze of",
    AuditKind.FINDING_ASSIGNED: "assigned",
    AuditKind.FINDING_COMMENTED: "commented on",
    AuditKind.FINDING_MARKED_TRUE: "called a true alarm",
    AuditKind.FINDING_MARKED_FALSE: "called a false alarm",
}


def _person(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    verb = "was added" if entry.kind == AuditKind.PERSON_ADDED else "was changed"
    roles = ", ".join(map(str, row.get("roles") or ())) or "no role"
    return f"{_who(entry)} {verb}: {roles}{'' if row.get('active', True) else ', no longer active'}."


def _token(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if entry.kind == AuditKind.TOKEN_CHANGED:
        return f"A token of {_who(entry)} was revoked or changed."
    until = f", valid until {_when(row['expires_at'])}" if row.get("expires_at") else ""
    return f"A token was issued to {_who(entry)}{until}."


def _resolved(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    found = "took effect" if row.get("took_effect") else "did not take effect"
    return f"{_who(entry)} looked and found that {_label(entry, row)} {found}, saying {_quoted(row.get('reason'))}."


def _braked(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    what = "all executions" if row.get("action") == ALL_ACTIONS else f"executions of {row.get('action')}"
    told = {
        AuditKind.EXECUTION_STOPPED: f"stopped {what}",
        AuditKind.EXECUTION_LIMITED: f"let {row.get('per_hour')} of {what} begin in an hour",
        AuditKind.EXECUTION_RELEASED: f"let {what} go on",
    }
    return f"{_who(entry)} {told[AuditKind(entry.kind)]}, saying {_quoted(row.get('reason'))}."


def _policy_stored(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"{_who(entry)} handed in policy {row.get('version')}, saying {_quoted(row.get('reason'))}; nothing changed by that."


def _policy_activated(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    instead = f" instead of {row['replaced']}" if row.get("replaced") else ""
    how = f", as P{row['proposal_id']} was approved to do" if row.get("proposal_id") else ", from the owner's file"
    return f"Policy {row.get('version')} came into force{instead}{how}."


def _watched(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    label, roles = f"P{row.get('proposal_id')}", " or ".join(row.get("roles") or ["those who decide"])
    step = f" (step {row['step'] + 1})" if isinstance(row.get("step"), int) else ""
    if entry.kind == AuditKind.APPROVAL_REMINDED:
        return f"{label}{step} still waited; reminder {row.get('number')} to {roles}."
    if entry.kind == AuditKind.APPROVAL_ESCALATED:
        return f"{label}{step} had waited too long and was escalated: {roles} may decide too."
    return f"{label}{step} lapsed; {roles} had not decided."


def _away(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if entry.kind == AuditKind.ABSENCE_ENDED:
        return f"{_who(entry)} ended an absence early; the deputy stands in no longer."
    return f"{_who(entry)} said that {row.get('handle')} is away until {row.get('ends_at')} and {row.get('deputy')} stands in."


def _erased(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"What entry {entry.subject.partition(':')[2]} said was erased: {_short(row.get('reason'))}."


def _pruned(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    kinds = ", ".join(map(str, row.get("kinds") or ()))
    return (
        f"What {row.get('payloads')} entries up to {row.get('through')} said ({kinds}) was erased: {_short(row.get('reason'))}."
    )


TELLERS: Mapping[str, Callable[[AuditEntry, Mapping[str, Any]], str]] = {
    AuditKind.INBOUND_RECEIVED: _inbound,
    AuditKind.PROPOSAL_CREATED: _proposal,
    AuditKind.DECISION_RECORDED: _decision,
    AuditKind.DECISION_REFUSED: _refused,
    AuditKind.PROPOSAL_WITHDRAWN: _withdrawn,
    AuditKind.PROPOSAL_COMMENTED: _commented,
    AuditKind.GROUP_CREATED: _group,
    AuditKind.GRANT_ISSUED: _grant,
    AuditKind.EXECUTION_STARTED: _started,
    AuditKind.EXECUTION_FINISHED: _finished,
    AuditKind.EXECUTION_RESOLVED: _resolved,
    **dict.fromkeys((AuditKind.EXECUTION_STOPPED, AuditKind.EXECUTION_LIMITED, AuditKind.EXECUTION_RELEASED), _braked),
    AuditKind.POLICY_STORED: _policy_stored,
    AuditKind.POLICY_ACTIVATED: _policy_activated,
    **dict.fromkeys((AuditKind.APPROVAL_REMINDED, AuditKind.APPROVAL_ESCALATED, AuditKind.APPROVAL_EXPIRED), _watched),
    **dict.fromkeys((AuditKind.ABSENCE_NOTED, AuditKind.ABSENCE_ENDED), _away),
    AuditKind.RECOMMENDATION_MADE: _recommendation,
    AuditKind.SENTENCE_WITHHELD: _withheld,
    **dict.fromkeys(HANDLED, _handled),
    AuditKind.PERSON_ADDED: _person,
    AuditKind.PERSON_CHANGED: _person,
    AuditKind.TOKEN_ISSUED: _token,
    AuditKind.TOKEN_CHANGED: _token,
    **dict.fromkeys(
        (AuditKind.AUTHENTICATOR_ENROLLED, AuditKind.AUTHENTICATOR_CONFIRMED, AuditKind.AUTHENTICATOR_REMOVED), _authenticator
    ),
    AuditKind.PAYLOAD_ERASED: _erased,
    AuditKind.PAYLOADS_PRUNED: _pruned,
}

#: What people asked and were told; it is in the log for a while, and nothing that was decided rests on it.
CONVERSATION = (AuditKind.INBOUND_RECEIVED, AuditKind.RECOMMENDATION_MADE, AuditKind.SENTENCE_WITHHELD)
#: Proof that something was erased is never erased.
KEPT_FOR_EVER = (AuditKind.PAYLOAD_ERASED, AuditKind.PAYLOADS_PRUNED)


def _content(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A proposal's content is stored as the canonical text that was hashed."""
    content = row.get("content") or {}
    parsed = json.loads(content) if isinstance(content, str) else content
    return parsed if isinstance(parsed, dict) else {}


def _label(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    kind, _, id = entry.subject.partition(":")
    number = row.get("proposal_id") or (id if kind == "proposal" else None)
    return f"P{number}" if number else entry.subject


def _who(entry: AuditEntry) -> str:
    return entry.person or "somebody"


def _when(at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _quoted(text: Any) -> str:
    return f"“{_short(text)}”"


def _short(text: Any) -> str:
    """On one line, and cut where it would drown the story; the log itself has it whole."""
    line = " ".join(str(text or "").split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
