"""Which mails a mail answers, and what waiting does to its priority."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.triage.threads import MOST_NAMED, named_ids, raised, reopens
from integrations.email import parse_mail
from tests.fixtures.arriving import letter, made

IDS = st.from_regex(r"<[a-z0-9.]{1,20}@[a-z0-9.]{1,20}>", fullmatch=True)


def test_a_mail_names_itself_and_what_it_answers_once_each() -> None:
    mail = parse_mail(letter(2, "<1@vendor.example>", References="<0@ours.example> <1@vendor.example>").as_bytes())
    assert set(named_ids(mail)) == {"<2@vendor.example>", "<0@ours.example>", "<1@vendor.example>"}


def test_what_it_says_in_its_own_words_names_nothing() -> None:
    mail = parse_mail(letter(2, text="See <1@vendor.example> for details.").as_bytes())
    assert named_ids(mail) == ("<2@vendor.example>",)


@given(ids=st.lists(IDS, max_size=200, unique=True))
def test_of_a_long_chain_the_first_and_the_latest_are_kept(ids: list[str]) -> None:
    mail = parse_mail(letter(2, References=" ".join(ids)).as_bytes())
    named = named_ids(mail)
    assert len(named) <= MOST_NAMED + 1
    assert {*ids[:1], *ids[-1:]} <= set(named)


@pytest.mark.parametrize(
    ("row", "waiting", "priority"),
    [
        (made(), 1, "P3"), (made(), 2, "P2"), (made(), 9, "P2"), (made(priority="P1"), 9, "P1"),
        (made(automatic=True), 9, "P3"), (made(**{"class": "automated_noise", "priority": "P5"}), 9, "P5"),
    ],
)  # fmt: skip
def test_the_third_mail_without_an_answer_is_one_step_more_urgent(row: dict[str, object], waiting: int, priority: str) -> None:
    assert raised(row, waiting)["priority"] == priority


@pytest.mark.parametrize(
    ("kind", "sender", "brought_back"),
    [
        ("delay_notice", "vera@vendor.example", True),
        ("automated_noise", "vera@vendor.example", False),
        ("automated_noise", "mailer-daemon@vendor.example", True),
    ],
)
def test_noise_reopens_nothing_but_a_report_of_our_own_mail_does(kind: str, sender: str, brought_back: bool) -> None:
    message = letter(1)
    message.replace_header("From", sender)
    assert reopens(parse_mail(message.as_bytes()), made(**{"class": kind})) is brought_back
