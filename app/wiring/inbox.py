"""The shared inbox: where mails come from, and who reads them."""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from agent.domain.mail import ParsedMail, Priority
from agent.errors import ExpediterError
from agent.jobs.inbox import AT_ONCE, Inbox, attend
from agent.jobs.worker import WorkerContext
from agent.ports.clock import utc_now
from agent.ports.mail_drafts import DraftFolder
from agent.ports.mail_judge import MailJudge
from agent.ports.mail_source import MailSource
from agent.triage import triage, triage_row
from app.settings import WorkerSettings
from app.settings.mailboxes import ImapFolder, Microsoft365Folder, read_mailboxes
from app.wiring.mail_judge import SchooledJudge
from integrations.database.mail_ledger import PostgresMailLedger, PostgresMailLessons
from integrations.database.pool import Pool
from integrations.email import parse_mail, parse_mail_and_files
from integrations.email.composing import Sender
from integrations.email.drafts import ImapDrafts
from integrations.email.graph import GraphMailbox
from integrations.email.graph_drafts import GraphDrafts
from integrations.email.graph_login import GraphLogin
from integrations.email.idle import MailHint
from integrations.email.imap import ImapAccount, ImapMailbox, LoginWay

logger = logging.getLogger(__name__)
#: Where a language model is asked about each, none waits for the others' answers, and no answer is lost with another mail.
ONE_BY_ONE = 1


def inbox_of(pool: Pool, context: WorkerContext, state: Path) -> Inbox:
    """Nothing is learned before the first mail comes."""
    reading = _Reading(context, SchooledJudge(state, PostgresMailLessons(pool), parse_mail, utc_now))
    ledger = PostgresMailLedger(pool)
    at_once = ONE_BY_ONE if context.mail_model else AT_ONCE
    return Inbox(ledger, parse_mail, reading.judge, parse_mail_and_files, reading.due, reading.refresh, at_once)


class _Reading:
    """Triage by the policy that was in force when mails began to be read."""

    def __init__(self, context: WorkerContext, judge: Callable[[], MailJudge]) -> None:
        self._context, self._judge, self._policy = context, judge, context.policy

    def refresh(self) -> None:
        self._policy = self._context.now().policy

    def judge(self, mail: ParsedMail, authserv: str | None) -> dict[str, Any]:
        reader, thresholds = self._context.reader, self._policy.thresholds
        judge, model = self._judge(), self._context.mail_model
        row = triage_row("", triage(mail, reader, utc_now(), authserv, thresholds, judge, model, without_erp=False))
        del row["file"]
        return row

    def due(self, priority: Priority, came: datetime) -> datetime | None:
        return self._policy.inbox.due(priority, came)


class Looks:
    """Into the mailboxes, one at a time, whoever asks for it: the clock, or a mail that came."""

    def __init__(self, sources: Sequence[MailSource], inbox: Inbox, then: Callable[[], object] = lambda: None) -> None:
        """`then`: what is done after each look."""
        self._sources, self._inbox, self._then, self._looking = sources, inbox, then, Lock()

    def at_its_time(self) -> None:
        """Not while another look goes on."""
        if self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()

    def at_once(self) -> None:
        """After the look that goes on, which may have been there before the mail came. What fails waits for the clock."""
        try:
            with self._looking:
                self._look()
        except ExpediterError as away:
            logger.warning("no look at the inbox this time: %s", away)

    def _look(self) -> None:
        attend(self._sources, self._inbox)
        self._then()


def take_hints(settings: WorkerSettings, looks: Looks, stack: ExitStack) -> None:
    """From each mailbox that gives some, until the stack ends."""
    for mailbox in read_mailboxes(settings.mailboxes):
        if isinstance(mailbox, ImapFolder):
            stack.enter_context(closing(MailHint(_account(mailbox), mailbox.folder, looks.at_once).start()))


def sources_of(settings: WorkerSettings, stack: ExitStack) -> list[ImapMailbox | GraphMailbox]:
    """Nobody is asked anything yet. Raises SettingMissing when the file or a secret cannot be read."""
    return [stack.enter_context(closing(_source(mailbox))) for mailbox in read_mailboxes(settings.mailboxes)]


def drafts_of(settings: WorkerSettings) -> list[DraftFolder]:
    """Of the mailboxes that want them. As `sources_of`."""
    return [folder for mailbox in read_mailboxes(settings.mailboxes) if mailbox.save_drafts and (folder := _drafts(mailbox))]


def _drafts(mailbox: ImapFolder | Microsoft365Folder) -> DraftFolder | None:
    if isinstance(mailbox, Microsoft365Folder):
        return GraphDrafts(_app(mailbox), mailbox.user, mailbox.name, Sender(mailbox.user), utc_now)
    sender = mailbox.draft_address
    return ImapDrafts(_account(mailbox), mailbox.name, Sender(sender), utc_now) if sender else None


def _source(mailbox: ImapFolder | Microsoft365Folder) -> ImapMailbox | GraphMailbox:
    mailbox.secret()
    return _imap(mailbox) if isinstance(mailbox, ImapFolder) else _microsoft365(mailbox)


def _microsoft365(mailbox: Microsoft365Folder) -> GraphMailbox:
    return GraphMailbox(_app(mailbox), mailbox.user, mailbox.folder, name=mailbox.name, category=mailbox.category)


def _app(mailbox: Microsoft365Folder) -> GraphLogin:
    return GraphLogin(mailbox.tenant, mailbox.client_id, mailbox.secret, mailbox.login_url, mailbox.graph_url, mailbox.ca_file)


def _imap(mailbox: ImapFolder) -> ImapMailbox:
    return ImapMailbox(_account(mailbox), mailbox.folder, name=mailbox.name, authserv=mailbox.authserv)


def _account(mailbox: ImapFolder) -> ImapAccount:
    return ImapAccount(
        host=mailbox.host,
        port=mailbox.port,
        user=mailbox.user,
        secret=mailbox.secret,
        way=LoginWay.XOAUTH2 if mailbox.token_file else LoginWay.PASSWORD,
        tls=mailbox.tls,
        ca_file=mailbox.ca_file,
    )
