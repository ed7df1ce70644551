"""What is to be shown is sent once and in order, whatever Slack or the network answers."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.database.messenger_outbox import PostgresOutbox
from integrations.slack.sender_loop import Pace
from tests.fixtures.slack.running import QUICK, SlackCompany, sending
from tests.fixtures.slack.state import BOT_USER, Fault, Message


def card(words: str) -> dict[str, Any]:
    block = {"type": "section", "block_id": words, "text": {"type": "mrkdwn", "text": words}}
    return {"text": words, "blocks": [block]}


def outbox(company: SlackCompany) -> PostgresOutbox:
    return PostgresOutbox(company.database.pool("worker"))


def written(company: SlackCompany) -> list[str]:
    """What was asked of Slack to be shown."""
    return [call.method for call in company.space.calls if call.method.startswith("chat.")]


def all_settled(company: SlackCompany) -> None:
    company.space.until(lambda: not company.one("SELECT count(*) FROM slack_outbox WHERE ended_at IS NULL"), 20)


def texts(company: SlackCompany, channel: str) -> list[str]:
    return [message.text for message in company.space.shown(channel)]


def test_a_message_is_posted_and_its_next_version_takes_its_place(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        outbox(company).show("proposal:12", channel, card("waits"))
        all_settled(company)
        outbox(company).show("proposal:12", channel, card("approved"))
        all_settled(company)
    assert texts(company, channel) == ["approved"]
    assert written(company) == ["chat.postMessage", "chat.update"]


def test_what_looks_as_before_is_not_sent_again(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        for _ in range(3):
            outbox(company).show("proposal:12", channel, card("waits"))
            all_settled(company)
    assert len(written(company)) == 1


def test_of_versions_that_wait_only_the_newest_is_sent(company: SlackCompany) -> None:
    channel = company.space.channel()
    for words in ("one", "two", "three", "two again"):
        outbox(company).show("proposal:12", channel, card(words))
    with sending(company):
        all_settled(company)
    assert texts(company, channel) == ["two again"]
    assert len(company.space.made("chat.postMessage")) == 1


def test_a_version_that_was_on_screen_before_can_come_back(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        for words in ("waits", "held", "waits"):
            outbox(company).show("proposal:12", channel, card(words))
            all_settled(company)
    assert texts(company, channel) == ["waits"]


def test_the_messages_of_a_channel_keep_their_order_and_its_pace_and_hold_up_no_other(company: SlackCompany) -> None:
    busy, quiet = company.space.channel(), company.space.channel()
    for words in ("first", "second", "third"):
        outbox(company).post(busy, card(words))
    outbox(company).post(quiet, card("elsewhere"))
    began = time.monotonic()
    with sending(company, Pace(channel_s=1.0)):
        all_settled(company)
    assert texts(company, busy) == ["first", "second", "third"]
    at = {call.payload["text"]: call.at - began for call in company.space.made("chat.postMessage")}
    assert at["elsewhere"] < 1.0
    assert at["second"] - at["first"] >= 1.0
    assert at["third"] - at["second"] >= 1.0


def test_told_to_slow_down_it_waits_as_long_as_slack_says(company: SlackCompany) -> None:
    channel = company.space.channel()
    company.space.fail("chat.postMessage", Fault("429", retry_after=2))
    outbox(company).post(channel, card("patience"))
    with sending(company):
        all_settled(company)
    first, second = (call.at for call in company.space.made("chat.postMessage"))
    assert second - first >= 2.0
    assert texts(company, channel) == ["patience"]


@pytest.mark.parametrize(
    "fault", [Fault("lost"), Fault("5xx"), Fault("refused", "internal_error"), Fault("refused", "fatal_error")]
)
def test_after_an_answer_that_was_lost_the_message_is_there_once(company: SlackCompany, fault: Fault) -> None:
    channel = company.space.channel()
    company.space.fail("chat.postMessage", fault)
    outbox(company).post(channel, card("once"))
    with sending(company):
        all_settled(company)
    assert texts(company, channel) == ["once"]
    assert company.one("SELECT outcome FROM slack_outbox") == "sent"


def test_in_a_thread_too_a_lost_answer_doubles_nothing(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        outbox(company).show("proposal:12", channel, card("the card"))
        all_settled(company)
        company.space.fail("chat.postMessage", Fault("lost"))
        outbox(company).show("reminder:12", channel, card("decide, please"), thread_key="proposal:12")
        all_settled(company)
    (parent,) = [message for message in company.space.shown(channel) if message.thread_ts is None]
    assert [message.text for message in company.space.shown(channel, parent.ts)] == ["decide, please"]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_worker_that_died_while_it_sent_is_followed_by_one_that_looks_first(company: SlackCompany, arrived: bool) -> None:
    channel = company.space.channel()
    outbox(company).show("proposal:12", channel, card("once"))
    number = company.one("SELECT id FROM slack_outbox")
    company.database.one("worker", "INSERT INTO slack_attempt (outbox_id, number) VALUES (%s, 1)", number)
    if arrived:
        message = Message(channel, company.space.stamp(), BOT_USER, "once", card("once")["blocks"])
        message.metadata = {"event_type": "expediter_message", "event_payload": {"outbox": str(number)}}
        company.space.messages[channel, message.ts] = message
    with sending(company):
        all_settled(company)
        outbox(company).show("proposal:12", channel, card("and changed"))
        all_settled(company)
    assert texts(company, channel) == ["and changed"]
    assert len(company.space.made("chat.postMessage")) == (0 if arrived else 1)


def test_where_nobody_can_look_a_doubtful_message_is_not_sent_twice(company: SlackCompany) -> None:
    channel = company.space.channel()
    company.space.scopes -= {"channels:history"}
    company.space.fail("chat.postMessage", Fault("lost"))
    outbox(company).post(channel, card("once"))
    with sending(company):
        all_settled(company)
    assert texts(company, channel) == ["once"]
    assert company.one("SELECT outcome FROM slack_outbox") == "unknown"


def test_two_workers_send_each_message_once(company: SlackCompany) -> None:
    channels = [company.space.channel() for _ in range(5)]
    with sending(company), sending(company):
        for number in range(30):
            outbox(company).post(channels[number % 5], card(f"message {number}"))
        all_settled(company)
    shown = [text for channel in channels for text in texts(company, channel)]
    assert sorted(shown) == sorted(f"message {number}" for number in range(30))


def test_the_next_worker_takes_over_when_the_first_is_gone(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        outbox(company).post(channel, card("by the first"))
        all_settled(company)
    company.one("UPDATE slack_sender SET until = clock_timestamp() - interval '1 second'")
    with sending(company):
        outbox(company).post(channel, card("by the second"))
        all_settled(company)
    assert texts(company, channel) == ["by the first", "by the second"]


def test_blocks_that_slack_does_not_know_yet_leave_the_text(company: SlackCompany) -> None:
    channel = company.space.channel()
    company.space.fail("chat.postMessage", Fault("refused", "invalid_blocks"))
    outbox(company).post(channel, card("in words"))
    with sending(company):
        all_settled(company)
    (message,) = company.space.shown(channel)
    assert (message.text, message.blocks) == ("in words", [])


def test_a_card_that_somebody_deleted_is_posted_anew(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        outbox(company).show("proposal:12", channel, card("waits"))
        all_settled(company)
        company.space.messages.clear()
        for words in ("approved", "done"):
            outbox(company).show("proposal:12", channel, card(words))
            all_settled(company)
    assert texts(company, channel) == ["done"]


def test_what_can_never_be_sent_is_given_up_with_the_reason_and_holds_up_nothing(company: SlackCompany) -> None:
    away, here = company.space.channel(), company.space.channel()
    company.space.channels[away]["members"] = []
    outbox(company).post(away, card("nobody there"))
    outbox(company).post(here, card("here"))
    with sending(company):
        all_settled(company)
    assert company.one("SELECT detail FROM slack_outbox WHERE outcome = 'failed'") == "not_in_channel"
    assert texts(company, here) == ["here"]


def test_an_address_to_respond_to_that_is_used_up_is_given_up_with_the_reason(company: SlackCompany) -> None:
    _, account = company.colleague()
    channel = company.space.channel(account)
    address = company.slack.response_url(channel, account)
    with sending(company):
        for number in range(6):
            outbox(company).respond(address, card(f"answer {number}"))
        all_settled(company)
    assert len(company.space.whispered(account)) == 5
    assert "used up" in company.one("SELECT detail FROM slack_outbox WHERE outcome = 'failed'")


def test_a_token_is_changed_without_a_restart_and_nothing_is_lost(
    company: SlackCompany, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, file = company.space.channel(), tmp_path / "token"
    file.write_text("xoxb-test\n")
    monkeypatch.setenv("EXPEDITER_SLACK_BOT_TOKEN_FILE", str(file))
    with sending(company, slack_bot_token=SecretStr("read from the file")):
        company.space.tokens = {"xoxb-new"}
        outbox(company).post(channel, card("after the change"))
        company.space.until(lambda: company.space.calls)
        file.write_text("xoxb-new\n")
        all_settled(company)
    assert texts(company, channel) == ["after the change"]


@pytest.mark.parametrize(("age", "ends"), [("1 hour", "sent"), ("25 hours", "failed")])
def test_what_was_refused_many_times_while_slack_or_our_token_was_away_is_kept_for_a_day(
    company: SlackCompany, age: str, ends: str
) -> None:
    outbox(company).post(company.space.channel(), card("after the outage"))
    with company.database.connection("admin") as connection:
        connection.execute("INSERT INTO slack_attempt (outbox_id, number) SELECT id, generate_series(1, 12) FROM slack_outbox")
        connection.execute("UPDATE slack_outbox SET detail = 'refused', made_at = clock_timestamp() - %s::interval", (age,))
    with sending(company):
        all_settled(company)
    assert company.one("SELECT outcome FROM slack_outbox") == ends


def test_a_private_word_is_seen_by_one_person_alone_and_an_account_is_written_to_directly(company: SlackCompany) -> None:
    ana, ben = company.space.user("ana@example.com"), company.space.user("ben@example.com")
    channel = company.space.channel(ana, ben)
    outbox(company).private(channel, ana, card("only you"))
    outbox(company).post(ben, card("directly"))
    with sending(company):
        all_settled(company)
    assert [message.text for message in company.space.whispered(ana)] == ["only you"]
    assert [message.text for message in company.space.whispered(ben)] == ["directly"]
    assert company.space.shown(channel) == []


def test_a_message_with_a_name_is_queued_at_most_once_ever(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        for _ in range(2):
            outbox(company).post(channel, card("the brief"), dedupe="brief:2026-11-27")
            all_settled(company)
    assert texts(company, channel) == ["the brief"]


def test_what_was_sent_is_not_kept(company: SlackCompany) -> None:
    outbox(company).post(company.space.channel(), card("about Harbourvale"))
    with sending(company):
        all_settled(company)
    assert company.one("SELECT string_agg(payload, '') FROM slack_outbox") == ""


def test_the_home_of_a_person_is_published(company: SlackCompany) -> None:
    ana = company.space.user("ana@example.com")
    outbox(company).publish_home(ana, {"type": "home", "blocks": card("Your approvals")["blocks"]})
    with sending(company):
        all_settled(company)
    assert company.space.homes[ana]["blocks"][0]["text"]["text"] == "Your approvals"


def test_a_hung_call_ends_in_time_and_the_message_is_there_once(company: SlackCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.slack.client.PATIENCE_S", 1)
    channel = company.space.channel()
    company.space.fail("chat.postMessage", Fault("hang", seconds=3))
    outbox(company).post(channel, card("once"))
    with sending(company, Pace(QUICK.channel_s, timedelta(seconds=0.5))):
        all_settled(company)
    assert texts(company, channel) == ["once"]
