"""Whatever is away or broken, mails wait or go to a person, and none holds the others up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from agent.domain.mail import ParsedMail
from agent.domain.mail_threads import InboxFilter
from agent.domain.mailbox import Copy, Fetched
from agent.errors import DatabaseUnavailable, ExpediterError, MailboxUnavailable, PreconditionFailed, SettingMissing
from agent.jobs.inbox import MOST_ATTEMPTS, Inbox, attend
from agent.ports.mail_ledger import MailLedger
from agent.ports.mail_source import MailSource
from integrations.database.mail_inbox import PostgresInbox
from integrations.email import parse_mail
from integrations.email.imap import ImapMailbox
from tests.fixtures.dovecot import TestInbox, mail
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.readings import effects, read_as_other


def test_a_mailbox_that_is_away_keeps_no_other_waiting(shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase) -> None:
    class Away:
        name, authserv = "away", None

        def changes(self, cursor: str | None) -> Any:
            raise MailboxUnavailable("The mailbox away cannot be read.")

    shared_inbox.deliver(mail(1))
    assert attend([Away(), shared_inbox.source()], inbox) == 1  # type: ignore[list-item]  # it answers nothing else


@pytest.mark.parametrize("error", [SettingMissing, PreconditionFailed, MailboxUnavailable])
def test_whatever_one_mailbox_lacks_the_others_are_read(
    shared_inbox: TestInbox, inbox: Inbox, error: type[ExpediterError]
) -> None:
    def lacking() -> str:
        raise error("The file of the password cannot be read.")

    shared_inbox.deliver(mail(1))
    without = ImapMailbox(replace(shared_inbox.server.account(shared_inbox.user), secret=lacking), name="without")
    assert attend([without, shared_inbox.source()], inbox) == 1


def test_a_database_that_is_away_ends_the_look(shared_inbox: TestInbox, inbox: Inbox) -> None:
    class NoDatabase:
        def cursor(self, mailbox: str) -> str | None:
            raise DatabaseUnavailable("PostgreSQL does not answer.")

    with pytest.raises(DatabaseUnavailable):
        attend([shared_inbox.source()], Inbox(cast(MailLedger, NoDatabase()), parse_mail, read_as_other))


def test_one_mail_that_is_refused_keeps_no_other_waiting(shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase) -> None:
    def judge(parsed: ParsedMail, authserv: str | None) -> dict[str, Any]:
        if "poison" in parsed.text:
            raise PreconditionFailed("This cannot be stored.")
        return read_as_other(parsed, authserv)

    shared_inbox.deliver(mail(1, "poison"), mail(2))
    attend([shared_inbox.source()], Inbox(inbox.ledger, parse_mail, judge))
    assert effects(database) == ["Delivery 1", "Delivery 2"]
    assert PostgresInbox(database.pool("serve")).mail(1).needs_person


def test_without_the_secret_of_the_erp_mails_wait_and_none_goes_to_a_person_unread(
    shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    def judge(parsed: ParsedMail, authserv: str | None) -> dict[str, Any]:
        raise SettingMissing("The file of the API key cannot be read.")

    shared_inbox.deliver(mail(1))
    for _ in range(MOST_ATTEMPTS + 1):
        assert attend([shared_inbox.source()], Inbox(inbox.ledger, parse_mail, judge)) == 0
    assert effects(database) == []
    assert attend([shared_inbox.source()], inbox) == 1


class Lying:
    """A mailbox of mails whose bytes no server that checks them would take."""

    name, authserv = "lying", None

    def __init__(self, *raws: bytes | None) -> None:
        self._raws = {Copy(str(number)): raw for number, raw in enumerate(raws)}

    def changes(self, cursor: str | None) -> tuple[Sequence[Copy], str]:
        return list(self._raws), "1"

    def fetch(self, copies: Sequence[Copy]) -> Iterator[Fetched]:
        yield from (Fetched(copy, self._raws[copy]) for copy in copies)

    def mark(self, copies: Sequence[Copy]) -> None:
        """Nothing is shown there."""


def test_a_nul_in_an_address_stops_nothing(inbox: Inbox, database: TestDatabase) -> None:
    hostile = (
        b"From: a\0b@evil.example\r\nTo: c\0d@us.example\r\nReply-To: e\0f@evil.example\r\nSubject: n\0ul\r\n"
        b"Message-ID: <1\0@evil.example>\r\nReferences: <2\0@evil.example>\r\n\r\nbody\0\r\n"
    )
    assert attend([cast(MailSource, Lying(hostile, mail(2).as_bytes()))], inbox) == 2
    assert effects(database) == ["nul", "Delivery 2"]
    assert database.one("admin", "SELECT sender FROM mail WHERE id = 1") == "", "an address with NUL is none"


def test_mails_of_which_nothing_can_be_fetched_are_each_a_persons(inbox: Inbox, database: TestDatabase) -> None:
    assert attend([cast(MailSource, Lying(None, None))], inbox) == 2
    assert len(PostgresInbox(database.pool("serve")).mails(InboxFilter(needs_person=True))) == 2


def test_what_is_no_mail_is_kept_and_goes_to_a_person(shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase) -> None:
    shared_inbox.deliver(b"\r\n\r\njust words")
    attend([shared_inbox.source()], inbox)
    [shown] = PostgresInbox(database.pool("serve")).mails(InboxFilter(needs_person=True))
    assert shown.needs_person
    assert shown.sender == ""
