"""Sending mail. Held by the executor's process alone: no other is given a login that can."""

from collections.abc import Callable
from typing import Protocol

from agent.domain.letters import Letter, Outgoing, Stage


class Letters(Protocol):
    def letter(self, mail_id: int) -> Letter:
        """Raises RecordMissing, and DatabaseUnavailable."""


class MailSender(Protocol):
    """One mailbox that answers are sent from. Every method raises MailboxUnavailable, or MailboxRefused when the server says no:
    either way nothing was sent."""

    def ready(self) -> None:
        """Both servers answer and accept the login."""

    def sent(self, mail: Outgoing) -> bool:
        """Whether the Sent folder holds it."""

    def answered(self, message_id: str) -> bool:
        """Whether the Sent folder holds an answer to this mail, whoever sent it."""

    def send(self, mail: Outgoing, begin: Callable[[], None]) -> None:
        """Hand it to the mail server, once. `begin` is called when only the words are missing; what it raises stops the sending.

        Raises MailAnswerLost when the words were sent and no answer came.
        """

    def file(self, mail: Outgoing) -> None:
        """See to a copy in Sent. Nothing to do where the server does it, or where one is there."""


class SendingLog(Protocol):
    """How far the running execution of the content with this hash has come. Raises DatabaseUnavailable."""

    def begin(self, sha256: str) -> None:
        """Committed before anything is sent. Raises NotPermitted: nothing of the kind is carried out, the mail was answered, or
        may have been, or its sender got as many answers as there may be."""

    def accepted(self, sha256: str) -> None: ...

    def refused(self, sha256: str, said: str) -> None:
        """Without a beginning there is nothing to note."""

    def stage(self, sha256: str) -> Stage | None:
        """None before anything was begun."""
