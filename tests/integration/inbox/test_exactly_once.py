"""Every mail is read once: whatever is delivered twice, moved, rebuilt, or dies meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest

from agent.domain.mail import ParsedMail
from agent.domain.mail_threads import InboxFilter
from agent.jobs.inbox import COLLISION, MOST_ATTEMPTS, Inbox, attend, read_next, take_in
from agent.triage import triage, triage_row
from integrations.database.mail_inbox import PostgresInbox
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.email import parse_mail
from integrations.email.imap import READ
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.dovecot import TestInbox, mail
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.readings import effects, read_as_other
from tests.fixtures.turns import utc_now


class Died(BaseException):
    """A process that is no more."""


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
