"""Mails that answer one another are one thread: owned, answered and done as one, and more urgent the longer nobody answers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from agent.domain.decisions import Role
from agent.domain.mail import MailClass, Priority
from agent.domain.mail_threads import InboxFilter, MailDeed, MailEventKind, ThreadState
from agent.domain.records import Record
from agent.errors import StaleShown
from agent.jobs.inbox import Inbox, read_next
from integrations.database.mail_inbox import PostgresMailDesk
from integrations.database.mail_ledger import PostgresMailLedger
from integrations.email import parse_mail
from tests.fixtures.arriving import arrived, letter, made, taken_in, within_an_hour
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.readings import labels

K = MailEventKind
ORDER = Record("sale.order", 12, "S00012")


def test_an_answer_is_of_the_same_thread_however_it_names_what_it_answers(database: TestDatabase, desk: PostgresMailDesk) -> None:
    first = arrived(database, letter(1))
    arrived(database, letter(2, "<1@vendor.example>"))
    arrived(database, letter(3, References="<0@elsewhere.example> <1@vendor.example>"))
    quoted = "Any news?\n\nOn Monday, Vera wrote:\n> Message-ID: <2@vendor.example>\n> Our delivery will be late."
    arrived(database, letter(4, text=quoted))
    other = arrived(database, letter(5))
    assert labels(desk.mails()) == ["M4", f"M{other}"], "a thread is one line, shown by its newest mail"
    thread = desk.mail(first).thread
    assert thread is not None
    assert (thread.mails, thread.mail_ids) == (4, (1, 2, 3, 4))


def test_an_answer_that_comes_before_what_it_answers_is_of_the_same_thread(
    database: TestDatabase, desk: PostgresMailDesk
) -> None:
    arrived(database, letter(2, "<1@vendor.example>"))
    arrived(database, letter(1))
    assert len(desk.mails()) == 1


def test_two_answers_to_a_mail_that_is_not_here_are_of_one_thread(database: TestDatabase, desk: PostgresMailDesk) -> None:
    arrived(database, letter(1, "<ours@example.test>"))
    arrived(database, letter(2, "<ours@example.test>"))
    assert len(desk.mails()) == 1


def test_a_stolen_message_id_gets_nobody_into_a_thread(database: TestDatabase, desk: PostgresMailDesk) -> None:
    arrived(database, letter(1))
    forged = letter(2)
    forged.replace_header("Message-ID", "<1@vendor.example>")
    arrived(database, forged)
    assert len(desk.mails()) == 2


def test_readers_at_once_put_mails_of_one_thread_together(database: TestDatabase, desk: PostgresMailDesk) -> None:
    for number in range(1, 9):
        taken_in(database, letter(number, "<ours@example.test>"))
    start = Barrier(4)

    def read(_: int) -> None:
        ledger = PostgresMailLedger(database.pool("worker"))
        start.wait()
        while read_next(Inbox(ledger, parse_mail, lambda _, __: made(), due=within_an_hour), most=2).goes_on:
            pass

    with ThreadPoolExecutor(4) as readers:
        list(readers.map(read, range(4)))
    [shown] = desk.mails()
    assert shown.thread is not None
    assert shown.thread.mails == 8


def test_the_third_mail_without_an_answer_is_a_step_more_urgent(database: TestDatabase, desk: PostgresMailDesk) -> None:
    for number in (1, 2, 3):
        arrived(database, letter(number, "<ours@example.test>"))
    assert [desk.mail(number).priority for number in (1, 2, 3)] == [Priority.P3, Priority.P3, Priority.P2]
    third = desk.mail(3).triage
    assert third is not None
    assert "mail number 3 without an answer from us" in third["reason"]


def test_an_answer_begins_the_count_anew_and_a_machine_counts_for_nothing(database: TestDatabase, desk: PostgresMailDesk) -> None:
    person = database.person()
    arrived(database, letter(1, "<ours@example.test>"))
    arrived(database, letter(2, "<ours@example.test>"), made(automatic=True))
    arrived(database, letter(3, "<ours@example.test>"))
    assert desk.mail(3).priority is Priority.P3
    desk.say(3, person.id, MailDeed(K.ANSWERED))
    arrived(database, letter(4, "<ours@example.test>"))
    assert desk.mail(4).priority is Priority.P3


def test_a_thread_is_as_urgent_as_the_most_urgent_of_its_mails_that_waits(database: TestDatabase, desk: PostgresMailDesk) -> None:
    arrived(database, letter(1), made(priority="P1"))
    arrived(database, letter(2, "<1@vendor.example>"), made(priority="P4"))
    arrived(database, letter(3), made(priority="P2"))
    assert labels(desk.mails()) == ["M2", "M3"]
    desk.say(2, database.person().id, MailDeed(K.ANSWERED))
    arrived(database, letter(4, "<1@vendor.example>"), made(priority="P4"))
    assert labels(desk.mails()) == ["M3", "M4"], "what was answered presses no more"


def test_a_late_thread_comes_first_until_somebody_answers(database: TestDatabase, desk: PostgresMailDesk) -> None:
    urgent, late = arrived(database, letter(1), made(priority="P1")), arrived(database, letter(2), made(priority="P4"), hours=-1)
    assert labels(desk.mails()) == [f"M{late}", f"M{urgent}"]
    assert labels(desk.mails(InboxFilter(late=True))) == [f"M{late}"]
    desk.say(late, database.person().id, MailDeed(K.ANSWERED))
    assert desk.mails(InboxFilter(late=True)) == []
    assert desk.mail(late).state is ThreadState.ANSWERED


def test_what_is_done_leaves_the_list_and_another_mail_brings_it_back(database: TestDatabase, desk: PostgresMailDesk) -> None:
    person = database.person("maria")
    arrived(database, letter(1), hours=-1)
    desk.say(1, person.id, MailDeed(K.DONE, reason="Told them."))
    assert desk.mails() == []
    [kept] = desk.mails(InboxFilter(done=True))
    assert kept.thread is not None
    assert (kept.state, kept.thread.done_by, kept.thread.due_at) == (ThreadState.DONE, "maria", None)
    arrived(database, letter(2, "<1@vendor.example>"))
    [back] = desk.mails()
    assert (back.label, back.state) == ("M2", ThreadState.OPEN)
    assert [event.kind for event in desk.mail(2).events] == [K.DONE, K.REOPENED]


def test_noise_brings_nothing_back_but_a_mail_of_ours_that_did_not_arrive_does(
    database: TestDatabase, desk: PostgresMailDesk
) -> None:
    person, noise = database.person(), made(**{"class": "automated_noise", "priority": "P5", "automatic": True})
    arrived(database, letter(1))
    desk.say(1, person.id, MailDeed(K.DONE))
    arrived(database, letter(2, "<1@vendor.example>", "I am out of office."), noise)
    assert desk.mails() == []
    bounce = letter(3, "<1@vendor.example>", "Your message could not be delivered.")
    bounce.replace_header("From", "mailer-daemon@vendor.example")
    arrived(database, bounce, noise)
    [back] = desk.mails()
    assert back.label == "M1", "a machine's mail does not speak for its thread"


def test_mine_are_those_i_took_and_those_of_my_role_that_nobody_took(database: TestDatabase, desk: PostgresMailDesk) -> None:
    bob, wanda = database.person("bob", Role.BUYER), database.person("wanda", Role.WAREHOUSE_LEAD)
    for number, kind in ((1, "delay_notice"), (2, "dispatch_advice"), (3, "delay_notice")):
        arrived(database, letter(number), made(**{"class": kind}))
    mine = InboxFilter(owner="bob", routed=(MailClass.DELAY_NOTICE, MailClass.PO_CONFIRMATION))
    assert labels(desk.mails(mine)) == ["M1", "M3"]
    desk.say(2, bob.id, MailDeed(K.TAKEN, owner_id=bob.id))
    desk.say(3, bob.id, MailDeed(K.TAKEN, owner_id=wanda.id))
    assert labels(desk.mails(mine)) == ["M1", "M2"]


def test_who_reads_and_who_acts_on_the_same_thread_do_not_wait_for_one_another(
    database: TestDatabase, desk: PostgresMailDesk
) -> None:
    person = database.person()
    arrived(database, letter(0, "<ours@example.test>"))
    for number in range(1, 31):
        taken_in(database, letter(number, "<ours@example.test>"))
    start = Barrier(2)

    def read() -> None:
        start.wait()
        ledger = PostgresMailLedger(database.pool("worker"))
        while read_next(Inbox(ledger, parse_mail, lambda _, __: made(), due=within_an_hour), most=2).goes_on:
            pass

    def act() -> None:
        start.wait()
        for _ in range(30):
            desk.say(1, person.id, MailDeed(K.TAKEN, owner_id=person.id))

    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(read), both.submit(act)]:
            done.result()
    thread = desk.mail(1).thread
    assert thread is not None
    assert thread.mails == 31


def test_a_thread_is_not_finished_by_somebody_who_was_not_shown_its_newest_mail(database: TestDatabase) -> None:
    arrived(database, letter(1))
    desk, maria = PostgresMailDesk(database.pool("serve")), database.person("maria")
    shown = desk.mail(1).thread
    assert shown is not None
    arrived(database, letter(2, answers=str(letter(1)["Message-ID"])), made(priority="P1"))
    with pytest.raises(StaleShown, match="since you saw it"):
        desk.say(1, maria.id, MailDeed(K.DONE, shown.last_event))
    assert desk.mail(2).state is ThreadState.OPEN


def test_what_lay_unread_while_its_thread_was_answered_still_waits(database: TestDatabase) -> None:
    """It came before the answer, and nobody could know of it: the ERP was away."""
    arrived(database, letter(1))
    later = letter(2, answers=str(letter(1)["Message-ID"]))
    taken_in(database, later)
    desk, maria = PostgresMailDesk(database.pool("serve")), database.person("maria")
    desk.say(1, maria.id, MailDeed(K.ANSWERED))
    arrived(database, later, made(priority="P1"))
    late = desk.mail(2)
    assert late.thread is not None
    assert (late.state, late.thread.due_at is not None) == (ThreadState.OPEN, True)
