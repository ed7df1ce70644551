"""Answering a mail: what has to be known of it, and what goes out."""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from agent.domain.mail import MailClass, Trust

MOST_REFERENCES = 20
_MOST_SUBJECT = 250
#: Begins an encoded word, which can be decoded into anything, line ends too.
_ENCODED = "=?"
#: Nothing but what every mail program takes for a Message-ID; a hostile one could be anything.
_ID = re.compile(r"<(?:(?!=\?)[\x21-\x3b\x3d\x3f-\x7e]){1,250}>")
_ANSWERS = re.compile(r"^(re|aw|antw|sv|rv|ref)\s*(\[\d+\])?\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail of the shared inbox, as far as answering it goes."""

    id: int
    mailbox: str
    sender: str
    """The address in From, lower case; empty when there is not exactly one."""
    reply_to: tuple[str, ...]
    """Where it asks for answers; usually nowhere else."""
    subject: str
    message_id: str | None
    thread: tuple[str, ...]
    """Message-IDs of what it answers itself, oldest first."""
    mail_class: MailClass | None
    """As people corrected it; None until it was read."""
    trust: Trust
    flags: frozenset[str]
    automatic: bool
    language: str
    draft: str | None
    answers_before: int
    """Answers to this sender in the 24 hours before the mail came."""
    answers_lately: int
    """Answers to this sender, or where the mail wants them, in the last 24 hours."""
    answered_by: int | None
    """The proposal with which it was answered, or may have been."""

    @property
    def label(self) -> str:
        return f"M{self.id}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail of ours to one address."""

    marker: str
    """Its name for ever: the Message-ID is made of it, so that what was sent can be found."""
    to: str
    subject: str
    text: str
    in_reply_to: str | None
    references: tuple[str, ...]


class Stage(StrEnum):
    """How far handing a mail to the mail server has come."""

    BEGUN = "begun"
    """The server has heard everything but the words; from here on it may have been sent."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The server said no; nothing was sent."""


@dataclass(frozen=True, slots=True)
class AnswerSent:
    """An answer to a mail of the inbox, whatever has become of it."""

    proposal_id: int
    state: str
    to: str
    text: str
    draft: str | None
    changed_percent: int | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft that was put into the mailbox, of which nobody knows yet what became."""

    mail_id: int
    message_id: str | None
    """Of the mail that it answers; None where that has none that could be answered to."""
    sender: str
    reply_to: tuple[str, ...]
    """Where that mail asks for answers."""
    text: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class MailboxDraft:
    """A draft in the mailbox itself, and what a person sent in its place."""

    at: datetime
    """When it was put there, or passed over."""
    passed_over: str | None
    """Why none was put there."""
    ended_at: datetime | None
    """When it was known what became of it; None: not yet."""
    sent_at: datetime | None
    """None while nothing was sent, or where nothing was when it ended."""
    text: str | None
    """What was sent, without quotes and signature."""
    changed_percent: int | None


def answer_subject(subject: str) -> str:
    """On one line of visible characters and without an encoded word, with `Re:` unless it is an answer already."""
    plain = "".join(char for char in " ".join(subject.split()) if char.isprintable())[:_MOST_SUBJECT].strip()
    plain = plain.replace(_ENCODED, "= ?")
    return plain if _ANSWERS.match(plain) else f"Re: {plain}".strip()


def answered_id(letter: Letter) -> str | None:
    """The Message-ID to answer to; None where the mail has none that could be answered to."""
    return letter.message_id if is_message_id(letter.message_id) else None


def is_message_id(name: str | None) -> bool:
    """Whether every mail program takes it for one."""
    return name is not None and _ID.fullmatch(name) is not None


def references_to(letter: Letter) -> tuple[str, ...]:
    """What the mail answered and the mail itself, oldest first; of a long thread the newest."""
    known = (one for one in (*letter.thread, letter.message_id) if one and _ID.fullmatch(one))
    return tuple(dict.fromkeys(known))[-MOST_REFERENCES:]


def changed_percent(draft: str | None, text: str) -> int | None:
    """How much of a draft was said otherwise, by words: 0 is as drafted, 100 shares nothing. None without a draft."""
    if draft is None:
        return None
    was, now = draft.split(), text.split()
    if was == now:
        return 0
    same = SequenceMatcher(None, was, now, autojunk=False).ratio()
    return max(1, round(100 * (1 - same)))
