"""What goes out is one mail to one address, whatever the mail from outside says."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions.wording import clean_text
from agent.domain.letters import Letter, Outgoing, answer_subject, answered_id, changed_percent, references_to
from agent.domain.mail import MailClass, Trust
from integrations.email import parse_mail
from integrations.email.composing import ACTION, Sender, compose, message_id_of
from tests.fixtures.dovecot import mail

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
US = Sender("logistics@harbour.example", "Harbour Logistics")
PLAIN = Outgoing("expediter-p12-0123456789ab", "vera@vendor.example", "Re: Delivery", "Thank you.\n", None, ())
OURS = {"from", "to", "subject", "date", "message-id", "in-reply-to", "references", ACTION.lower(), "mime-version", (
    "content-type"
), "content-transfer-encoding"}  # fmt: skip


def composed(outgoing: Outgoing, *, draft: bool = False) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(compose(outgoing, US, NOW, draft=draft), policy=SMTP))


def letter_of(raw: bytes) -> Letter:
    """As the inbox keeps it."""
    parsed = parse_mail(raw)
    return Letter(
        1, "logistics", parsed.sender, parsed.reply_to, parsed.subject, parsed.message_id, parsed.thread, MailClass.OTHER,
        Trust.UNKNOWN, frozenset(), False, "en", None, 0, 0, None,
    )  # fmt: skip


def answer(letter: Letter, text: str = "Thank you.") -> Outgoing:
    return Outgoing(
        "expediter-p1-0123456789ab", "vera@vendor.example", answer_subject(letter.subject), text, answered_id(letter),
        references_to(letter),
    )  # fmt: skip


def test_an_answer_stands_in_its_thread_and_can_be_found_again() -> None:
    asked = mail(7)
    asked["References"] = "<a@x.example> <b@x.example>"
    sent = composed(answer(letter_of(asked.as_bytes())))
    assert sent["In-Reply-To"] == "<7@vendor.example>"
    assert sent["References"].split() == ["<a@x.example>", "<b@x.example>", "<7@vendor.example>"]
    assert sent["Subject"] == "Re: Delivery 7"
    assert sent["Message-ID"] == "<expediter-p1-0123456789ab@harbour.example>"
    assert sent[ACTION] == "expediter-p1-0123456789ab"
    assert sent["From"] == "Harbour Logistics <logistics@harbour.example>"
    assert sent["Auto-Submitted"] is None, "a person approved every word"


def test_without_references_the_mail_that_was_answered_takes_their_place() -> None:
    asked = mail(7)
    asked["In-Reply-To"] = "<before@x.example>"
    assert references_to(letter_of(asked.as_bytes())) == ("<before@x.example>", "<7@vendor.example>")


def test_a_draft_does_not_say_that_an_action_sent_it() -> None:
    assert composed(PLAIN, draft=True)[ACTION] is None


@pytest.mark.parametrize("subject", ["Re: Delivery", "AW: Lieferung", "RV: Entrega", "Antw: Levering", "RE[2]: Delivery"])
def test_what_is_an_answer_already_gets_no_second_re(subject: str) -> None:
    assert answer_subject(subject) == subject


@pytest.mark.parametrize("subject", ["Reorder of P00012", "Delivery: re-check", "Award 12"])
def test_what_only_looks_like_one_gets_it(subject: str) -> None:
    assert answer_subject(subject) == f"Re: {subject}"


def test_words_of_every_language_arrive_as_they_were_approved() -> None:
    text = "Guten Tag,\n\nÄnderung bestätigt – “danke” 👍 …\n.\nFrom here\n" + "x" * 3000
    sent = composed(Outgoing("m", "a@b.example", "Re: Lieferung für Ä", text, None, ()))
    assert sent.get_content().replace("\r\n", "\n").strip() == text


@pytest.mark.parametrize(
    "line",
    ["Subject: Hi\r\n Bcc: all@x.example", "Subject: =?utf-8?q?Hi=0D=0ABcc:_all@x.example?=", "Subject: Hi\x0bBcc: x",
     "Subject: =?utf-8?b?SGkNCkJjYzogYWxsQHguZXhhbXBsZQ==?="],
)  # fmt: skip
def test_a_subject_adds_no_header_line(line: str) -> None:
    raw = f"From: vera@vendor.example\r\nMessage-ID: <1@x.example>\r\n{line}\r\n\r\nHello".encode()
    sent = composed(answer(letter_of(raw)))
    assert sent["Bcc"] is None
    assert {name.lower() for name in sent} <= OURS
    assert len(sent["Subject"].splitlines()) == 1


@pytest.mark.parametrize(
    "message_id", ["<a b@x>\r\nBcc: all@x.example", "<a@x> <b@x>", "no brackets", "<ü@x.example>", f"<{'x' * 300}@x.example>", ""]
)
def test_a_message_id_that_is_none_is_not_answered_to(message_id: str) -> None:
    raw = f"From: vera@vendor.example\r\nSubject: Hi\r\nMessage-ID: {message_id}\r\n\r\nHello".encode()
    sent = composed(answer(letter_of(raw)))
    assert sent["Bcc"] is None
    for name in ("In-Reply-To", "References"):
        assert sent[name] is None or re.fullmatch(r"(<[\x21-\x7e]{1,250}>\s?)+", sent[name])


@given(
    subject=st.text(max_size=400),
    text=st.text(max_size=2000),
    ids=st.lists(st.text(max_size=300).map(lambda inner: f"<{inner}>"), max_size=30),
)
def test_nothing_from_outside_adds_a_header_or_an_address(subject: str, text: str, ids: list[str]) -> None:
    hostile = Letter(
        1, "logistics", "vera@vendor.example", (), subject, ids[0] if ids else None, tuple(ids), None, Trust.UNKNOWN, frozenset(),
        False, "en", None, 0, 0, None,
    )  # fmt: skip
    sent = composed(answer(hostile, clean_text(text)))
    assert {name.lower() for name in sent} <= OURS
    assert [address.addr_spec for address in sent["To"].addresses] == ["vera@vendor.example"]
    assert not sent.defects
    raw = compose(answer(hostile, clean_text(text)), US, NOW)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()


def test_every_reply_to_is_heard() -> None:
    asked = mail(1)
    raw = b'Reply-To: A <a@x.example>\r\nReply-To: "b@evil.example, c" <d@x.example>\r\n' + asked.as_bytes()
    assert parse_mail(raw).reply_to == ("a@x.example", "d@x.example")


@pytest.mark.parametrize(
    ("draft", "text", "percent"),
    [
        (None, "anything", None),
        ("We look into it.", "We  look\ninto it.", 0),
        ("We look into it.", "Something else entirely", 100),
        ("one two three four", "one two three five", 25),
        (" ".join(map(str, range(1000))), " ".join(map(str, range(999))), 1),
    ],
)
def test_how_much_was_said_otherwise_counts_words(draft: str | None, text: str, percent: int | None) -> None:
    assert changed_percent(draft, text) == percent


def test_the_message_id_is_the_same_at_every_attempt_and_another_for_another_proposal() -> None:
    assert message_id_of(PLAIN, US) == message_id_of(PLAIN, US)
    assert message_id_of(PLAIN, US) != message_id_of(Outgoing("expediter-p1-0123456789ab", *list_of(PLAIN)), US)


def list_of(outgoing: Outgoing) -> tuple[str, str, str, None, tuple[str, ...]]:
    return outgoing.to, outgoing.subject, outgoing.text, None, outgoing.references
