"""What was taken from mailboxes, and what became of it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from agent.domain.mail import ParsedMail
from agent.domain.mailbox import Copy, Fetched, InboxMail, KeptMail
from agent.ports.mail_source import MailSource


class MailLedger(Protocol):
    """The worker's part. Raises DatabaseUnavailable."""

    def cursor(self, mailbox: str) -> str | None:
        """Where to go on; None for a mailbox never looked into."""

    def unknown(self, mailbox: str, copies: Sequence[Copy]) -> list[Copy]:
        """Those that were not taken in yet, in the order given."""

    def take_in(self, source: MailSource, fetched: Fetched, mail: ParsedMail, identity: str) -> bool:
        """Keep it for good; whether it is a mail that was not known before."""

    def looked(self, mailbox: str, cursor: str) -> None:
        """Everything before `cursor` was taken in."""

    def claimed(self) -> AbstractContextManager["Claim | None"]:
        """The oldest unread mail, for this process alone until the block ends; None when there is none that nobody else has."""

    def unmarked(self, mailbox: str) -> list[Copy]:
        """Copies of mails that were read and that the mailbox does not show as such yet."""

    def marked(self, mailbox: str, copies: Sequence[Copy]) -> None: ...


class Claim(Protocol):
    """Gone with the block, or with the process: what was not said by then, another one reads."""

    @property
    def mail(self) -> KeptMail: ...

    def read(self, result: dict[str, Any]) -> None:
        """What it is: `triage_row` of it. Said once."""


class InboxReading(Protocol):
    """Whoever shows the inbox."""

    def mails(self, *, open_only: bool = False, mail_class: str | None = None, limit: int = 50) -> list[InboxMail]:
        """Most urgent first, then oldest. `open_only`: those that a person should look at."""

    def mail(self, mail_id: int) -> InboxMail:
        """Raises RecordMissing."""
