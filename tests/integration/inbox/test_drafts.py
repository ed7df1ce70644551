"""Prepared answers lie in the mailbox's Drafts folder: once each, never for a machine's mail, and nobody's draft is touched."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from threading import Barrier
from typing import Any, cast

import psycopg
import pytest

from agent.actions.answerable import MOST_A_DAY
from agent.domain.letters import Outgoing
from agent.errors import MailboxUnavailable, MailNotSafe, SettingMissing
from agent.jobs.drafts import save_drafts
from agent.ports.mail_drafts import DraftClaim, DraftFolder
from integrations.database.mail_drafts import PostgresDraftShelf
from integrations.email.composing import ACTION
from integrations.email.drafts import ImapDrafts
from tests.fixtures.answering import DRAFT, MAILBOX, US, AnsweringOffice
from tests.fixtures.dovecot import PASSWORD, mail


class Died(BaseException):
    """A process that is no more."""


def folder(office: AnsweringOffice, mailbox: str = MAILBOX) -> ImapDrafts:
    account = office.inbox.server.account(office.inbox.user)
    return ImapDrafts(account, mailbox, US, lambda: datetime.now(UTC))


def shelf(office: AnsweringOffice) -> PostgresDraftShelf:
    return PostgresDraftShelf(office.database.pool("worker"))


def drafts(office: AnsweringOffice) -> list[EmailMessage]:
    return [cast(EmailMessage, message_from_bytes(raw, policy=SMTP)) for raw, _ in office.in_folder("Drafts")]


def test_a_draft_is_saved_once_in_its_thread_for_a_person_to_send(office: AnsweringOffice) -> None:
    office.received(mail(1))
    assert save_drafts([folder(office)], shelf(office)) == 1
    assert save_drafts([folder(office)], shelf(office)) == 0
    [(raw, flags)] = office.in_folder("Drafts")
    assert rb"\Draft" in flags
    draft = cast(EmailMessage, message_from_bytes(raw, policy=SMTP))
    assert (draft["To"], draft["Subject"]) == ("vera@vendor.example", "Re: Delivery 1")
    assert (draft["In-Reply-To"], draft["References"]) == ("<1@vendor.example>", "<1@vendor.example>")
    assert draft.get_content().strip() == DRAFT
    assert draft[ACTION] is None, "a person sends it, not an action"


@pytest.mark.parametrize(
    "read",
    [{"automatic": True}, {"flags": ["bank_change"]}, {"flags": ["injection_text"]}, {"trust": "fail"}, {"draft": None}],
    ids=str,
)
def test_a_mail_that_must_not_be_answered_gets_none(office: AnsweringOffice, read: dict[str, Any]) -> None:
    office.received(mail(1), **read)
    save_drafts([folder(office)], shelf(office))
    assert drafts(office) == []


def test_a_hostile_reply_to_is_not_whom_a_draft_is_for(office: AnsweringOffice) -> None:
    diverted = mail(1)
    diverted["Reply-To"] = "vera@vendor-payments.example"
    office.received(diverted)
    save_drafts([folder(office)], shelf(office))
    assert [draft["To"] for draft in drafts(office)] == ["vera@vendor.example"]


def test_one_sender_gets_four_drafts_in_a_day(office: AnsweringOffice) -> None:
    office.received(*(mail(number) for number in range(1, 7)))
    assert save_drafts([folder(office)], shelf(office)) == 6
    assert len(drafts(office)) == MOST_A_DAY
    assert office.database.one("worker", "SELECT count(*) FROM mail_draft WHERE passed_over LIKE '4 drafts%%'") == 2


def test_a_draft_that_somebody_threw_away_does_not_come_back(office: AnsweringOffice) -> None:
    office.received(mail(1))
    save_drafts([folder(office)], shelf(office))
    with office.inbox.server.as_somebody_else(office.inbox.user) as colleague:
        colleague.select_folder("Drafts")
        colleague.delete_messages(colleague.search())
        colleague.expunge()
    save_drafts([folder(office)], shelf(office))
    assert drafts(office) == []


def test_what_a_colleague_answered_already_needs_no_draft(office: AnsweringOffice) -> None:
    office.received(mail(1))
    sent = mail(9)
    sent["In-Reply-To"] = "<1@vendor.example>"
    office.inbox.deliver(sent, folder="Sent")
    save_drafts([folder(office)], shelf(office))
    assert drafts(office) == []


def said_of(office: AnsweringOffice, kind: str, mail_id: int = 1) -> None:
    office.database.one(
        "serve", "INSERT INTO mail_event (mail_id, kind, person_id) VALUES (%s, %s, %s)", mail_id, kind, office.asker.id
    )


def answers(number: int, other: int) -> EmailMessage:
    made = mail(number)
    made["In-Reply-To"] = f"<{other}@vendor.example>"
    return made


@pytest.mark.parametrize("kind", ["done", "answered"])
def test_what_a_person_finished_or_answered_elsewhere_needs_no_draft(office: AnsweringOffice, kind: str) -> None:
    office.received(mail(1))
    said_of(office, kind)
    assert save_drafts([folder(office)], shelf(office)) == 1
    assert drafts(office) == []
    assert office.database.one("worker", "SELECT passed_over FROM mail_draft") == "It was answered or finished by then."


def test_what_came_after_the_answer_or_was_reopened_gets_its_draft(office: AnsweringOffice) -> None:
    office.received(mail(1), mail(2))
    said_of(office, "answered", 1)
    said_of(office, "done", 2)
    said_of(office, "reopened", 2)
    office.received(answers(3, 1))
    save_drafts([folder(office)], shelf(office))
    assert [draft["In-Reply-To"] for draft in drafts(office)] == ["<2@vendor.example>", "<3@vendor.example>"]


@pytest.mark.parametrize("sender", ["=?utf-8?q?x?=@a.example", "=?utf-8?b?eA==?=@a.example"])
def test_one_hostile_sender_keeps_no_other_draft_waiting(office: AnsweringOffice, sender: str) -> None:
    raw = mail(1).as_bytes().replace(b"vera@vendor.example", sender.encode(), 1)
    office.received(raw, mail(2))
    assert save_drafts([folder(office)], shelf(office)) == 2
    assert [draft["In-Reply-To"] for draft in drafts(office)] == ["<2@vendor.example>"]


class Strict:
    """A folder that finds what is written into it unsafe."""

    mailbox = MAILBOX

    def holds(self, mail: Outgoing) -> bool:
        return False

    def save(self, mail: Outgoing) -> None:
        raise MailNotSafe("It would be read as another mail.")


def test_a_draft_that_cannot_be_written_is_passed_over_for_its_reason(office: AnsweringOffice) -> None:
    office.received(mail(1), mail(2))
    assert save_drafts([Strict()], shelf(office)) == 2
    assert office.database.one("worker", "SELECT min(passed_over) FROM mail_draft") == "It would be read as another mail."


@dataclass
class DyingShelf:
    """The process dies after the draft was put into the folder, before that is noted."""

    shelf: PostgresDraftShelf

    def claimed(self, mailbox: str) -> AbstractContextManager[DraftClaim | None]:
        return self._claimed(mailbox)

    @contextmanager
    def _claimed(self, mailbox: str) -> Iterator[DraftClaim | None]:
        with self.shelf.claimed(mailbox) as claim:
            assert claim is not None

            class Dying:
                letter, lately, settled = claim.letter, claim.lately, claim.settled

                def saved(self) -> None:
                    raise Died

                def passed_over(self, why: str) -> None:
                    raise Died

            yield Dying()


def test_whoever_dies_between_saving_and_noting_leaves_one_draft(office: AnsweringOffice) -> None:
    office.received(mail(1))
    with pytest.raises(Died):
        save_drafts([folder(office)], DyingShelf(shelf(office)))
    assert len(drafts(office)) == 1
    assert save_drafts([folder(office)], shelf(office)) == 1
    assert len(drafts(office)) == 1


def test_workers_at_once_save_each_draft_once(office: AnsweringOffice) -> None:
    mails = [mail(number) for number in range(1, 9)]
    for number, one in enumerate(mails):
        one.replace_header("From", f"sender{number}@vendor.example")
    office.received(*mails)
    start = Barrier(4)

    def work(_: int) -> int:
        start.wait()
        return save_drafts([folder(office)], shelf(office))

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 8
    assert len({draft["In-Reply-To"] for draft in drafts(office)}) == len(drafts(office)) == 8


class Away:
    mailbox = MAILBOX

    def holds(self, mail: Outgoing) -> bool:
        raise MailboxUnavailable("Drafts cannot be reached.")

    def save(self, mail: Outgoing) -> None:
        raise MailboxUnavailable("Drafts cannot be reached.")


def test_a_mailbox_that_is_away_gets_its_drafts_later(office: AnsweringOffice) -> None:
    office.received(mail(1))
    away: DraftFolder = Away()
    assert save_drafts([away, folder(office, "another")], shelf(office)) == 0
    assert save_drafts([folder(office)], shelf(office)) == 1
    assert len(drafts(office)) == 1


def test_a_password_file_that_cannot_be_read_holds_up_no_other_mailbox(office: AnsweringOffice) -> None:
    def unreadable() -> str:
        raise SettingMissing("The file of the password cannot be read.")

    office.received(mail(1))
    without = replace(office.inbox.server.account(office.inbox.user), secret=unreadable)
    broken = ImapDrafts(without, MAILBOX, US, lambda: datetime.now(UTC))
    assert save_drafts([broken, folder(office)], shelf(office)) == 1


def test_what_came_long_before_drafts_were_wanted_gets_none(office: AnsweringOffice) -> None:
    office.received(mail(1))
    office.database.one("admin", "UPDATE mail SET received_at = now() - interval '3 days'")
    assert save_drafts([folder(office)], shelf(office)) == 0


def test_a_login_that_is_refused_saves_nothing_and_the_right_one_does_it_later(office: AnsweringOffice) -> None:
    office.received(mail(1))
    wrong = office.inbox.server.account(office.inbox.user, f"not {PASSWORD}")
    assert save_drafts([ImapDrafts(wrong, MAILBOX, US, lambda: datetime.now(UTC))], shelf(office)) == 0
    assert save_drafts([folder(office)], shelf(office)) == 1


def test_the_workers_role_can_note_a_draft_and_take_nothing_back(office: AnsweringOffice) -> None:
    office.received(mail(1))
    save_drafts([folder(office)], shelf(office))
    for statement in ("DELETE FROM mail_draft", "UPDATE mail_draft SET passed_over = 'x'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office.database.one("worker", statement)
