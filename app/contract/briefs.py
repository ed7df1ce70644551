"""What changed since somebody last looked."""

from collections.abc import Mapping

from agent.domain.briefs import Brief, Change, late_mails_said
from agent.domain.findings import Severity
from agent.domain.mail import Priority
from agent.domain.mailbox import InboxMail
from app.contract.findings import KnownFindingRow
from app.contract.model import Contract, Moment


class BriefLineRow(Contract):
    change: Change
    before: Severity | None
    """How grave it was then; None when it was not there."""
    finding: KnownFindingRow


class LateMailRow(Contract):
    """A mail whose answer is overdue."""

    label: str
    subject: str
    sender: str
    priority: Priority
    due_at: Moment
    owner: str | None

    @classmethod
    def of(cls, mail: InboxMail) -> "LateMailRow | None":
        thread = mail.thread
        if thread is None or thread.due_at is None:
            return None
        return cls(
            label=mail.label,
            subject=mail.subject,
            sender=mail.sender,
            priority=thread.priority,
            due_at=thread.due_at,
            owner=thread.owner,
        )


class BriefRow(Contract):
    since: Moment
    as_of: Moment
    open_orders: int
    at_risk: int
    """Of the warehouse and the owner that were asked about."""
    counts: Mapping[Change, int]
    lines: tuple[BriefLineRow, ...]
    late_mails: tuple[LateMailRow, ...]
    """Those that wait too long for an answer, the most urgent first; a hundred at most, and only of the whole company."""
    late_mails_said: str
    """In one line; empty when none does."""

    @classmethod
    def of(cls, brief: Brief) -> "BriefRow":
        return cls(
            since=brief.since,
            as_of=brief.standing.as_of,
            open_orders=brief.standing.open_orders,
            at_risk=brief.at_risk,
            counts=brief.counts,
            lines=tuple(
                BriefLineRow(change=line.change, before=line.before, finding=KnownFindingRow.of(line.finding))
                for line in brief.lines
            ),
            late_mails=tuple(row for mail in brief.late_mails if (row := LateMailRow.of(mail))),
            late_mails_said=late_mails_said(brief.late_mails),
        )
