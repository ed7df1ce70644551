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
from app.settings.mailboxes import ImapFolder, Microsoft365Folder, read_mailboxes
from app.wiring.mail_judge import mail_judge
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.database.pool import Pool
from integrations.email import parse_mail, parse_mail_and_files
from integrations.email.graph import GraphMailbox
from integrations.email.graph_login import GraphLogin
from integrations.email.imap import ImapAccount, ImapMailbox, LoginWay


def inbox_of(pool: Pool, context: WorkerContext, state: Path) -> Inbox:
    """Nothing is learned before the first mail comes."""
    judge = partial(_read, context, cache(partial(mail_judge, state)))
    return Inbox(PostgresMailLedger(pool), parse_mail, judge, parse_mail_and_files)


def _read(context: WorkerContext, judge: Callable[[], MailJudge], mail: ParsedMail, authserv: str | None) -> dict[str, Any]:
    found = triage(mail, context.reader, utc_now(), authserv, context.now().policy.thresholds, judge())
    row = triage_row("", found)
    del row["file"]
    return row


def sources_of(settings: WorkerSettings, stack: ExitStack) -> list[ImapMailbox | GraphMailbox]:
    """Nobody is asked anything yet. Raises SettingMissing when the file or a secret cannot be read."""
    return [stack.enter_context(closing(_source(mailbox))) for mailbox in read_mailboxes(settings.mailboxes)]


def _source(mailbox: ImapFolder | Microsoft365Folder) -> ImapMailbox | GraphMailbox:
    mailbox.secret()
    return _imap(mailbox) if isinstance(mailbox, ImapFolder) else _microsoft365(mailbox)


def _microsoft365(mailbox: Microsoft365Folder) -> GraphMailbox:
    login = GraphLogin(mailbox.tenant, mailbox.client_id, mailbox.secret, mailbox.login_url, mailbox.graph_url, mailbox.ca_file)
    return GraphMailbox(login, mailbox.user, mailbox.folder, name=mailbox.name, category=mailbox.category)


def _imap(mailbox: ImapFolder) -> ImapMailbox:
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
