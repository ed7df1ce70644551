"""Which mails are answered, and where an answer may go."""

from dataclasses import replace
from typing import Any

import pytest

from agent.actions.answerable import SECURITY, Recipient, check_answerable, is_address, recipient_of, seen_from_sender
from agent.domain.letters import Letter
from agent.domain.mail import MailClass, Trust
from agent.errors import PreconditionFailed
from agent.jobs.inbox import COLLISION
from agent.triage.flags import HIDDEN, HOSTILE, NO_SENDER

LETTER = Letter(
    id=12, mailbox="logistics", sender="vera@vendor.example", reply_to=(), subject="Delivery of P00012",
    message_id="<1@vendor.example>", thread=(), mail_class=MailClass.DELAY_NOTICE, trust=Trust.ALIGNED, flags=frozenset(),
    automatic=False, language="en", draft="Thank you.", answers_before=0, answers_lately=0, answered_by=None,
)  # fmt: skip


def test_a_persons_mail_without_a_suspicion_is_answered() -> None:
    check_answerable(LETTER)
    assert recipient_of(LETTER, None) == "vera@vendor.example"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mail_class": None}, "not read yet"),
        ({"automatic": True}, "sent by a machine"),
        ({"mail_class": MailClass.AUTOMATED_NOISE}, "sent by a machine"),
        ({"flags": frozenset({"bank_change"})}, "carries bank change"),
        ({"trust": Trust.FAIL}, "forged"),
        ({"answered_by": 7}, "with P7"),
        ({"answers_lately": 4}, "4 are the most"),
    ],
)
def test_why_a_mail_is_not_answered_is_said(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PreconditionFailed, match=said):
        check_answerable(replace(LETTER, **changes))


def test_a_third_answer_in_a_day_is_not_too_many_and_a_harmless_flag_stops_nothing() -> None:
    check_answerable(replace(LETTER, answers_lately=3, flags=frozenset({"msgid_missing", "reply_to_differs"})))


def test_whatever_gets_no_draft_for_its_flags_gets_no_answer() -> None:
    assert HOSTILE | {HIDDEN, NO_SENDER, COLLISION} <= SECURITY


def test_a_reply_to_of_another_company_diverts_nothing_without_a_person_who_says_so() -> None:
    diverted = replace(LETTER, reply_to=("vera@vendor-payments.example",))
    with pytest.raises(PreconditionFailed, match=r"came from vera@vendor\.example and wants answers at vera@vendor-payments"):
        recipient_of(diverted, None)
    assert recipient_of(diverted, "vera@vendor.example") == "vera@vendor.example"
    elsewhere = recipient_of(diverted, "Vera@Vendor-Payments.example")
    assert seen_from_sender(diverted, elsewhere) is Recipient.ELSEWHERE


def test_a_reply_to_that_is_the_sender_is_no_choice_and_a_colleague_is_the_same_company() -> None:
    assert recipient_of(replace(LETTER, reply_to=("vera@vendor.example",)), None) == "vera@vendor.example"
    shared = replace(LETTER, reply_to=("orders@vendor.example",))
    assert seen_from_sender(shared, recipient_of(shared, "orders@vendor.example")) is Recipient.SAME_DOMAIN


def test_another_address_at_the_same_public_provider_is_somebody_else() -> None:
    diverted = replace(LETTER, sender="anna@gmail.com", reply_to=("evil@gmail.com",))
    assert seen_from_sender(diverted, "evil@gmail.com") is Recipient.ELSEWHERE
    assert seen_from_sender(diverted, "anna@gmail.com") is Recipient.SENDER


def test_an_answer_goes_to_no_address_that_the_mail_does_not_have() -> None:
    with pytest.raises(PreconditionFailed, match=r"crook@elsewhere\.example is no address of M12; an answer goes to vera@"):
        recipient_of(LETTER, "crook@elsewhere.example")


def test_a_mail_from_nobody_is_answered_to_nobody() -> None:
    with pytest.raises(PreconditionFailed, match="Nobody is no address"):
        recipient_of(replace(LETTER, sender=""), None)


@pytest.mark.parametrize(
    "address",
    ["vera@vendor.example", "v.era+po@sub.vendor.example", "o'neill@x.ie", "a@b"],
)
def test_ordinary_addresses_are_taken(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "vera@vendor.example\r\nBcc: all@x.example", "vera@vendor.example, b@x.example", '"a b"@x.example', "müller@x.example",
        "a..b@x.example", ".a@x.example", "a@x..example", "a@-x.example", "a@", "@x", "a", "a@x\n", f"{'a' * 65}@x.example",
        f"a@{'x' * 253}.example", "=?utf-8?q?x?=@a.example", "=?utf-8?q?a=3E=0D=0ABcc:_x=40y.z?=@a.example",
    ],
)  # fmt: skip
def test_what_could_be_two_addresses_or_a_header_line_is_none(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(PreconditionFailed):
        recipient_of(replace(LETTER, sender=address), None)
