"""Answers to mails: prepared, asked for, and sent."""

from typing import Annotated, Self

from pydantic import StringConstraints

from agent.actions.answerable import check_answerable, recipient_of
from agent.actions.reply_to_mail import MAX_LENGTH
from agent.domain.decisions import ProposalState
from agent.domain.letters import AnswerSent, Letter, MailboxDraft, answer_subject
from agent.errors import PreconditionFailed, RecordMissing
from app.contract.model import STORABLE, Contract, Moment


class MailAnswerRow(Contract):
    """An answer that was asked for; `text` was sent where its proposal is done."""

    proposal: str
    """Like `P12`."""
    state: ProposalState
    to: str
    text: str
    draft: str | None
    """What had been prepared."""
    changed_percent: int | None
    """How much of the draft is said otherwise, by words; null without a draft."""
    outcome_detail: str | None

    @classmethod
    def of(cls, answer: AnswerSent) -> Self:
        return cls(
            proposal=f"P{answer.proposal_id}",
            state=ProposalState(answer.state),
            to=answer.to,
            text=answer.text,
            draft=answer.draft,
            changed_percent=answer.changed_percent,
            outcome_detail=answer.detail,
        )


class MailboxDraftRow(Contract):
    """A draft that the worker put into the mailbox, or passed over, and what a person sent in its place."""

    at: Moment
    passed_over: str | None
    """Why none was put there."""
    ended_at: Moment | None
    """When it was known what became of it: null while somebody may still send it."""
    sent_at: Moment | None
    """Null where nobody sent an answer."""
    text: str | None
    """What was sent, without quotes and signature."""
    changed_percent: int | None
    """How much of the draft is said otherwise, by words."""

    @classmethod
    def of(cls, draft: MailboxDraft) -> Self:
        return cls(
            at=draft.at,
            passed_over=draft.passed_over,
            ended_at=draft.ended_at,
            sent_at=draft.sent_at,
            text=draft.text,
            changed_percent=draft.changed_percent,
        )


class DraftRow(Contract):
    """An answer that was prepared for a person to look at."""

    mail: str
    to: str
    subject: str
    text: str
    language: str
    not_sendable: str | None
    """Why it is not sent as an approved answer; null where it can be."""

    @classmethod
    def of(cls, letter: Letter) -> Self:
        """Raises RecordMissing where none was prepared."""
        if letter.draft is None:
            raise RecordMissing(f"No draft was prepared for {letter.label}; `expediter mail show {letter.label}` says why.")
        return cls(
            mail=letter.label,
            to=letter.sender,
            subject=answer_subject(letter.subject),
            text=letter.draft,
            language=letter.language,
            not_sendable=_why_not(letter),
        )


def _why_not(letter: Letter) -> str | None:
    try:
        check_answerable(letter)
        recipient_of(letter, None)
    except PreconditionFailed as refused:
        return str(refused)
    return None


class ReplyRequest(Contract):
    """An answer to be proposed; without a text, the draft."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LENGTH), STORABLE] | None = None
    to: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320), STORABLE] | None = None
    """Which of the mail's own addresses, where it has several."""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]
    """Why, as the approver reads it."""
