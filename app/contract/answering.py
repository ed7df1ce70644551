"""Answers to mails: prepared, asked for, and sent."""

from typing import Annotated, Self

from pydantic import StringConstraints

from agent.actions.answerable import check_answerable, recipient_of
from agent.actions.reply_to_mail import MAX_LENGTH
from agent.domain.decisions import ProposalState
from agent.domain.letters import AnswerSent, Letter, answer_subject
from agent.errors import PreconditionFailed, RecordMissing
from app.contract.model import STORABLE, Contract


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
