"""What people say of mails and do with their threads: corrections, links and deeds, each of whoever may, and kept for good."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from agent.domain.mail import MailClass, Priority
from agent.domain.mail_threads import InboxFilter, MailDeed, MailEventKind
from agent.domain.records import Record
from agent.errors import DecisionRefused, NotPermitted, PreconditionFailed, RecordMissing, StaleShown
from integrations.database.mail_inbox import PostgresMailDesk
from integrations.database.mail_ledger import PostgresMailLinking
from tests.fixtures.arriving import arrived, letter, made, taken_in
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.readings import labels

K = MailEventKind
ORDER = Record("sale.order", 12, "S00012")


def test_a_correction_is_what_is_shown_and_the_newest_one_counts(database: TestDatabase, desk: PostgresMailDesk) -> None:
    person = database.person("maria")
    arrived(database, letter(1), made(needs_person=True, draft="Dear", intents=["delay_notice", "order_change"]))
    desk.say(1, person.id, MailDeed(K.CORRECTED, mail_class=MailClass.OTHER, priority=Priority.P4))
    said = MailDeed(K.CORRECTED, mail_class=MailClass.INVOICE_DISPUTE, priority=Priority.P2, reason="It is about a bill.")
    desk.say(1, person.id, said)
    shown = desk.mail(1)
    assert (shown.mail_class, shown.priority, shown.needs_person) == (MailClass.INVOICE_DISPUTE, Priority.P2, False)
    assert shown.triage is not None
    assert (shown.triage["class"], shown.triage["priority"], shown.triage["draft"]) == ("invoice_dispute", "P2", None)
    assert shown.triage["reason"] == "maria corrected it: It is about a bill."
    assert labels(desk.mails(InboxFilter(mail_class=MailClass.INVOICE_DISPUTE))) == ["M1"]
    assert desk.mails(InboxFilter(needs_person=True)) == []


def test_what_people_say_is_audited_with_who_said_it_and_never_changed(database: TestDatabase, desk: PostgresMailDesk) -> None:
    person = database.person("maria")
    arrived(database, letter(1))
    desk.say(1, person.id, MailDeed(K.CORRECTED, priority=Priority.P1))
    row = "SELECT kind || ' ' || subject FROM audit_entry WHERE person_id = %s ORDER BY id DESC"
    assert database.one("admin", row, person.id) == "mail.corrected mail:1"
    for statement in ("UPDATE mail_event SET priority = 'P5'", "DELETE FROM mail_event", "UPDATE mail_thread SET owner_id = 1"):
        for role in ("serve", "worker"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.one(role, statement)  # type: ignore[arg-type]
    with pytest.raises(psycopg.Error, match="only added to"):
        database.one("admin", "UPDATE mail_event SET priority = 'P5'")


def test_two_who_act_on_what_they_both_saw_do_not_both_succeed(database: TestDatabase, desk: PostgresMailDesk) -> None:
    arrived(database, letter(1))
    people, start = [database.person(), database.person()], Barrier(2)
    thread = desk.mail(1).thread
    assert thread is not None

    def take(number: int) -> bool:
        start.wait()
        try:
            desk.say(1, people[number].id, MailDeed(K.TAKEN, thread.last_event, owner_id=people[number].id))
        except StaleShown:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(take, range(2))) == [False, True]


@pytest.mark.parametrize(
    ("deed", "refusal", "words"),
    [
        (MailDeed(K.REOPENED), DecisionRefused, "M1 is open already"),
        (MailDeed(K.CORRECTED, mail_class=MailClass.DELAY_NOTICE), PreconditionFailed, "is called delay_notice of P3 already"),
        (MailDeed(K.TAKEN, owner_id=99), PreconditionFailed, "Only an active person"),
        (MailDeed(K.DONE, reason="x" * 2001), PreconditionFailed, "2,000 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(
    database: TestDatabase, desk: PostgresMailDesk, deed: MailDeed, refusal: type[Exception], words: str
) -> None:
    arrived(database, letter(1))
    with pytest.raises(refusal, match=words):
        desk.say(1, database.person().id, deed)


def test_what_is_done_is_reopened_before_anything_else_and_what_was_not_read_waits(
    database: TestDatabase, desk: PostgresMailDesk
) -> None:
    person = database.person()
    arrived(database, letter(1))
    desk.say(1, person.id, MailDeed(K.DONE))
    for kind in (K.DONE, K.ANSWERED):
        with pytest.raises(DecisionRefused, match="reopen it first"):
            desk.say(1, person.id, MailDeed(kind))
    desk.say(1, person.id, MailDeed(K.REOPENED))
    assert labels(desk.mails()) == ["M1"]
    taken_in(database, letter(2))
    with pytest.raises(PreconditionFailed, match="not read yet"):
        desk.say(2, person.id, MailDeed(K.DONE))
    with pytest.raises(RecordMissing, match="no mail M9"):
        desk.say(9, person.id, MailDeed(K.DONE))


def test_a_link_is_of_the_person_who_asked_for_it_about_that_mail(database: TestDatabase, desk: PostgresMailDesk) -> None:
    person, linking = database.person("maria"), PostgresMailLinking(database.pool("worker"))
    arrived(database, letter(1), made(candidates=[{"model": "sale.order", "id": 12, "name": "S00012", "confidence": 0.4}]))
    asked = database.inbound(person, '{"mail": 1, "record": "S00012"}', "mail_link")
    linking.link(1, asked, ORDER, "She said so by phone.", None)
    shown = desk.mail(1)
    assert shown.triage is not None
    assert [link["name"] for link in shown.triage["links"]] == ["S00012"]
    assert shown.triage["candidates"] == []
    assert [(event.person, event.kind, event.record) for event in shown.events] == [("maria", K.LINKED, ORDER)]
    desk.say(1, person.id, MailDeed(K.UNLINKED, record=ORDER))
    unlinked = desk.mail(1).triage
    assert unlinked is not None
    assert unlinked["links"] == []


@pytest.mark.parametrize(("kind", "text"), [("chat", '{"mail": 1}'), ("mail_link", '{"mail": 2, "record": "S00012"}')])
def test_the_worker_links_nothing_that_nobody_asked_for(database: TestDatabase, kind: str, text: str) -> None:
    arrived(database, letter(1))
    asked = database.inbound(database.person(), text, kind)
    with pytest.raises(psycopg.errors.CheckViolation):
        PostgresMailLinking(database.pool("worker")).link(1, asked, ORDER, "", None)


def test_one_request_links_once(database: TestDatabase) -> None:
    arrived(database, letter(1))
    asked = database.inbound(database.person(), '{"mail": 1, "record": "S00012"}', "mail_link")
    linking = PostgresMailLinking(database.pool("worker"))
    linking.link(1, asked, ORDER, "", None)
    linking.link(1, asked, ORDER, "", None)
    assert database.one("admin", "SELECT count(*) FROM mail_event WHERE kind = 'linked'") == 1
    with database.connection("worker") as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            "INSERT INTO mail_event (mail_id, kind, inbound_id, model, record_id, record_name, reason)"
            " SELECT mail_id, kind, inbound_id, model, record_id, record_name, reason FROM mail_event WHERE kind = 'linked'"
        )


@pytest.mark.parametrize(
    "suspicious",
    [
        {"flags": ["bank_change"]}, {"flags": ["bank_account"]}, {"flags": ["injection_text"]}, {"flags": ["lookalike_domain"]},
        {"flags": ["phishing"]}, {"flags": ["msgid_collision"]}, {"flags": ["hidden_text"]}, {"trust": "fail"},
    ],
)  # fmt: skip
def test_a_suspicious_mail_is_linked_by_nobody(database: TestDatabase, suspicious: dict[str, object]) -> None:
    arrived(database, letter(1), made(**suspicious))
    asked = database.inbound(database.person(), '{"mail": 1, "record": "S00012"}', "mail_link")
    with pytest.raises(PreconditionFailed, match="linked to nothing, by nobody"):
        PostgresMailLinking(database.pool("worker")).link(1, asked, ORDER, "", None)


def test_nobody_without_an_account_that_works_says_anything(database: TestDatabase, desk: PostgresMailDesk) -> None:
    person = database.person()
    arrived(database, letter(1))
    database.one("admin", "UPDATE person SET active = false WHERE id = %s", person.id)
    with pytest.raises(NotPermitted, match="Only an active person"):
        desk.say(1, person.id, MailDeed(K.DONE))
