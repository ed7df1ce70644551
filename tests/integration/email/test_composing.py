"""What goes out is one mail to one address, whatever the mail from outside says."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.actions.wording import clean_text
from agent.domain.letters import Letter, Outgoing, answer_subject, answered_id, changed_percent, references_to
from agent.domain.mail import MailClass, Trust
from agent.errors import MailNotSafe
from integrations.email import parse_mail
from integrations.email.composing import ACTION, Sender, compose, message_id_of
from tests.fixtures.dovecot import mail

#: A subject that was encoded twice comes out of the inbox like this.
ENCODED = "=?utf-8?q?Hi=0D=0ABcc:_all@x.example=0D=0AReply-To:_pay@evil.example=0D=0A=0D=0APay_here?="
HOSTILE_ID = "<=?utf-8?q?a=3E=0D=0ABcc:_x=40y.z=0D=0AX:_?=@b>"
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
     "Subject: =?utf-8?b?SGkNCkJjYzogYWxsQHguZXhhbXBsZQ==?=", f"Subject: =?utf-8?b?{b64encode(ENCODED.encode()).decode()}?="],
)  # fmt: skip
def test_a_subject_adds_no_header_line(line: str) -> None:
    raw = f"From: vera@vendor.example\r\nMessage-ID: <1@x.example>\r\n{line}\r\n\r\nHello".encode()
    sent = composed(answer(letter_of(raw)))
    assert sent["Bcc"] is None
    assert {name.lower() for name in sent} <= OURS
    assert len(sent["Subject"].splitlines()) == 1


def test_a_subject_that_is_encoded_twice_is_shown_and_never_decoded() -> None:
    sent = composed(replace(PLAIN, subject=answer_subject(ENCODED)))
    assert sent["Subject"] == "Re: " + ENCODED.replace("=?", "= ?")
    assert sent.get_content().strip() == "Thank you."


def test_an_encoded_word_is_no_message_id() -> None:
    letter = replace(letter_of(mail(1).as_bytes()), message_id=HOSTILE_ID, thread=("<a@x.example>", HOSTILE_ID))
    assert answered_id(letter) is None
    assert references_to(letter) == ("<a@x.example>",)


@pytest.mark.parametrize(
    "hostile",
    [
        {"subject": ENCODED}, {"in_reply_to": HOSTILE_ID}, {"references": ("<a@x.example>", HOSTILE_ID)},
        {"subject": "Hi\r\nBcc: all@x.example"}, {"to": "=?utf-8?q?x?=@a.example"}, {"to": "a@x.example, b@x.example"},
        {"to": "a@x.example\r\nBcc: all@x.example"}, {"to": ""}, {"marker": "=?utf-8?q?a=0D=0ABcc:_all=40x.example?="},
    ],
    ids=str,
)  # fmt: skip
def test_what_would_come_out_as_another_mail_does_not_come_out(hostile: dict[str, Any]) -> None:
    with pytest.raises(MailNotSafe):
        compose(replace(PLAIN, **hostile), US, NOW)


#: As an attacker builds them: both encodings, any bytes, within anything.
encoded_words = st.builds(
    lambda before, how, said, after: before + how(said.encode()) + after,
    st.sampled_from(("", "<", "Re: ", "= ?", "=")),
    st.sampled_from((
        lambda said: "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in said) + "?=",
        lambda said: f"=?utf-8?b?{b64encode(said).decode()}?=",
        lambda said: f"=?iso-8859-1*en?Q?{said.hex('=')}?=",
    )),
    st.one_of(st.text(max_size=60), st.sampled_from(("\r\nBcc: all@x.example", "a>\nTo: b@x.example\r\n\r\nPay", "\r"))),
    st.sampled_from(("", "@b>", "@a.example", " more", "=?=")),
)  # fmt: skip


@given(subject=encoded_words, ids=st.lists(encoded_words, max_size=4), text=encoded_words)
def test_no_encoded_word_adds_a_header_an_address_or_a_word(subject: str, ids: list[str], text: str) -> None:
    letter = replace(letter_of(mail(1).as_bytes()), subject=subject, message_id=ids[0] if ids else None, thread=tuple(ids))
    sent = composed(answer(letter, text))
    assert {name.lower() for name in sent} <= OURS
    assert len(sent.keys()) == len(set(sent.keys()))
    assert [address.addr_spec for address in sent["To"].addresses] == ["vera@vendor.example"]
    assert sent.get_content().replace("\r\n", "\n").strip() == text.strip()


@given(subject=encoded_words, one=encoded_words, to=st.one_of(st.just("vera@vendor.example"), encoded_words))
def test_what_nobody_cleaned_is_refused_or_comes_out_as_meant(subject: str, one: str, to: str) -> None:
    try:
        sent = composed(replace(PLAIN, to=to, subject=subject, in_reply_to=one, references=(one,)))
    except MailNotSafe:
        return
    assert {name.lower() for name in sent} <= OURS
    assert [address.addr_spec for address in sent["To"].addresses] == [to]
    assert sent.get_content().strip() == "Thank you."


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
