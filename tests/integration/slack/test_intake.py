"""What Slack delivers: signed, ours, once; stored before it is acknowledged."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import Delivery, command, direct_message, event, mention
from tests.fixtures.slack.running import SlackCompany, slack_company
from tests.fixtures.slack.sender import encoded, signed
from tests.fixtures.slack.state import BOT_USER, TEAM

NOTHING = {"blocks": [], "text": ""}


def questions(company: SlackCompany) -> int:
    return int(company.one("SELECT count(*) FROM inbound"))


def test_a_question_is_stored_as_of_whoever_asked_and_in_the_words_they_used(company: SlackCompany) -> None:
    ana, account = company.colleague()
    company.send(direct_message(company.space, account, "Why is S00042 late &amp; when does it ship?"))
    company.worked_off()
    with company.database.connection("admin") as connection:
        (row,) = connection.execute("SELECT person_id, text, kind FROM inbound").fetchall()
    assert row == {"person_id": ana.id, "text": "Why is S00042 late & when does it ship?", "kind": "chat"}
    assert company.one("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE task_name = 'answer_chat'") == 1


def test_what_people_wrote_is_not_kept_twice(company: SlackCompany) -> None:
    _, account = company.colleague()
    company.send(direct_message(company.space, account, "Which orders are at risk?"))
    company.worked_off()
    assert company.one("SELECT string_agg(body, '') FROM slack_event") == ""


def test_an_event_that_slack_repeats_is_one_question(company: SlackCompany) -> None:
    _, account = company.colleague()
    asked = direct_message(company.space, account, "Which orders are at risk?")
    acks = company.send(asked, asked, asked)
    company.worked_off()
    assert [ack.status for ack in acks] == [200, 200, 200]
    assert questions(company) == 1


def test_a_mention_arrives_as_two_events_and_is_one_question_whichever_comes_first(company: SlackCompany) -> None:
    _, account = company.colleague()
    channel = company.space.channel(account)
    company.send(*mention(company.space, channel, account, "what is late?"))
    company.send(*reversed(mention(company.space, channel, account, "and what else?")))
    company.worked_off()
    with company.database.connection("admin") as connection:
        texts = [row["text"] for row in connection.execute("SELECT text FROM inbound ORDER BY id").fetchall()]
    assert texts == ["what is late?", "and what else?"]


def test_the_same_delivery_in_many_threads_at_once_is_one(company: SlackCompany) -> None:
    _, account = company.colleague()
    asked = direct_message(company.space, account, "Which orders are at risk?")
    with ThreadPoolExecutor(8) as threads:
        acks = list(threads.map(lambda _: company.sender.post(*encoded(asked)), range(24)))
    company.worked_off()
    assert {ack.status for ack in acks} == {200}
    assert questions(company) == 1


def test_messages_that_do_not_address_us_become_nothing(company: SlackCompany) -> None:
    _, account = company.colleague()
    channel = company.space.channel(account)
    said = company.space.say(channel, account, "lunch?")
    inner = {"type": "message", "channel": channel, "channel_type": "channel", "user": account, "text": said.text, "ts": said.ts}
    company.send(event(company.space, inner))
    for other in ({"subtype": "message_changed"}, {"bot_id": "B9"}, {"user": BOT_USER}, {"subtype": "channel_join"}):
        direct = {
            "type": "message",
            "channel": company.space.direct(account),
            "channel_type": "im",
            "user": account,
            "text": "hi",
        }
        company.send(event(company.space, direct | {"ts": company.space.stamp()} | other))
    assert company.outcomes() == ["not for us"] * 5
    assert questions(company) == 0


def test_what_was_acknowledged_and_not_worked_on_is_taken_up_by_the_next_serve(database: TestDatabase) -> None:
    with slack_company(database) as company:
        _, account = company.colleague()
        company.one("UPDATE slack_event SET tries = 0")
        asked = direct_message(company.space, account, "Which orders are at risk?")
    # As serve leaves it that was killed right after it had acknowledged.
    from agent.domain.messenger import DeliveryKind
    from agent.ports.messenger import Arrival
    from integrations.database.messenger_inbox import PostgresDeliveries
    from integrations.slack.parsing import parsed

    taken = parsed(asked.body)
    PostgresDeliveries(database.pool("serve")).receive([Arrival(DeliveryKind.EVENT, taken.identities, taken.body)])
    with slack_company(database) as company:
        company.worked_off()
        assert questions(company) == 1


@pytest.mark.parametrize(("way", "table"), [("a message", "inbound"), ("a command", "scan")])
def test_what_cannot_be_worked_on_in_eight_tries_is_said_to_whoever_wrote(company: SlackCompany, way: str, table: str) -> None:
    _, account = company.colleague()
    asked = direct_message(company.space, account, "Which orders are at risk?")
    typed = command(company.slack, company.space.channel(account), account, "risk")
    with company.database.connection("admin") as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO gone")
    company.send(asked if way == "a message" else typed)
    company.space.until(lambda: company.one("SELECT count(*) FROM slack_event WHERE tries = 1"))
    with company.database.connection("admin") as connection:
        connection.execute("UPDATE slack_event SET tries = 7, not_before = clock_timestamp()")
    (outcome,) = company.outcomes()
    assert outcome.startswith("given up: ")
    assert "write it again" in company.one("SELECT payload FROM slack_outbox")


def test_what_is_given_up_and_cannot_be_said_either_holds_up_nothing(company: SlackCompany) -> None:
    _, account = company.colleague()
    with company.database.connection("admin") as connection:
        connection.execute("ALTER TABLE inbound RENAME TO gone")
        connection.execute("ALTER TABLE slack_outbox RENAME TO gone_too")
    company.send(direct_message(company.space, account, "Which orders are at risk?"))
    company.space.until(lambda: company.one("SELECT count(*) FROM slack_event WHERE tries = 1"))
    with company.database.connection("admin") as connection:
        connection.execute("UPDATE slack_event SET tries = 7, not_before = clock_timestamp()")
    (outcome,) = company.outcomes()
    assert outcome.startswith("given up: ")


# signatures


def test_without_a_signature_of_ours_nothing_is_looked_at(company: SlackCompany) -> None:
    _, account = company.colleague()
    body, kind = encoded(direct_message(company.space, account, "Which orders are at risk?"))
    good = signed(body)
    refused: list[dict[str, str]] = [
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Signature": good["X-Slack-Signature"][:-1] + ("0" if good["X-Slack-Signature"][-1] != "0" else "1")},
        {"X-Slack-Signature": good["X-Slack-Signature"].upper()},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v1" + good["X-Slack-Signature"][2:]},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "9" * 40},
        {"X-Slack-Request-Timestamp": "-5"},
        signed(body, "another secret"),
        signed(body, at=int(time.time()) - 301),
        signed(body, at=int(time.time()) + 302),
        signed(body + b" "),
    ]
    for headers in refused:
        assert company.sender.post(body, kind, **headers).status == 401, headers
    assert company.one("SELECT count(*) FROM slack_event") == 0


def test_a_signature_that_is_not_ascii_is_refused_like_any_other(company: SlackCompany) -> None:
    body, _ = encoded(direct_message(company.space, company.member(company.database.person()), "hi"))
    response = company.sender.client.post(
        company.sender.url, content=body, headers=[(b"X-Slack-Signature", "v0=ä".encode()), (b"X-Slack-Request-Timestamp", b"1")]
    )
    assert response.status_code == 401


def test_a_replay_within_five_minutes_has_no_effect(company: SlackCompany) -> None:
    _, account = company.colleague()
    body, kind = encoded(direct_message(company.space, account, "Which orders are at risk?"))
    stamp = signed(body, at=int(time.time()) - 240)
    assert [company.sender.post(body, kind, **stamp).status for _ in range(3)] == [200, 200, 200]
    company.worked_off()
    assert questions(company) == 1


def test_two_signing_secrets_hold_while_one_is_changed(database: TestDatabase, tmp_path: Any, monkeypatch: Any) -> None:
    file = tmp_path / "secret"
    file.write_text("old-secret\n")
    monkeypatch.setenv("EXPEDITER_SLACK_SIGNING_SECRET_FILE", str(file))
    with slack_company(database, slack_signing_secret=SecretStr("from the file")) as company:
        body, kind = encoded(Delivery("events_api", {"type": "url_verification", "challenge": "c"}))

        def status(secret: str) -> int:
            return company.sender.post(body, kind, **signed(body, secret)).status

        assert (status("old-secret"), status("new-secret")) == (200, 401)
        file.write_text("new-secret, old-secret")
        assert (status("old-secret"), status("new-secret")) == (200, 200)
        file.write_text("new-secret")
        assert (status("old-secret"), status("new-secret")) == (401, 200)


def test_slack_gets_its_challenge_back_and_only_with_a_signature(company: SlackCompany) -> None:
    body, kind = encoded(Delivery("events_api", {"type": "url_verification", "challenge": "abc"}))
    assert company.sender.post(body, kind).text == '{"challenge": "abc"}'
    assert company.sender.post(body, kind, **{"X-Slack-Signature": ""}).status == 401


# other workspaces


@pytest.mark.parametrize("other", [{"team_id": "T0OTHER"}, {"team_id": None}, {"team_id": 7}])
def test_events_of_another_workspace_are_refused(company: SlackCompany, other: dict[str, Any]) -> None:
    _, account = company.colleague()
    asked = direct_message(company.space, account, "Which orders are at risk?")
    ack = company.sender.post(*encoded(Delivery(asked.kind, asked.body | other)))
    assert ack.status == 403
    assert company.one("SELECT count(*) FROM slack_event") == 0


def test_a_command_in_form_encoding_is_taken(company: SlackCompany) -> None:
    _, account = company.colleague()
    (ack,) = company.send(command(company.slack, company.space.direct(account), account, "help"))
    assert (ack.status, ack.text) == (200, "")
    assert company.outcomes() == ["answered"]


def test_a_body_of_a_quarter_megabyte_is_taken_and_one_of_a_whole_is_not(company: SlackCompany) -> None:
    _, account = company.colleague()
    asked = direct_message(company.space, account, "hello")
    big = Delivery(asked.kind, asked.body | {"filler": "x" * 250_000})
    assert company.send(big)[0].status == 200
    body = json.dumps(asked.body | {"filler": "x" * 1_100_000}).encode()
    assert company.sender.post(body, "application/json").status == 413


def test_the_team_is_ours_in_form_and_json_alike(company: SlackCompany) -> None:
    body = urlencode(
        {"payload": json.dumps({"type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1", "team_id": "T2"}})}
    )
    assert company.sender.post(body.encode(), "application/x-www-form-urlencoded").status == 403
