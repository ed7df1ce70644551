"""How the log reads as a story."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agent.domain.audit import AuditEntry
from agent.guardrails.audit import asking, deciding, executing, findings, keeping, mails, office
from agent.guardrails.audit.kinds import AuditKind
from agent.guardrails.audit.words import when


def story(entries: Iterable[AuditEntry]) -> list[str]:
    """One plain sentence or two for each entry: who asked what, what was proposed on which evidence, who decided under which rule
    and why, and what the executor verified.

    A payload is the row as JSON (column names as keys, times as ISO 8601). A key that is absent is left out of the sentence.
    """
    return [f"{when(entry.at)}: {_sentence(entry)}" for entry in entries]


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


TELLERS: Mapping[str, Callable[[AuditEntry, Mapping[str, Any]], str]] = {
    AuditKind.INBOUND_RECEIVED: asking.inbound,
    AuditKind.PROPOSAL_CREATED: asking.proposal,
    AuditKind.DECISION_RECORDED: deciding.decision,
    AuditKind.DECISION_REFUSED: deciding.refused,
    AuditKind.PROPOSAL_WITHDRAWN: deciding.withdrawn,
    AuditKind.PROPOSAL_COMMENTED: deciding.commented,
    AuditKind.GROUP_CREATED: asking.group,
    AuditKind.GRANT_ISSUED: deciding.grant,
    AuditKind.EXECUTION_STARTED: executing.started,
    AuditKind.EXECUTION_FINISHED: executing.finished,
    AuditKind.EXECUTION_RESOLVED: executing.resolved,
    **dict.fromkeys((AuditKind.EXECUTION_STOPPED, AuditKind.EXECUTION_LIMITED, AuditKind.EXECUTION_RELEASED), executing.braked),
    AuditKind.JOB_REPLAYED: executing.replayed,
    AuditKind.POLICY_STORED: office.policy_stored,
    AuditKind.POLICY_ACTIVATED: office.policy_activated,
    **dict.fromkeys((AuditKind.APPROVAL_REMINDED, AuditKind.APPROVAL_ESCALATED, AuditKind.APPROVAL_EXPIRED), deciding.watched),
    **dict.fromkeys((AuditKind.ABSENCE_NOTED, AuditKind.ABSENCE_ENDED, AuditKind.ABSENCE_CANCELLED), office.away),
    AuditKind.RECOMMENDATION_MADE: asking.recommendation,
    AuditKind.SENTENCE_WITHHELD: asking.withheld,
    **dict.fromkeys(findings.HANDLED, findings.handled),
    AuditKind.MAIL_TRIAGED: mails.triaged,
    **dict.fromkeys(mails.HANDLED, mails.handled),
    AuditKind.MAIL_DRAFT_LEFT: mails.draft_left,
    AuditKind.PERSON_ADDED: office.person,
    AuditKind.PERSON_CHANGED: office.person,
    AuditKind.TOKEN_ISSUED: office.token,
    AuditKind.TOKEN_CHANGED: office.token,
    **dict.fromkeys(
        (AuditKind.AUTHENTICATOR_ENROLLED, AuditKind.AUTHENTICATOR_CONFIRMED, AuditKind.AUTHENTICATOR_REMOVED),
        office.authenticator,
    ),
    **dict.fromkeys((AuditKind.ACCOUNT_LINKED, AuditKind.ACCOUNT_CONFIRMED, AuditKind.ACCOUNT_UNLINKED), office.account),
    **dict.fromkeys((AuditKind.ERP_USER_CONFIRMED, AuditKind.ERP_USER_REFUSED, AuditKind.ERP_USER_UNLINKED), office.erp_user),
    AuditKind.ENROLMENT_CODE_ISSUED: office.enrolment_code,
    AuditKind.PAYLOAD_ERASED: keeping.erased,
    AuditKind.PAYLOADS_PRUNED: keeping.pruned,
}
