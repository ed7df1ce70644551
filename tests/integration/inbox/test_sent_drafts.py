"""What people send from the mailbox in place of a draft is found in Sent, set beside the draft, and stops the thread's clock."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import psycopg
import pytest

from agent.domain.letters import MailboxDraft, Outgoing
from agent.domain.mail_scorecard import DraftScore
from agent.errors import MailboxUnavailable
from agent.jobs.drafts import save_drafts
from agent.jobs.sent_drafts import LONGEST, LONGEST_TEXT, compare_drafts
from agent.ports.mail_drafts import DraftFolder
from integrations.database.audit_log import PostgresAuditLog
from integrations.database.mail_drafts import PostgresDraftShelf, PostgresSentDrafts
from integrations.database.mail_scores import PostgresMailScores
from integrations.email import parse_mail
from integrations.email.drafts import BEGINNING, ImapDrafts
from tests.fixtures.answering import DRAFT, MAILBOX, US, AnsweringOffice
from tests.fixtures.dovecot import mail


def now() -> datetime:
    return datetime.now(UTC)


def folder(office: AnsweringOffice) -> ImapDrafts:
    return ImapDrafts(office.inbox.server.account(office.inbox.user), MAILBOX, US, now)


def drafted(office: AnsweringOffice, *mails: EmailMessage) -> None:
    office.received(*mails)
    save_drafts([folder(office)], PostgresDraftShelf(office.database.pool("worker")))


def compared(office: AnsweringOffice, *folders: DraftFolder, at: datetime | None = None) -> int:
    drafts = PostgresSentDrafts(office.database.pool("worker"))
    return compare_drafts(folders or [folder(office)], drafts, parse_mail, at or now())


def answer(text: str, number: int = 1, sent: datetime | None = None) -> EmailMessage:
    """As a mail program files it that was used to send from the mailbox."""
    message = EmailMessage()
    message["From"], message["To"] = US.address, "vera@vendor.example"
    message["Subject"], message["Message-ID"] = f"Re: Delivery {number}", f"<a{number}-{len(text)}@harbour.example>"
    message["In-Reply-To"] = f"<{number}@vendor.example>"
    message["Date"] = format_datetime(sent or now() + timedelta(seconds=1))  # dates have no smaller parts
    message.set_content(text)
    return message


def sent_from_there(office: AnsweringOffice, *mails: EmailMessage | bytes) -> None:
    office.inbox.deliver(*mails, folder="Sent")


def known(office: AnsweringOffice, number: int = 1) -> MailboxDraft:
    draft: MailboxDraft = office.shown(number).mailbox_draft
    return draft


def test_a_draft_that_was_sent_as_it_was_is_noted_so_once(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    assert (compared(office), known(office).ended_at) == (0, None)
    sent_from_there(office, answer(DRAFT))
    assert (compared(office), compared(office)) == (1, 0)
    assert (known(office).text, known(office).changed_percent) == (DRAFT, 0)


def test_what_a_person_said_otherwise_is_set_beside_the_draft_without_quote_and_signature(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    said = "Thank you for your message. We take it."
    below = "\n\nOn 16 Nov 2026, Vera Vendor wrote:\n> Our delivery of P00012 will be late.\n\n-- \nOlga, Harbour Logistics\n"
    sent_from_there(office, answer(said + below))
    compared(office)
    assert known(office).text == said
    assert known(office).changed_percent == 18, "of nine and of eight words seven are the same"
    [entry] = [one for one in PostgresAuditLog(office.database.pool("serve")).entries() if one.kind == "mail.answered"]
    assert entry.payload is not None
    told = {name: entry.payload[name] for name in ("draft", "sent", "changed_percent")}
    assert (entry.person, told) == (None, {"draft": DRAFT, "sent": said, "changed_percent": 18})


def test_an_answer_from_the_mailbox_stops_the_clock_of_its_thread(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    assert office.shown().state == "open"
    sent_from_there(office, answer(DRAFT))
    compared(office)
    assert office.shown().state == "answered"
    assert office.shown().thread.due_at is None


def test_what_was_read_after_the_answer_was_sent_still_waits(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    sent_from_there(office, answer(DRAFT, sent=now()))
    later = mail(2)
    later["In-Reply-To"] = "<1@vendor.example>"
    office.received(later)
    compared(office)
    assert office.shown(2).state == "open"


def test_what_came_after_the_answer_was_sent_gets_a_draft_of_its_own_also_when_the_answer_is_found_first(
    office: AnsweringOffice,
) -> None:
    drafted(office, mail(1))
    sent_from_there(office, answer(DRAFT, sent=now()))
    later = mail(2)
    later["In-Reply-To"] = "<1@vendor.example>"
    office.received(later)
    compared(office)
    drafted(office)
    assert len(office.in_folder("Drafts")) == 2
    assert known(office, 2).passed_over is None


@pytest.mark.parametrize("off", [timedelta(days=-400), timedelta(days=400)], ids=str)
def test_a_clock_that_goes_wrong_sends_nothing_before_the_draft_or_in_the_future(office: AnsweringOffice, off: timedelta) -> None:
    drafted(office, mail(1))
    sent_from_there(office, answer(DRAFT, sent=now() + off))
    compared(office)
    sent_at = known(office).sent_at
    assert sent_at is not None
    assert known(office).at <= sent_at <= now()
    assert office.shown().state == "answered"


def test_of_several_answers_the_first_counts(office: AnsweringOffice) -> None:
    drafted(office, mail(1), mail(2))
    sent_from_there(office, answer("First."), answer("And another thing."), answer("Of the second.", 2))
    assert compared(office) == 2
    assert (known(office, 1).text, known(office, 2).text) == ("First.", "Of the second.")


def test_an_answer_that_is_moved_away_during_the_look_is_no_empty_one(office: AnsweringOffice) -> None:
    drafted(office, mail(1), mail(2))
    sent_from_there(office, answer("One."), answer("Two.", 2))
    found = folder(office).replies({"<1@vendor.example>", "<2@vendor.example>"}, now() - timedelta(days=1))
    with office.inbox.server.as_somebody_else(office.inbox.user) as client:
        client.select_folder("Sent")
        assert next(found)[0] == "<1@vendor.example>"
        client.delete_messages([2])
        client.expunge()
    assert list(found) == []


def test_a_large_answer_is_read_as_far_as_its_words_go(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    large = answer("See the drawing.")
    large.add_attachment(b"x" * 2 * BEGINNING, maintype="image", subtype="png", filename="drawing.png")
    sent_from_there(office, large)
    compared(office)
    assert known(office).text == "See the drawing."


def test_a_book_is_cut(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    sent_from_there(office, answer("word " * LONGEST_TEXT))
    compared(office)
    assert len(known(office).text or "") == LONGEST_TEXT


def test_what_is_no_mail_at_all_keeps_no_other_answer_from_being_noted(office: AnsweringOffice) -> None:
    drafted(office, mail(1), mail(2))
    sent_from_there(office, b"In-Reply-To: <1@vendor.example>\r\n\r\n", answer("Fine.", 2))
    assert compared(office) == 1
    assert known(office, 2).text == "Fine."


def test_an_answer_that_cannot_be_read_hides_none_that_can_and_counts_as_none(office: AnsweringOffice) -> None:
    drafted(office, mail(1), mail(2))
    for number in (1, 2):
        sent_from_there(office, f"In-Reply-To: <{number}@vendor.example>\r\n\r\n".encode())
    sent_from_there(office, answer("Fine.", 2))
    assert (compared(office), known(office, 2).text) == (1, "Fine.")
    assert compared(office, at=now() + 2 * LONGEST) == 1
    assert (known(office, 1).ended_at is not None, known(office, 1).text) == (True, None)


def test_of_a_draft_whose_mail_has_no_name_to_answer_to_nothing_is_found_and_it_does_not_wait_for_ever(
    office: AnsweringOffice,
) -> None:
    nameless, odd = mail(1), mail(2)
    del nameless["Message-ID"]
    odd.replace_header("Message-ID", "<two words@vendor.example>")
    drafted(office, nameless, odd)
    assert compared(office) == 0
    assert compared(office, at=now() + 2 * LONGEST) == 2
    assert PostgresMailScores(office.database.pool("serve")).drafts() == DraftScore((), left=2, waiting=0)


def test_drafts_that_lay_there_long_before_anybody_looked_are_looked_for_too(office: AnsweringOffice) -> None:
    drafted(office, mail(1), mail(2))
    with office.database.connection("admin") as connection:
        connection.execute("ALTER TABLE mail_draft DISABLE TRIGGER USER")
        connection.execute("UPDATE mail_draft SET at = at - interval '400 days'")
    sent_from_there(office, answer(DRAFT))
    assert compared(office) == 2
    assert PostgresMailScores(office.database.pool("serve")).drafts() == DraftScore((0,), left=1, waiting=0)


def test_nobody_sent_it_for_two_weeks(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    assert compared(office, at=now() + LONGEST - timedelta(minutes=1)) == 0
    assert compared(office, at=now() + LONGEST + timedelta(minutes=1)) == 1
    assert known(office).ended_at is not None
    assert (known(office).sent_at, known(office).text) == (None, None)
    assert office.shown().state == "open", "nobody answered"
    assert "mail.draft_left" in [one.kind for one in PostgresAuditLog(office.database.pool("serve")).entries()]


def test_what_the_executor_sent_is_not_taken_for_a_persons_answer(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    office.answered(text="Approved words.")
    assert [flags for _, flags in office.in_folder("Sent")], "it lies in Sent as an answer to the mail"
    assert compared(office) == 0
    assert known(office).ended_at is None


class Away:
    mailbox = MAILBOX

    def holds(self, mail: Outgoing) -> bool:
        raise MailboxUnavailable("Sent cannot be reached.")

    def save(self, mail: Outgoing) -> None:
        raise MailboxUnavailable("Sent cannot be reached.")

    def replies(self, message_ids: Collection[str], since: datetime) -> Iterator[tuple[str, bytes]]:
        raise MailboxUnavailable("Sent cannot be reached.")


def test_a_mailbox_that_is_away_is_looked_into_later(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    sent_from_there(office, answer(DRAFT))
    assert compared(office, Away(), at=now() + 2 * LONGEST) == 0
    assert compared(office) == 1


def test_how_drafts_are_used_is_counted(office: AnsweringOffice) -> None:
    mails = [mail(number) for number in range(1, 6)]
    for number, one in enumerate(mails):
        one.replace_header("From", f"vera{number}@vendor.example")
    drafted(office, *mails)
    sent_from_there(office, answer(DRAFT, 1), answer("Thank you for your message. We take it.", 2), answer("No.", 3))
    compared(office)
    scores = PostgresMailScores(office.database.pool("serve"))
    assert scores.drafts() == DraftScore((0, 18, 100), left=0, waiting=2)
    assert scores.drafts().usual_change == 18
    compared(office, at=now() + 2 * LONGEST)
    assert scores.drafts() == DraftScore((0, 18, 100), left=2, waiting=0)
    assert scores.drafts(until=now() - timedelta(days=1)) == DraftScore()


def test_an_answer_that_was_sent_before_the_draft_was_there_stops_the_clock_and_says_nothing_of_the_draft(
    office: AnsweringOffice,
) -> None:
    sent_from_there(office, answer("No.", sent=now() - timedelta(minutes=5)))
    drafted(office, mail(1))
    assert office.in_folder("Drafts") == []
    assert (compared(office), office.shown().state) == (1, "answered")
    assert PostgresMailScores(office.database.pool("serve")).drafts() == DraftScore()


def test_nothing_of_it_can_be_rewritten_and_only_of_saved_drafts_it_is_said(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    office.received(mail(2))
    sent_from_there(office, answer(DRAFT))
    compared(office)
    for role in ("worker", "admin"):
        for statement in ("DELETE FROM mail_draft_end", "UPDATE mail_draft_end SET changed_percent = 1"):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.DatabaseError)):
                office.database.one(role, statement)
    with pytest.raises(psycopg.errors.DatabaseError, match="No draft for M2"):
        office.database.one("worker", "INSERT INTO mail_draft_end (mail_id) VALUES (2)")
    with pytest.raises(psycopg.errors.CheckViolation, match="mail_event_by_a_person"):
        office.database.one("worker", "INSERT INTO mail_event (mail_id, kind) VALUES (1, 'answered')")
