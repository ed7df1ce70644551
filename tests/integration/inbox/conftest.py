"""The inbox as the worker reads it, and as people work it."""

import pytest

from agent.jobs.inbox import Inbox
from integrations.database.mail_inbox import PostgresMailDesk
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.email import parse_mail
from tests.fixtures.answering import AnsweringOffice
from tests.fixtures.dovecot import TestInbox
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.readings import read_as_other
from tests.fixtures.smtp import SmtpServer


@pytest.fixture
def inbox(database: TestDatabase) -> Inbox:
    return Inbox(PostgresMailLedger(database.pool("worker")), parse_mail, read_as_other)


@pytest.fixture
def desk(database: TestDatabase) -> PostgresMailDesk:
    return PostgresMailDesk(database.pool("serve"))


@pytest.fixture
def office(database: TestDatabase, shared_inbox: TestInbox, smtp: SmtpServer) -> AnsweringOffice:
    return AnsweringOffice.open(database, shared_inbox, smtp)
