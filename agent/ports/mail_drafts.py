"""Drafts of answers in the mailbox itself, for a person to send from there."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from agent.domain.letters import Letter, Outgoing, SavedDraft


class DraftFolder(Protocol):
    """The Drafts folder of one mailbox. Raises MailboxUnavailable and MailboxRefused."""

    @property
    def mailbox(self) -> str: ...

    def holds(self, mail: Outgoing) -> bool:
        """Whether it lies there, or was sent from there."""

    def save(self, mail: Outgoing) -> None:
        """Raises MailNotSafe too."""

    def replies(self, message_ids: Collection[str], since: datetime) -> Iterator[tuple[str, bytes]]:
        """What was sent under the name of an answer to these mails and filed in Sent since then, of each the first one first:
        its beginning, where its words are. Also what went to somebody else."""


class DraftShelf(Protocol):
    """Which drafts were saved. Raises DatabaseUnavailable."""

    def claimed(self, mailbox: str) -> AbstractContextManager["DraftClaim | None"]:
        """The oldest mail whose draft was not looked at, for this process alone until the block ends."""


class DraftClaim(Protocol):
    """Gone with the block, or with the process: then another one takes it up."""

    @property
    def letter(self) -> Letter: ...

    @property
    def lately(self) -> int:
        """Drafts saved for this sender in the last 24 hours."""

    @property
    def settled(self) -> bool:
        """Whether a person finished the thread, or it was answered since the mail came."""

    def saved(self) -> None: ...

    def passed_over(self, why: str) -> None:
        """None is saved, ever."""


class SentDrafts(Protocol):
    """What became of saved drafts. Raises DatabaseUnavailable. Of two that say it of one draft, the first is right."""

    def waiting(self, mailbox: str) -> Sequence[SavedDraft]:
        """Whose mail we did not answer otherwise, oldest first."""

    def sent(self, mail_id: int, text: str, sent_at: datetime | None, changed_percent: int) -> None:
        """A person did, in these words. None: at a moment that the mail does not tell."""

    def left(self, mail_id: int) -> None:
        """Nobody did in time."""
