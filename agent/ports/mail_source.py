"""A shared mailbox that is read. Nothing in it is ever deleted or moved."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from agent.domain.mailbox import Copy, Fetched


class MailSource(Protocol):
    """One folder of one mailbox. Every method raises MailboxUnavailable, or MailboxRefused when the login is not accepted."""

    @property
    def name(self) -> str:
        """What people call the mailbox; it stays the same."""

    @property
    def authserv(self) -> str | None:
        """The name its own server puts into Authentication-Results; None: no sender is believed."""

    def changes(self, cursor: str | None) -> tuple[Sequence[Copy], str]:
        """What came since `cursor`, oldest first, and where to go on from. Without one, and after a rebuilt mailbox, everything.

        A copy may be told again; none is left out.
        """

    def fetch(self, copies: Sequence[Copy]) -> Iterator[Fetched]:
        """One after the other, so that only one is in memory. What meanwhile lies elsewhere is left out."""

    def mark(self, copies: Sequence[Copy]) -> None:
        """Let other readers of the mailbox see that these were read by us. Where the server has no such marks nothing is done."""
