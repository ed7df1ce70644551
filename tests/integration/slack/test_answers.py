"""Answers in Slack: streamed as they are released, and there once in the end whatever goes wrong in between."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.domain.chat import PartKind
from agent.domain.decisions import Role
from integrations.database.conversations import PostgresAnswerDesk
from tests.fixtures.slack.deliveries import direct_message, mention, modal, press, submit, submitted
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.state import Fault, Message

SENTENCES = ("S00042 was promised for Friday.", "It can ship on Monday.", "The goods come late from Brakel.")
WHOLE = " ".join(SENTENCES)


def asked(company: SlackCompany, text: str = "Why is S00042 late?") -> tuple[int, str]:
    """The question's number, and the channel of whoever asked."""
    _, account = company.colleague()
    company.send(direct_message(company.space, account, text))
    company.worked_off()
    return int(company.one("SELECT max(id) FROM inbound")), company.space.direct(account)


def mentioned(company: SlackCompany, asker: str, *others: str) -> tuple[int, str]:
    """A question in a channel that these read; its number, and the channel."""
    channel = company.space.channel(asker, *others)
    company.send(*mention(company.space, channel, asker, "why is S00042 late?"))
    company.worked_off()
    return int(company.one("SELECT max(id) FROM inbound")), channel


def release(company: SlackCompany, question: int, kind: PartKind, **body: Any) -> None:
    PostgresAnswerDesk(company.database.pool("worker")).release(question, kind, body)


def final(company: SlackCompany, question: int, text: str = WHOLE, **other: Any) -> None:
    given = {"answer": text, "degraded": False, "as_of": datetime(2026, 11, 27, 9, 0, tzinfo=UTC).isoformat(), "citations": [],
             "proposals": []}  # fmt: skip
    release(company, question, PartKind.FINAL, **given | other)


OPEN = """
    SELECT (SELECT count(*) FROM slack_answer WHERE ended_at IS NULL)
        + (SELECT count(*) FROM slack_outbox WHERE ended_at IS NULL AND method = 'private')
"""


def shown_whole(company: SlackCompany) -> None:
    """Also what is told privately."""
    company.space.until(lambda: not company.one(OPEN), 20)


def words_of(message: Message) -> str:
    """What a reader sees: the streamed text, or the markdown block that took its place."""
    markdown = [block["text"] for block in message.blocks if block["type"] == "markdown"]
    return markdown[0] if markdown else message.text


def the_answer(company: SlackCompany, channel: str) -> Message:
    (message,) = company.space.shown(channel)
    assert not message.streaming
    return message


def test_an_answer_grows_in_the_thread_of_its_question_and_ends_with_what_it_rests_on(company: SlackCompany) -> None:
    question, channel = asked(company)
    with sending(company):
        release(company, question, PartKind.STATUS, text="Looking at the order.")
        company.space.until(lambda: company.space.statuses)
        for number, sentence in enumerate(SENTENCES):
            release(company, question, PartKind.SENTENCE, text=sentence)
            wanted = " ".join(SENTENCES[: number + 1])
            company.space.until(lambda wanted=wanted: [one.text for one in company.space.shown(channel)] == [wanted])
        final(company, question, citations=[{"source": "S00042", "detail": "sale.order 42", "url": None}])
        shown_whole(company)
    message = the_answer(company, channel)
    root = company.one("SELECT thread_ts FROM slack_question")
    assert (message.text, message.thread_ts) == (WHOLE, root)
    assert "S00042" in str(message.blocks)
    assert "As of" in str(message.blocks)
    assert [call.method for call in company.space.calls if "tream" in call.method] == [
        "chat.startStream", "chat.appendStream", "chat.appendStream", "chat.stopStream",
    ]  # fmt: skip


def test_an_answer_that_is_there_at_once_is_one_message(company: SlackCompany) -> None:
    question, channel = asked(company)
    release(company, question, PartKind.SENTENCE, text=WHOLE)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


def test_when_slack_ends_the_stream_the_whole_answer_takes_its_place(company: SlackCompany) -> None:
    question, channel = asked(company)
    company.space.streams_expire_after = 1
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        for sentence in SENTENCES[1:]:
            release(company, question, PartKind.SENTENCE, text=sentence)
        final(company, question)
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


def streamed(company: SlackCompany, question: int, channel: str, sentences: Sequence[str]) -> None:
    for sentence in sentences:
        release(company, question, PartKind.SENTENCE, text=sentence)
    company.space.until(lambda: company.space.shown(channel))
    company.space.until(lambda: company.one("SELECT ts FROM slack_answer") is not None)


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream", "chat.update"])
@pytest.mark.parametrize("fault", [Fault("lost"), Fault("5xx"), Fault("429"), Fault("refused", "internal_error")])
def test_a_call_that_fails_on_the_way_leaves_one_whole_answer(company: SlackCompany, method: str, fault: Fault) -> None:
    question, channel = asked(company)
    company.space.fail(method, fault)
    if method == "chat.update":
        company.space.fail("chat.stopStream", Fault("5xx"))
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        release(company, question, PartKind.SENTENCE, text=SENTENCES[1])
        company.space.until(lambda: len(company.space.made("chat.appendStream")) >= 1)
        release(company, question, PartKind.SENTENCE, text=SENTENCES[2])
        final(company, question)
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


@pytest.mark.parametrize("fault", [Fault("lost"), Fault("5xx"), Fault("429"), Fault("refused", "channel_type_not_supported")])
def test_a_stream_that_cannot_be_begun_or_was_and_nobody_knows_leaves_one_whole_answer(
    company: SlackCompany, fault: Fault
) -> None:
    question, channel = asked(company)
    company.space.fail("chat.startStream", fault)
    with sending(company):
        release(company, question, PartKind.SENTENCE, text=SENTENCES[0])
        company.space.until(lambda: company.space.made("chat.startStream"))
        for sentence in SENTENCES[1:]:
            release(company, question, PartKind.SENTENCE, text=sentence)
        final(company, question)
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


@pytest.mark.parametrize("fault", [Fault("lost"), Fault("5xx")])
def test_a_whole_answer_whose_posting_had_no_answer_is_there_once(company: SlackCompany, fault: Fault) -> None:
    question, channel = asked(company)
    company.space.fail("chat.postMessage", fault)
    release(company, question, PartKind.SENTENCE, text=WHOLE)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


@pytest.mark.parametrize("fault", [Fault("5xx"), Fault("refused", "token_revoked")])
def test_an_answer_outlasts_slack_being_away_for_longer_than_a_refusal_is_tried(company: SlackCompany, fault: Fault) -> None:
    question, channel = asked(company)
    final(company, question)
    company.database.one("admin", "UPDATE slack_answer SET tries = 8")
    company.space.fail("chat.postMessage", fault)
    with sending(company):
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


def test_an_answer_of_which_somebody_deleted_the_beginning_is_given_whole(company: SlackCompany) -> None:
    question, channel = asked(company)
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        (begun,) = company.space.shown(channel)
        del company.space.messages[channel, begun.ts]
        final(company, question)
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


def test_a_worker_that_dies_half_way_is_followed_by_one_that_finishes_the_same_message(company: SlackCompany) -> None:
    question, channel = asked(company)
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
    company.one("UPDATE slack_sender SET until = clock_timestamp() - interval '1 second'")
    for sentence in SENTENCES[1:]:
        release(company, question, PartKind.SENTENCE, text=sentence)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE


def test_a_refusal_is_told_like_an_answer(company: SlackCompany) -> None:
    question, channel = asked(company)
    release(company, question, PartKind.FAILED, text="Odoo does not answer; try again in a minute.")
    with sending(company):
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == "Odoo does not answer; try again in a minute."


def test_in_a_channel_whose_members_may_all_see_it_the_answer_is_for_everybody(company: SlackCompany) -> None:
    _, ana = company.colleague()
    _, ben = company.colleague(Role.OPS_MANAGER)
    question, channel = mentioned(company, ana, ben)
    with sending(company):
        release(company, question, PartKind.SENTENCE, text=SENTENCES[0])
        final(company, question, SENTENCES[0])
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == SENTENCES[0]


@pytest.mark.parametrize("who", ["a stranger", "somebody who may not see prices", "somebody unconfirmed"])
def test_in_a_channel_with_somebody_who_may_see_less_the_answer_is_for_whoever_asked_alone(
    company: SlackCompany, who: str
) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    other = {
        "a stranger": lambda: company.space.user("someone@elsewhere.example"),
        "somebody who may not see prices": lambda: company.colleague(Role.WAREHOUSE_LEAD)[1],
        "somebody unconfirmed": lambda: company.member(company.database.person()),
    }[who]()
    question, channel = mentioned(company, ana, other)
    with sending(company):
        release(company, question, PartKind.SENTENCE, text=SENTENCES[0])
        final(company, question, SENTENCES[0])
        shown_whole(company)
    assert company.space.shown(channel) == []
    assert [words_of(message) for message in company.space.whispered(ana)] == [SENTENCES[0]]
    assert company.space.whispered(other) == []


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
def test_an_answer_links_nowhere_but_to_the_erp_and_calls_nobody(company: SlackCompany, streams: bool) -> None:
    question, channel = asked(company)
    hostile = (
        "See [S00042](https://erp.example.com/odoo/sales/42) and [here](https://evil.example/?q=secret), "
        "![x](https://evil.example/pixel.png) <https://evil.example|click> <!channel> <@U123> @here https://evil.example/x"
    )
    with sending(company, odoo_url="https://erp.example.com", odoo_database="live", odoo_reader_login="r", odoo_reader_key="k"):
        if streams:
            release(company, question, PartKind.SENTENCE, text=hostile)
            company.space.until(lambda: company.space.shown(channel))
        final(company, question, hostile)
        shown_whole(company)
    text = words_of(the_answer(company, channel))
    assert "[S00042](https://erp.example.com/odoo/sales/42)" in text
    assert "(https://evil" not in text
    assert "pixel" not in text
    assert "<" not in text
    assert "@here" not in text
    assert "`https://evil.example/x`" in text


def answered(company: SlackCompany) -> tuple[int, str, str, Message]:
    """The question, who asked it, their channel, and the answer on screen."""
    question, channel = asked(company)
    release(company, question, PartKind.SENTENCE, text=WHOLE)
    final(company, question)
    shown_whole(company)
    return question, "U" + channel[1:], channel, the_answer(company, channel)


def test_a_good_word_for_an_answer_is_noted_and_thanked_for(company: SlackCompany) -> None:
    with sending(company):
        question, account, _, message = answered(company)
        company.send(press(company.slack, message, account, "feedback_answer"))
        company.space.until(lambda: any("Thank you" in one.text for one in company.space.whispered(account)))
    assert company.one("SELECT inbound_id FROM slack_rating WHERE helpful AND reason IS NULL") == question


def test_a_bad_word_comes_with_its_reason(company: SlackCompany) -> None:
    with sending(company):
        question, account, _, message = answered(company)
        company.send(press(company.slack, message, account, "feedback_answer", "negative"))
        company.space.until(lambda: company.space.stacks[account])
        assert company.one("SELECT count(*) FROM slack_rating") == 0
        (ack,) = company.send(submit(company.slack, account, {"feedback_reason": "The date is that of another order."}))
        submitted(company.space, account, ack.body)
    assert "Thank you" in str(modal(company.space, account)["blocks"])
    assert company.one("SELECT reason FROM slack_rating WHERE NOT helpful AND inbound_id = %s", question) == (
        "The date is that of another order."
    )


def test_a_rating_of_an_answer_that_is_not_there_is_told_and_not_kept(company: SlackCompany) -> None:
    with sending(company):
        _, account, _, message = answered(company)
        click = press(company.slack, message, account, "feedback_answer")
        click.body["actions"][0]["value"] = '{"id": "999", "rev": "good"}'
        company.send(click)
        company.space.until(lambda: any("not known" in one.text for one in company.space.whispered(account)))
    assert company.one("SELECT count(*) FROM slack_rating") == 0
