"""What approved answers are sent with. Only the executor's wiring imports it."""

from agent.actions.reply_to_mail import ReplyToMailAction
from agent.ports.clock import utc_now
from agent.ports.mail_sending import MailSender
from app.settings import ExecutorSettings
from app.settings.outgoing_mail import Microsoft365Outgoing, SmtpOutgoing, read_outgoing
from integrations.database.letters import PostgresLetters, PostgresSendingLog
from integrations.database.pool import Pool
from integrations.email.composing import Sender
from integrations.email.imap import ImapAccount, LoginWay
from integrations.email.smtp import SmtpAccount, SmtpSender, Tls


def answering(settings: ExecutorSettings, pool: Pool) -> ReplyToMailAction:
    """Raises as `senders` does."""
    return ReplyToMailAction(PostgresLetters(pool), senders(settings), PostgresSendingLog(pool))


def senders(settings: ExecutorSettings) -> dict[str, MailSender]:
    """By the name of the mailbox. No server is asked yet. Raises SettingMissing when the file or a secret cannot be read."""
    return {mailbox.mailbox: _sender(mailbox) for mailbox in read_outgoing(settings.outgoing_mail)}


def _sender(mailbox: SmtpOutgoing | Microsoft365Outgoing) -> MailSender:
    mailbox.secret()
    return _over_graph(mailbox) if isinstance(mailbox, Microsoft365Outgoing) else _over_smtp(mailbox)


def _over_graph(mailbox: Microsoft365Outgoing) -> MailSender:
    # Only where it is wanted: without the library of the login the executor starts a quarter sooner.
    from integrations.email.graph_login import GraphLogin
    from integrations.email.graph_sending import GraphSender

    login = GraphLogin(mailbox.tenant, mailbox.client_id, mailbox.secret, mailbox.login_url, mailbox.graph_url, mailbox.ca_file)
    return GraphSender(login, mailbox.user, mailbox.mailbox, Sender(mailbox.user), utc_now)


def _over_smtp(mailbox: SmtpOutgoing) -> SmtpSender:
    way = LoginWay.XOAUTH2 if mailbox.token_file else LoginWay.PASSWORD
    smtp = SmtpAccount(
        host=mailbox.smtp_host,
        port=mailbox.smtp_port,
        user=mailbox.user if mailbox.smtp_login else None,
        secret=mailbox.secret,
        way=way,
        tls=Tls(mailbox.smtp_tls),
        ca_file=mailbox.ca_file,
    )
    imap = ImapAccount(
        host=mailbox.imap_host,
        port=mailbox.imap_port,
        user=mailbox.user,
        secret=mailbox.secret,
        way=way,
        tls=mailbox.imap_tls,
        ca_file=mailbox.ca_file,
    )
    who = Sender(mailbox.address, mailbox.name)
    return SmtpSender(smtp, imap, who, utc_now, server_files=mailbox.sent_copy == "server")
