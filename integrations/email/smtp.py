"""Sending over SMTP, with the Sent folder as what tells whether a mail was sent."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from imapclient.imapclient import SEEN, SENT

from agent.domain.letters import Outgoing
from agent.errors import MailAnswerLost, MailboxRefused, MailboxUnavailable
from integrations.email.composing import ACTION, Sender, compose, message_id_of
from integrations.email.imap import ImapAccount, LoginWay
from integrations.email.special_folders import SpecialFolder

TIMEOUT_S = 60
LONGEST_WAIT = timedelta(days=40)


class Tls(StrEnum):
    """How the way to the server is kept from others' eyes."""

    STARTTLS = "starttls"
    FROM_THE_START = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """`secret` is asked at each login. Without a user none is made, for a relay on this machine."""

    host: str
    port: int
    user: str | None
    secret: Callable[[], str] = field(repr=False)
    way: LoginWay = LoginWay.PASSWORD
    tls: Tls = Tls.STARTTLS
    ca_file: Path | None = None


class SmtpSender:
    """MailSender of one mailbox."""

    def __init__(
        self, smtp: SmtpAccount, imap: ImapAccount, sender: Sender, now: Callable[[], datetime], *, server_files: bool = False
    ) -> None:
        """`server_files`: the mail server puts what it sends into Sent itself."""
        self._smtp, self._sender, self._now, self._server_files = smtp, sender, now, server_files
        self._sent = SpecialFolder(imap, SENT)

    def ready(self) -> None:
        self._sent.look()
        with self._conversation():
            pass

    def sent(self, mail: Outgoing) -> bool:
        """By Message-ID, or by our own header where a server gives mails another Message-ID."""
        since = self._since()
        own = message_id_of(mail, self._sender)
        return self._sent.holds(("SINCE", since, "HEADER", "Message-ID", own), ("SINCE", since, "HEADER", ACTION, mail.marker))

    def answered(self, message_id: str) -> bool:
        return self._sent.holds(("SINCE", self._since(), "HEADER", "In-Reply-To", message_id))

    def _since(self) -> date:
        """No proposal waits longer, and a Sent folder may hold years."""
        return (self._now() - LONGEST_WAIT).date()

    def send(self, mail: Outgoing, begin: Callable[[], None]) -> None:
        raw = compose(mail, self._sender, self._now())
        with self._conversation() as server:
            self._agree(server.mail(self._sender.address))
            self._agree(server.rcpt(mail.to))
            begin()
            try:
                answer = server.data(raw)
            except smtplib.SMTPDataError as refused:
                answer = (refused.smtp_code, _bytes(refused.smtp_error))
            except (smtplib.SMTPException, OSError) as lost:
                raise MailAnswerLost(f"{self._smtp.host} did not say whether it took the mail: {lost}") from lost
            self._agree(answer)

    def file(self, mail: Outgoing) -> None:
        if not self._server_files and not self.sent(mail):
            self._sent.add(compose(mail, self._sender, self._now()), SEEN)

    def _agree(self, answer: tuple[int, bytes]) -> None:
        """Raises MailboxRefused for what trying again does not help, MailboxUnavailable for the rest."""
        code, said = answer
        if 200 <= code < 300:
            return
        words = f"{self._smtp.host} says {code} {said.decode('utf-8', 'replace')}"
        raise (MailboxRefused if code >= 500 else MailboxUnavailable)(" ".join(words.split()))

    @contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """With the login made. What goes wrong before or beside the words has sent nothing."""
        server: smtplib.SMTP | None = None
        try:
            server = self._connected()
            self._log_in(server)
            yield server
        except smtplib.SMTPAuthenticationError as refused:
            raise MailboxRefused(f"{self._smtp.host} does not accept login {self._smtp.user}.") from refused
        except (smtplib.SMTPException, OSError) as away:
            raise MailboxUnavailable(f"{self._smtp.host} cannot send: {away or type(away).__name__}") from away
        finally:
            if server is not None:
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()

    def _connected(self) -> smtplib.SMTP:
        account = self._smtp
        context = ssl.create_default_context(cafile=account.ca_file) if account.tls is not Tls.NONE else None
        if account.tls is Tls.FROM_THE_START:
            return smtplib.SMTP_SSL(account.host, account.port, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(account.host, account.port, timeout=TIMEOUT_S)
        try:
            if account.tls is Tls.STARTTLS:
                server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server

    def _log_in(self, server: smtplib.SMTP) -> None:
        account = self._smtp
        server.ehlo_or_helo_if_needed()
        if account.user is None:
            return
        if account.way is LoginWay.XOAUTH2:
            token = f"user={account.user}\1auth=Bearer {account.secret()}\1\1"
            server.auth("XOAUTH2", lambda challenge=None: token if challenge is None else "")
        else:
            server.login(account.user, account.secret())


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()
