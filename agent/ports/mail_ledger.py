"""What was taken from mailboxes, and what became of it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from agent.domain.mail import MailClass
from agent.domain.mail_scorecard import DraftScore, JudgedMail
from agent.domain.mail_threads import InboxFilter, InThread, MailDeed
from agent.domain.mailbox import Copy, InboxMail, KeptMail, Taken
from agent.domain.records import Record
from agent.ports.mail_source import MailSource


class MailLedger(Protocol):
    """The worker's part. Raises DatabaseUnavailable."""

    def cursor(self, mailbox: str) -> str | None:
        """Where to go on; None for a mailbox never looked into."""

    def fetching(self, mailbox: str, copies: Sequence[Copy]) -> AbstractContextManager[list[Copy] | None]:
        """Those that were not taken in yet, in the order given, for this process alone until the block ends.

        None: another one fetches what begins with the same copy.
        """

    def keep(self, source: MailSource, mails: Sequence[Taken]) -> None:
        """For good, all or none of them; a mail that is known gets another copy.

        Raises PreconditionFailed for what it cannot hold.
        """

    def looked(self, mailbox: str, cursor: str) -> None:
        """Everything before `cursor` was taken in."""

    def claimed(self, most: int = 1) -> AbstractContextManager[Sequence["Claim"]]:
        """The oldest unread mails that nobody else has, for this process alone until the block ends; none when there are none.

        A mail whose reading was begun before comes alone. What is said of them is kept together, or not at all.
        """

    def unmarked(self, mailbox: str) -> list[Copy]:
        """Copies of mails that were read and that the mailbox does not show as such yet."""

    def marked(self, mailbox: str, copies: Sequence[Copy]) -> None: ...


class Claim(Protocol):
    """Gone with the block, or with the process: what was not said by then, another one reads."""

    @property
    def mail(self) -> KeptMail: ...

    def hold(self, names: Sequence[str]) -> None:
        """Before the first of several mails is put into its thread: nobody else works on the threads of all of them.

        `names`: the Message-IDs that any of them names. People who act on one of the threads wait until the block ends.
        """

    def thread(self, names: Sequence[str]) -> InThread:
        """Put it among the mails that have or name one of these Message-IDs, else into a thread of its own.

        Others that are put into threads wait until the block ends: ask last.
        """

    def read(self, result: dict[str, Any], said: str = "", due_at: datetime | None = None, *, reopens: bool = False) -> None:
        """What it is: `triage_row` of it, and the beginning of its text. Said once.

        `due_at`: until when somebody should answer. `reopens`: it brings back a thread that was done.
        """

    def wait(self, why: str) -> None:
        """The ERP is away, so it cannot be read now: this attempt does not count, and the inbox says so until one is read."""


class MailLessons(Protocol):
    """What people taught by correcting the class of mails."""

    def newest_lesson(self) -> int:
        """Grows with each correction of a class; 0 before the first."""

    def lessons(self, most: int) -> list[tuple[MailClass, bytes]]:
        """Class and bytes of so many mails whose class people corrected last, in the order of the corrections.

        None that is suspicious: nobody is to teach through what they write.
        """


class MailLinking(Protocol):
    """The worker's part of a link that a person asked for: it looked the record up."""

    def link(self, mail_id: int, inbound_id: int, record: Record, reason: str, seen: int | None) -> None:
        """Once for each question. Raises RecordMissing, PreconditionFailed for suspicious mail, StaleShown."""


class InboxReading(Protocol):
    """Whoever shows the inbox."""

    def mails(self, wanted: InboxFilter = InboxFilter()) -> list[InboxMail]:  # noqa: B008  # frozen
        """The newest mail of each thread, and every mail that was not read yet."""

    def mail(self, mail_id: int) -> InboxMail:
        """With its answers. Raises RecordMissing."""

    def linked(self, since: datetime, until: datetime) -> list[InboxMail]:
        """Mails that came from `since` on, before `until`, and are linked to something, as people corrected it; oldest first."""

    def filed(self, mails: Sequence[InboxMail]) -> set[tuple[int, str, int]]:
        """Mail, model and id of each record on which one of these was put, is to be put, or may have been."""


class MailScores(Protocol):
    """What triage said of mails, and what they were."""

    def judged(self, since: datetime | None = None, until: datetime | None = None) -> list[JudgedMail]:
        """Mails that were read and came in the period, in the order in which they came."""

    def drafts(self, since: datetime | None = None, until: datetime | None = None) -> DraftScore:
        """Of those that were prepared for mails that came in the period."""


class MailDesk(InboxReading, Protocol):
    """Serve's part: it records what people say and do."""

    def say(self, mail_id: int, person_id: int, deed: MailDeed) -> None:
        """Raises RecordMissing, and what the database refuses: PreconditionFailed, StaleShown, DecisionRefused, NotPermitted."""
