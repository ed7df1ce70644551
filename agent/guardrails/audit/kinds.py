"""What is written down."""

from enum import StrEnum


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
    JOB_REPLAYED = "job.replayed"
    POLICY_STORED = "policy.stored"
    POLICY_ACTIVATED = "policy.activated"
    APPROVAL_REMINDED = "approval.reminded"
    APPROVAL_ESCALATED = "approval.escalated"
    APPROVAL_EXPIRED = "approval.expired"
    ABSENCE_NOTED = "absence.noted"
    ABSENCE_ENDED = "absence.ended"
    ABSENCE_CANCELLED = "absence.cancelled"
    RECOMMENDATION_MADE = "recommendation.made"
    SENTENCE_WITHHELD = "sentence.withheld"
    FINDING_ACKNOWLEDGED = "finding.acknowledged"
    FINDING_SNOOZED = "finding.snoozed"
    FINDING_UNSNOOZED = "finding.unsnoozed"
    FINDING_ASSIGNED = "finding.assigned"
    FINDING_COMMENTED = "finding.commented"
    FINDING_MARKED_TRUE = "finding.marked_true"
    FINDING_MARKED_FALSE = "finding.marked_false"
    MAIL_TRIAGED = "mail.triaged"
    MAIL_CORRECTED = "mail.corrected"
    MAIL_LINKED = "mail.linked"
    MAIL_UNLINKED = "mail.unlinked"
    MAIL_TAKEN = "mail.taken"
    MAIL_ANSWERED = "mail.answered"
    MAIL_DRAFT_LEFT = "mail.draft_left"
    MAIL_DONE = "mail.done"
    MAIL_REOPENED = "mail.reopened"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    TOKEN_ISSUED = "token.issued"  # noqa: S105 - a kind of entry
    TOKEN_CHANGED = "token.changed"  # noqa: S105 - as above
    ENROLMENT_CODE_ISSUED = "authenticator.code_issued"
    AUTHENTICATOR_ENROLLED = "authenticator.enrolled"
    AUTHENTICATOR_CONFIRMED = "authenticator.confirmed"
    AUTHENTICATOR_REMOVED = "authenticator.removed"
    ACCOUNT_LINKED = "account.linked"
    ACCOUNT_CONFIRMED = "account.confirmed"
    ACCOUNT_UNLINKED = "account.unlinked"
    ERP_USER_CONFIRMED = "erp_user.confirmed"
    ERP_USER_REFUSED = "erp_user.refused"
    ERP_USER_UNLINKED = "erp_user.unlinked"
    PAYLOAD_ERASED = "payload.erased"
    PAYLOADS_PRUNED = "payloads.pruned"


#: What people asked and were told; it is in the log for a while, and nothing that was decided rests on it.
CONVERSATION = (AuditKind.INBOUND_RECEIVED, AuditKind.RECOMMENDATION_MADE, AuditKind.SENTENCE_WITHHELD)
#: Proof that something was erased is never erased.
KEPT_FOR_EVER = (AuditKind.PAYLOAD_ERASED, AuditKind.PAYLOADS_PRUNED)
