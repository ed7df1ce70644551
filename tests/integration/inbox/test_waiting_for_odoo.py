"""Mails that come while Odoo is away wait for it; they are given to nobody half read."""

from typing import Any

import pytest

from agent.domain.mail import ParsedMail
from agent.domain.mail_threads import ThreadState
from agent.errors import ErpUnavailable
from agent.jobs.inbox import MOST_ATTEMPTS, Inbox, attend
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.email import parse_mail
from tests.fixtures.arriving import letter, made, taken_in, within_an_hour
from tests.fixtures.postgres import TestDatabase


class Odoo:
    """Is there, or not."""

    away = True
    asked = 0

    def judge(self, mail: ParsedMail, authserv: str | None) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise ErpUnavailable("Odoo does not answer.")
        return made(reason=mail.subject)


@pytest.fixture
def odoo() -> Odoo:
    return Odoo()


@pytest.fixture
def inbox(database: TestDatabase, odoo: Odoo) -> Inbox:
    return Inbox(PostgresMailLedger(database.pool("worker")), parse_mail, odoo.judge, due=within_an_hour)


def states(database: TestDatabase) -> list[ThreadState]:
    return [mail.state for mail in PostgresInbox(database.pool("serve")).mails()]


def test_while_odoo_is_away_mails_wait_and_the_inbox_says_so(database: TestDatabase, inbox: Inbox, odoo: Odoo) -> None:
    taken_in(database, letter(1))
    taken_in(database, letter(2))
    assert states(database) == [ThreadState.UNREAD, ThreadState.UNREAD]
    assert attend([], inbox) == 0
    assert states(database) == [ThreadState.WAITING_FOR_ERP, ThreadState.WAITING_FOR_ERP]
    assert odoo.asked == 1, "an Odoo that is away is not asked once for each mail"
    assert database.one("admin", "SELECT count(*) FROM mail_triage") == 0


def test_when_odoo_is_back_they_are_read_however_long_it_was_away(database: TestDatabase, inbox: Inbox, odoo: Odoo) -> None:
    taken_in(database, letter(1))
    taken_in(database, letter(2))
    for _ in range(MOST_ATTEMPTS + 2):
        attend([], inbox)
    odoo.away = False
    assert attend([], inbox) == 2
    first, second = PostgresInbox(database.pool("serve")).mails()
    assert first.triage is not None
    assert (first.triage["reason"], first.needs_person) == ("Delivery 1", False)
    assert (first.state, second.state) == (ThreadState.OPEN, ThreadState.OPEN)
    assert database.one("admin", "SELECT count(*) FROM inbox_pause") == 0


def test_the_clock_of_a_mail_that_waited_runs_since_it_came(database: TestDatabase, inbox: Inbox, odoo: Odoo) -> None:
    taken_in(database, letter(1))
    attend([], inbox)
    odoo.away = False
    attend([], inbox)
    [shown] = PostgresInbox(database.pool("serve")).mails()
    assert shown.thread is not None
    assert shown.thread.due_at == within_an_hour(shown.priority, shown.received_at)  # type: ignore[arg-type]
