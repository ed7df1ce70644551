"""Not everything that is sent from the mailbox under the name of an answer went to who waits for one."""

import pytest

from tests.fixtures.answering import DRAFT, AnsweringOffice
from tests.fixtures.dovecot import mail
from tests.integration.inbox.test_sent_drafts import answer, compared, drafted, known, sent_from_there


def test_who_forwards_a_mail_to_a_colleague_has_not_answered_it(office: AnsweringOffice) -> None:
    drafted(office, mail(1))
    forwarded = answer("Ben, can you look at this?")
    forwarded.replace_header("To", "Ben <ben@harbour.example>")
    forwarded["Cc"] = "carrier@hauler.example"
    sent_from_there(office, forwarded)
    assert (compared(office), office.shown().state) == (0, "open")
    sent_from_there(office, answer(DRAFT))
    assert (compared(office), known(office).changed_percent) == (1, 0)
    assert office.shown().state == "answered"


@pytest.mark.parametrize(
    "header", [("Auto-Submitted", "auto-replied"), ("Content-Type", "multipart/report; boundary=x")], ids=str
)
def test_a_machine_that_says_that_nobody_is_there_has_not_answered(office: AnsweringOffice, header: tuple[str, str]) -> None:
    drafted(office, mail(1))
    told = answer("We are back on Monday.")
    del told[header[0]]
    told[header[0]] = header[1]
    sent_from_there(office, told)
    assert (compared(office), office.shown().state) == (0, "open")


@pytest.mark.parametrize("to", ["anna@vendor.example", "Vera <VERA@vendor.example>", "ben@harbour.example, vera@vendor.example"])
def test_an_answer_goes_to_the_sender_or_to_their_company(office: AnsweringOffice, to: str) -> None:
    drafted(office, mail(1))
    sent = answer(DRAFT)
    sent.replace_header("To", to)
    sent_from_there(office, sent)
    assert compared(office) == 1


def test_everybody_may_have_an_address_where_a_private_sender_has_one(office: AnsweringOffice) -> None:
    private = mail(1)
    private.replace_header("From", "vera@gmail.com")
    drafted(office, private)
    other, hers = answer("Look at this."), answer(DRAFT)
    other.replace_header("To", "ben@gmail.com")
    hers.replace_header("To", "vera@gmail.com")
    sent_from_there(office, other)
    assert compared(office) == 0
    sent_from_there(office, hers)
    assert compared(office) == 1


def test_among_colleagues_only_the_one_who_wrote_is_answered(office: AnsweringOffice) -> None:
    colleague = mail(1)
    colleague.replace_header("From", "sam@harbour.example")
    drafted(office, colleague)
    assert len(office.in_folder("Drafts")) == 1
    forwarded, told = answer("Ben, can you look at this?"), answer(DRAFT)
    forwarded.replace_header("To", "ben@harbour.example")
    told.replace_header("To", "sam@harbour.example")
    sent_from_there(office, forwarded)
    assert compared(office) == 0
    sent_from_there(office, told)
    assert compared(office) == 1
