"""The shared inbox: where mails come from, and who reads them."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import cache, partial
from pathlib import Path
from typing import Any

from agent.domain.mail import ParsedMail
from agent.jobs.inbox import Inbox
from agent.jobs.worker import WorkerContext
from agent.ports.clock import utc_now
from agent.ports.mail_judge import MailJudge
from agent.triage import triage, triage_row
from app.settings import WorkerSettings
from app.settings.mailboxes import Mailbox, read_mailboxes
from app.wiring.mail_judge import mail_judge
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.database.pool import Pool
from integrations.email import parse_mail
from integrations.email.imap import ImapAccount, ImapMailbox, LoginWay


def inbox_of(pool: Pool, context: WorkerContext, state: Path) -> Inbox:
    """Nothing is learned before the first mail comes."""
    return Inbox(PostgresMailLedger(pool), parse_mail, partial(_read, context, cache(partial(mail_judge, state))))


def _read(context: WorkerContext, judge: Callable[[], MailJudge], mail: ParsedMail, authserv: str | None) -> dict[str, Any]:
    found = triage(mail, context.reader, utc_now(), authserv, context.now().policy.thresholds, judge())
    row = triage_row("", found)
    del row["file"]
    return row


def sources_of(settings: WorkerSettings, stack: ExitStack) -> list[ImapMailbox]:
    """Nobody is asked anything yet. Raises SettingMissing when the file or a secret cannot be read."""
    return [stack.enter_context(closing(_source(mailbox))) for mailbox in read_mailboxes(settings.mailboxes)]


def _source(mailbox: Mailbox) -> ImapMailbox:
    mailbox.secret()
    account = ImapAccount(
        host=mailbox.host,
        port=mailbox.port,
        user=mailbox.user,
        secret=mailbox.secret,
        way=LoginWay.XOAUTH2 if mailbox.token_file else LoginWay.PASSWORD,
        tls=mailbox.tls,
        ca_file=mailbox.ca_file,
    )
    return ImapMailbox(account, mailbox.folder, name=mailbox.name, authserv=mailbox.authserv)
