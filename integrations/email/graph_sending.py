"""Sending from a mailbox of Microsoft 365, with its Sent folder as what tells whether a mail was sent."""

from collections.abc import Callable
from datetime import datetime

import httpx

from agent.domain.letters import Outgoing
from agent.errors import MailAnswerLost, MailboxRefused, MailboxUnavailable
from integrations.email.composing import Sender
from integrations.email.graph_login import GraphLogin
from integrations.email.graph_replies import GraphReplies
from integrations.email.graph_talk import GraphTalk

_RIGHTS = "Mail.Read and Mail.Send for this mailbox"
#: The gate answers so before anything of the mail was looked at; other answers of its own say nothing about what was done.
_NOT_TAKEN = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)
#: Before a request is out, nothing was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class GraphSender:
    """MailSender of one mailbox. What it sends is said in one request; Microsoft 365 puts it into Sent itself."""

    def __init__(self, login: GraphLogin, user: str, mailbox: str, sender: Sender, now: Callable[[], datetime]) -> None:
        self._mailbox, self._login = mailbox, login
        self._talk = GraphTalk(login, user, mailbox, _RIGHTS, "sent from")
        self._replies = GraphReplies(self._talk, sender, now)

    def ready(self) -> None:
        self._replies.look()

    def sent(self, mail: Outgoing) -> bool:
        return self._replies.sent(mail)

    def answered(self, message_id: str) -> bool:
        return self._replies.answered(message_id)

    def send(self, mail: Outgoing, begin: Callable[[], None]) -> None:
        self._login.token()  # what fails at the login is not to look like a mail that may have been sent
        sending = self._replies.send(mail)
        begin()
        try:
            with sending as answer:
                self._took(answer)
        except MailboxUnavailable as away:
            if isinstance(away.__cause__, httpx.HTTPError) and not isinstance(away.__cause__, _NOT_SENT):
                raise MailAnswerLost(f"Microsoft 365 did not say whether it took the mail: {away.__cause__}") from away
            raise

    def file(self, mail: Outgoing) -> None:
        """Microsoft 365 does it."""

    def _took(self, answer: httpx.Response) -> None:
        """Raises MailboxRefused for what trying again does not help, MailboxUnavailable where nothing was taken, and
        MailAnswerLost for the rest."""
        if answer.is_success:
            return
        if answer.is_server_error or answer.status_code == httpx.codes.REQUEST_TIMEOUT:
            raise MailAnswerLost(f"Microsoft 365 did not say whether it took the mail: it answers {answer.status_code}.")
        try:
            self._talk.checked(answer)
        except MailboxUnavailable as refused:
            if answer.status_code in _NOT_TAKEN:
                raise
            raise MailboxRefused(str(refused)) from refused
        raise MailboxRefused(f"Microsoft 365 knows no mailbox {self._mailbox}.")
