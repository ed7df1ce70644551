"""Drafts of answers in the mailbox itself, for a person to send from there."""

from contextlib import AbstractContextManager
from typing import Protocol

from agent.domain.letters import Letter, Outgoing


class DraftFolder(Protocol):
    """The Drafts folder of one mailbox. Raises MailboxUnavailable and MailboxRefused."""

    @property
    def mailbox(self) -> str: ...

    def holds(self, mail: Outgoing) -> bool:
        """Whether it lies there, or was sent from there."""

    def save(self, mail: Outgoing) -> None:
        """Raises MailNotSafe too."""


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
