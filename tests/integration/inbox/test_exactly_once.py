"""Every mail is read once: whatever is delivered twice, moved, rebuilt, or dies meanwhile."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, cast

import psycopg
import pytest

from agent.domain.mail import ParsedMail
from agent.domain.mail_threads import InboxFilter
from agent.domain.mailbox import Copy, Fetched
from agent.errors import DatabaseUnavailable, ExpediterError, MailboxUnavailable, PreconditionFailed, SettingMissing
from agent.jobs.inbox import COLLISION, MOST_ATTEMPTS, Inbox, attend, read_next, take_in
from agent.ports.mail_ledger import MailLedger
from agent.ports.mail_source import MailSource
from agent.triage import triage, triage_row
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.email import parse_mail
from integrations.email.imap import READ, ImapMailbox
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.dovecot import TestInbox, mail
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.turns import utc_now


class Died(BaseException):
    """A process that is no more."""


def read_as_other(parsed: ParsedMail, authserv: str | None) -> dict[str, Any]:
    """Stands in for triage where only the counting matters."""
    return {
        "class": "other", "intents": [], "priority": "P3", "language": "en", "confidence": 0.9, "needs_person": True,
        "reason": parsed.subject, "automatic": False, "trust": "unknown", "flags": [], "references": [],
        "links": [{"model": "sale.order", "id": 1, "name": "S1", "confidence": 1.0}], "candidates": [],
        "fields": {}, "draft": "Dear",
    }  # fmt: skip


@pytest.fixture
def inbox(database: TestDatabase) -> Inbox:
    return Inbox(PostgresMailLedger(database.pool("worker")), parse_mail, read_as_other)


def effects(database: TestDatabase) -> list[str]:
    """Subjects of what was read, in order."""
    with database.connection("admin") as connection:
        return [
            row["subject"] for row in connection.execute("SELECT subject FROM mail JOIN mail_triage ON mail_id = id ORDER BY id")
        ]


def test_a_mail_is_read_once_however_often_it_is_looked_for_and_shown_as_read(
    shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    shared_inbox.deliver(mail(1), mail(2))
    source = shared_inbox.source()
    assert attend([source], inbox) == 2
    assert attend([source], inbox) == 0
    assert effects(database) == ["Delivery 1", "Delivery 2"]
    assert all(READ.encode() in flags for flags in shared_inbox.flags().values())
    assert database.one("admin", "SELECT count(*) FROM audit_entry WHERE kind = 'mail.triaged'") == 2


def test_delivered_again_by_another_way_it_is_the_same_mail(
    shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    again = mail(1)
    again["Received"] = "from elsewhere by here; Mon, 16 Nov 2026 09:00:00 +0000"
    shared_inbox.deliver(mail(1), again)
    attend([shared_inbox.source()], inbox)
    assert effects(database) == ["Delivery 1"]
    assert database.one("admin", "SELECT count(*) FROM mail_copy WHERE marked_at IS NOT NULL") == 2


def test_a_rebuilt_mailbox_repeats_nothing(shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase) -> None:
    shared_inbox.deliver(mail(1), mail(2))
    source = shared_inbox.source()
    attend([source], inbox)
    source.close()
    shared_inbox.server.rebuild(shared_inbox.user)
    shared_inbox.deliver(mail(3))
    assert attend([source], inbox) == 1
    assert effects(database) == ["Delivery 1", "Delivery 2", "Delivery 3"]


def test_a_stolen_message_id_suppresses_nothing_and_what_bears_it_is_believed_nothing(
    shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    real, forged = mail(1, message_id="<same@vendor.example>"), mail(2, message_id="<same@vendor.example>")
    shared_inbox.deliver(real, forged)
    attend([shared_inbox.source()], inbox)
    first, second = (PostgresInbox(database.pool("serve")).mail(number) for number in (1, 2))
    assert first.triage is not None
    assert second.triage is not None
    assert (first.triage["flags"], first.triage["draft"]) == ([], "Dear")
    assert (second.triage["flags"], second.triage["draft"], second.triage["links"]) == ([COLLISION], None, [])
    assert [one["name"] for one in second.triage["candidates"]] == ["S1"]
    assert "same Message-ID" in second.triage["reason"]


def test_eight_readers_at_once_read_each_mail_once(shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase) -> None:
    shared_inbox.deliver(*(mail(number) for number in range(24)))
    start = Barrier(8)

    def work(_: int) -> int:
        ledger = PostgresMailLedger(database.pool("worker"))
        start.wait()
        take_in(shared_inbox.source(), Inbox(ledger, parse_mail, read_as_other))
        return sum(iter(lambda: read_next(Inbox(ledger, parse_mail, read_as_other), most=2).read, 0))

    with ThreadPoolExecutor(8) as readers:
        assert sum(readers.map(work, range(8))) == 24
    assert len(effects(database)) == 24


@pytest.mark.parametrize("dies", ["while taking in", "while reading"])
def test_whoever_dies_leaves_the_mail_to_the_next(
    dies: str, shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    shared_inbox.deliver(mail(1), mail(2), mail(3))

    def dying(*_: Any) -> Any:
        raise Died

    parse = dying_after(1, parse_mail) if dies == "while taking in" else parse_mail
    with pytest.raises(Died):
        attend([shared_inbox.source()], Inbox(inbox.ledger, parse, dying))
    assert effects(database) == []
    assert attend([shared_inbox.source()], inbox) == 3
    assert len(effects(database)) == 3


def dying_after(number: int, parse: Any) -> Any:
    calls = iter(range(number))

    def parsed(raw: bytes) -> ParsedMail:
        if next(calls, None) is None:
            raise Died
        return parse(raw)

    return parsed


def test_a_mail_that_nobody_can_read_goes_to_a_person_and_holds_nobody_up(
    shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    shared_inbox.deliver(mail(1, "poison"), mail(2))
    tried = []

    def judge(parsed: ParsedMail, authserv: str | None) -> dict[str, Any]:
        tried.append(parsed.subject)
        if "poison" in parsed.text:
            raise RecursionError("too deep")
        return read_as_other(parsed, authserv)

    attend([shared_inbox.source()], Inbox(inbox.ledger, parse_mail, judge))
    assert tried == ["Delivery 1", "Delivery 2", *["Delivery 1"] * (MOST_ATTEMPTS - 1)]
    given_up = PostgresInbox(database.pool("serve")).mail(1)
    assert given_up.needs_person
    assert given_up.triage is not None
    assert f"failed {MOST_ATTEMPTS} times" in given_up.triage["reason"]


def test_a_mail_that_breaks_the_parser_is_kept_for_a_person_and_holds_nobody_up(
    shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    def parse(raw: bytes) -> ParsedMail:
        if b"poison" in raw:
            raise AssertionError("nobody foresaw this")
        return parse_mail(raw)

    shared_inbox.deliver(mail(1, "poison"), mail(2))
    assert attend([shared_inbox.source()], Inbox(inbox.ledger, parse, read_as_other)) == 2
    [broken] = [one for one in PostgresInbox(database.pool("serve")).mails(InboxFilter(needs_person=True)) if one.id == 1]
    assert broken.triage is not None
    assert f"failed {MOST_ATTEMPTS} times" in broken.triage["reason"]
    assert database.one("admin", "SELECT position('poison'::bytea IN raw) > 0 FROM mail WHERE id = 1"), "its bytes are kept"


def test_two_workers_do_not_fetch_the_same(shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase) -> None:
    shared_inbox.deliver(*(mail(number) for number in range(3)))
    source = shared_inbox.source()
    copies, _ = source.changes(None)
    with inbox.ledger.fetching(source.name, copies) as mine:
        assert mine == copies
        take_in(source, inbox)
        assert database.one("admin", "SELECT count(*) FROM mail") == 0, "another one is at it"
        assert inbox.ledger.cursor(source.name) is None, "the next look begins before what is not stored yet"
    take_in(source, inbox)
    assert database.one("admin", "SELECT count(*) FROM mail") == 3


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


def test_the_workers_role_neither_changes_nor_removes_what_came(
    shared_inbox: TestInbox, inbox: Inbox, database: TestDatabase
) -> None:
    shared_inbox.deliver(mail(1))
    attend([shared_inbox.source()], inbox)
    for statement in (
        "UPDATE mail SET subject = 'x'", "DELETE FROM mail", "UPDATE mail_triage SET priority = 'P5'", "DELETE FROM mail_triage",
        "UPDATE mail_copy SET mail_id = 1", "DELETE FROM mailbox",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.one("worker", statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.one("serve", "SELECT raw FROM mail")


def test_a_real_mail_of_a_vendor_is_read_by_the_rules_and_linked(
    shared_inbox: TestInbox, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    purchase = min(demo_erp.reader.open_purchase_lines(), key=lambda line: line.id)

    def judge(parsed: ParsedMail, authserv: str | None) -> dict[str, Any]:
        return triage_row("x", triage(parsed, demo_erp.reader, utc_now(), authserv))

    message = mail(1, f"Unfortunately the delivery of your order {purchase.order_name} will be delayed by two weeks.")
    shared_inbox.deliver(message)
    attend([shared_inbox.source()], Inbox(PostgresMailLedger(demo_database.pool("worker")), parse_mail, judge))
    [shown] = PostgresInbox(demo_database.pool("serve")).mails()
    assert shown.mail_class == "delay_notice"
    assert shown.triage is not None
    assert purchase.order_name in [one["name"] for one in shown.triage["candidates"]], "offered: nobody vouches for the sender"
