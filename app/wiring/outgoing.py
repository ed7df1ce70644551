"""What approved answers are sent with. Only the executor's wiring imports it."""

from agent.actions.reply_to_mail import ReplyToMailAction
from agent.ports.clock import utc_now
from app.settings import ExecutorSettings
from app.settings.outgoing_mail import OutgoingMailbox, read_outgoing
from integrations.database.letters import PostgresLetters, PostgresSendingLog
from integrations.database.pool import Pool
from integrations.email.composing import Sender
from integrations.email.imap import ImapAccount, LoginWay
from integrations.email.smtp import SmtpAccount, SmtpSender, Tls


def answering(settings: ExecutorSettings, pool: Pool) -> ReplyToMailAction:
    """Raises as `senders` does."""
    return ReplyToMailAction(PostgresLetters(pool), senders(settings), PostgresSendingLog(pool))


def senders(settings: ExecutorSettings) -> dict[str, SmtpSender]:
    """By the name of the mailbox. No server is asked yet. Raises SettingMissing when the file or a secret cannot be read."""
    return {mailbox.mailbox: _sender(mailbox) for mailbox in read_outgoing(settings.outgoing_mail)}


def _sender(mailbox: OutgoingMailbox) -> SmtpSender:
    mailbox.secret()
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
