"""What mails were taken for, and what people said and did about them."""

from collections.abc import Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.guardrails.audit.kinds import AuditKind
from agent.guardrails.audit.words import quoted

#: What somebody did with the mail, which is named in its place.
HANDLED: Mapping[str, str] = {
    AuditKind.MAIL_CORRECTED: "corrected {}",
    AuditKind.MAIL_LINKED: "linked {}",
    AuditKind.MAIL_UNLINKED: "said that {} is not about",
    AuditKind.MAIL_TAKEN: "gave {}",
    AuditKind.MAIL_ANSWERED: "answered {}",
    AuditKind.MAIL_DONE: "said that {} is done",
    AuditKind.MAIL_REOPENED: "reopened {}",
}


def triaged(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    links = ", ".join(link["name"] for link in row["links"])
    about = f", about {links}" if links else ""
    person = "; a person was to look" if row["needs_person"] else ""
    read = f"{_named(entry)} was read as {_words(row['class'])}, {row['priority']}{about}{person}: {row['reason']}."
    return read + _asked(row.get("opinion"))


def _asked(opinion: Mapping[str, Any] | None) -> str:
    """Who else said what it is, by which prompt and at what cost; empty where no language model was asked."""
    if not opinion or not opinion["prompt_sha256"]:
        return ""
    said = f"{_words(opinion['class'])}, {opinion['confidence']:.0%} sure" if opinion["class"] else "nothing readable"
    ignored = f" and was not counted, as {opinion['discounted']}" if opinion["discounted"] else ""
    cost = f"prompt {opinion['prompt_sha256'][:12]}, {opinion['tokens_read']} tokens read, {opinion['tokens_written']} written"
    return f" The language model {opinion['model']} said {said}{ignored} ({cost})."


def handled(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    what = HANDLED[entry.kind].format(_named(entry))
    said = ", ".join(str(row[name]) for name in ("class", "priority") if row.get(name))
    record = f" {row['record']}" if entry.kind == AuditKind.MAIL_UNLINKED else f" to {row['record']}" if row.get("record") else ""
    owner = f" to {row['owner']}" if row.get("owner") else ""
    proposal = f" with P{row['proposal']}" if row.get("proposal") else ""
    reason = f", saying {quoted(row['reason'])}" if row.get("reason") else ""
    return f"{_by(entry, row)} {what}{f': {_words(said)}' if said else ''}{record}{owner}{proposal}{_beside_draft(row)}{reason}."


def draft_left(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    return f"Nobody sent the draft for {_named(entry)} that lay in the mailbox since {row['saved_at'][:10]}."


def _by(entry: AuditEntry, row: Mapping[str, Any]) -> str:
    if entry.person or entry.kind == AuditKind.MAIL_REOPENED:
        return entry.person or "another mail"
    return "an approved answer" if row.get("proposal") else "somebody at the mailbox"


def _beside_draft(row: Mapping[str, Any]) -> str:
    match row.get("changed_percent"):
        case None:
            return ""
        case 0:
            return " as drafted"
        case percent:
            return f" and said {percent} % of the draft otherwise"


def _named(entry: AuditEntry) -> str:
    return f"M{entry.subject.partition(':')[2]}"


def _words(text: str) -> str:
    return text.replace("_", " ")
