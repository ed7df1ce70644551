"""How the executor comes to a mail server: over TLS that somebody vouches for, by password or token, and what it sends there."""

import ssl
from datetime import UTC, datetime

import pytest

from agent.domain.letters import Outgoing
from agent.errors import MailboxRefused, MailboxUnavailable
from integrations.email.imap import LoginWay
from integrations.email.smtp import SmtpAccount, SmtpSender, Tls
from tests.fixtures.answering import US
from tests.fixtures.dovecot import TestInbox
from tests.fixtures.smtp import PASSWORD, SmtpServer

MAIL = Outgoing("expediter-p1-0123456789ab", "vera@vendor.example", "Re: Delivery", "Thank you.\n.\n..two", None, ())


def sender(inbox: TestInbox, smtp: SmtpServer, tls: Tls = Tls.STARTTLS, *, vouched: bool = True, **account: object) -> SmtpSender:
    told = {"secret": lambda: PASSWORD, "ca_file": inbox.server.ca_file if vouched else None, **account}
    server = SmtpAccount("localhost", smtp.port, inbox.user, tls=tls, **told)  # type: ignore[arg-type]
    return SmtpSender(server, inbox.server.account(inbox.user), US, lambda: datetime.now(UTC))


@pytest.fixture
def over_tls(smtp: SmtpServer, shared_inbox: TestInbox) -> SmtpServer:
    """With the certificate of the IMAP server."""
    smtp.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    smtp.tls.load_cert_chain(shared_inbox.server.ca_file, shared_inbox.server.state / "key.pem")
    return smtp


def test_a_mail_goes_out_over_starttls_as_it_was_composed(shared_inbox: TestInbox, over_tls: SmtpServer) -> None:
    begun: list[int] = []
    sender(shared_inbox, over_tls).send(MAIL, lambda: begun.append(1))
    [mail] = over_tls.mails
    assert mail.get_content().splitlines() == ["Thank you.", ".", "..two"]
    assert (begun, over_tls.logins) == ([1], [shared_inbox.user])


def test_a_token_logs_in_too_and_a_new_one_is_used_at_once(shared_inbox: TestInbox, over_tls: SmtpServer) -> None:
    token = ["old"]
    by_token = sender(shared_inbox, over_tls, way=LoginWay.XOAUTH2, secret=lambda: token[0])
    with pytest.raises(MailboxRefused, match="does not accept login"):
        by_token.send(MAIL, lambda: None)
    token[0] = PASSWORD
    by_token.send(MAIL, lambda: None)
    assert over_tls.logins == [f"{shared_inbox.user} with old", f"{shared_inbox.user} with {PASSWORD}"]
    assert len(over_tls.taken) == 1


def test_nothing_is_said_to_a_server_that_nobody_vouches_for(shared_inbox: TestInbox, over_tls: SmtpServer) -> None:
    with pytest.raises(MailboxUnavailable, match="certificate"):
        sender(shared_inbox, over_tls, vouched=False).send(MAIL, lambda: None)
    assert (over_tls.logins, over_tls.taken) == ([], [])


def test_a_server_without_tls_is_told_no_password(shared_inbox: TestInbox, smtp: SmtpServer) -> None:
    with pytest.raises(MailboxUnavailable, match="STARTTLS"):
        sender(shared_inbox, smtp).send(MAIL, lambda: None)
    assert (smtp.logins, smtp.taken) == ([], [])


def test_what_stops_the_beginning_stops_the_sending(shared_inbox: TestInbox, over_tls: SmtpServer) -> None:
    def stopped() -> None:
        raise MailboxRefused("no")

    with pytest.raises(MailboxRefused, match="no"):
        sender(shared_inbox, over_tls).send(MAIL, stopped)
    assert over_tls.taken == []
