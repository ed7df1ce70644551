"""Hostile and broken payloads: each is refused or ignored, none is a fault, and none has an effect."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from agent.domain.decisions import Person
from integrations.slack.interaction import Deeds, Interaction, Reaction
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import direct_message, event
from tests.fixtures.slack.running import SlackCompany, slack_company
from tests.fixtures.slack.sender import signed
from tests.fixtures.slack.state import TEAM

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
Raw = tuple[bytes, str, dict[str, str]]
pressed: list[str] = []


def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
    """As wary as any: what is no number decides nothing."""
    pressed.append(interaction.action)
    return Reaction(private="Seen.")


@pytest.fixture(scope="module")
def guarded(postgres_server: Any, request: pytest.FixtureRequest) -> Iterator[SlackCompany]:
    from tests.fixtures.demo import copied
    from tests.fixtures.postgres import TEMPLATE

    with copied(postgres_server, TEMPLATE) as database, slack_company(database, handle) as company:
        company.colleague()
        yield company


def clicks(body: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(body)}).encode()


def click(**other: Any) -> dict[str, Any]:
    given = {
        "type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U000001", "team_id": TEAM}, "trigger_id": "1.2.x",
        "actions": [{"type": "button", "action_id": "do_it", "block_id": "b", "value": "{}", "action_ts": "1.1"}],
    }  # fmt: skip
    return given | other


def envelope(**other: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": {"type": "message"}} | other


def said(id: str, inner: dict[str, Any]) -> bytes:
    return json.dumps(envelope(event_id=id, event=inner)).encode()


UX = {"id": "UX", "team_id": TEAM}
DEEP = "[" * 5_000 + "]" * 5_000
BODIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", JSON),
    "empty form": (b"", FORM),
    "not UTF-8": (b"\xff\xfe{}", JSON),
    "not UTF-8 in a form": (b"payload=%ff%fe", FORM),
    "half a character": (b'{"type":"event_callback","team_id":"T0EXPED1","event_id":"\xed\xa0\x80"}', JSON),
    "not JSON": (b"{not json", JSON),
    "a list": (b"[1,2,3]", JSON),
    "a number": (b"17", JSON),
    "a string": (b'"hello"', JSON),
    "null": (b"null", JSON),
    "true": (b"true", JSON),
    "nested five thousand deep": (DEEP.encode(), JSON),
    "nested five thousand deep in a form": (urlencode({"payload": DEEP}).encode(), FORM),
    "a number of ten thousand digits": (b'{"type":' + b"9" * 10_000 + b"}", JSON),
    "not a number": (b'{"type":"event_callback","team_id":NaN}', JSON),
    "the same key twice": (b'{"type":"event_callback","team_id":"T0EXPED1","team_id":"T0OTHER","event":{}}', JSON),
    "XML": (b"<xml/>", "application/xml"),
    "a file": (b"--x\r\n", "multipart/form-data; boundary=x"),
    "no content type": (b"{}", ""),
    "a form without payload": (b"a=1&b=2", FORM),
    "a payload that is a list": (urlencode({"payload": "[1]"}).encode(), FORM),
    "a payload that is no JSON": (b"payload=%7Bbroken", FORM),
    "a payload twice": (b"payload=%7B%7D&payload=%7B%7D", FORM),
    "an unknown type": (json.dumps({"type": "party", "team_id": TEAM}).encode(), JSON),
    "a type that is a list": (json.dumps({"type": ["event_callback"], "team_id": TEAM}).encode(), JSON),
    "an event without team": (json.dumps({"type": "event_callback", "event": {"type": "message"}}).encode(), JSON),
    "an event of another team": (json.dumps(envelope(team_id="T0OTHER")).encode(), JSON),
    "an event without event": (json.dumps(envelope(event=None)).encode(), JSON),
    "an event that is a list": (json.dumps(envelope(event=[1])).encode(), JSON),
    "an event id that is an object": (json.dumps(envelope(event_id={"a": 1})).encode(), JSON),
    "a user that is a list": (
        said("E2", {"type": "message", "channel_type": "im", "user": ["U1"], "text": "hi"}),
        JSON,
    ),
    "a text that is a number": (
        json.dumps(envelope(event_id="E3", event={"type": "message", "channel_type": "im", "user": "U1", "text": 5})).encode(),
        JSON,
    ),
    "NUL in a text": (
        said("E4\0", {"type": "message", "channel_type": "im", "user": "U9\0", "text": "\0"}),
        JSON,
    ),
    "half characters in a text": (
        b'{"type":"event_callback","team_id":"T0EXPED1","event_id":"E5","event":{"type":"message","text":"\\ud800","user":"U9"}}',
        JSON,
    ),
    "a user who is a path": (
        said("E6", {"type": "app_mention", "user": "../../x", "text": "x", "channel": "C1", "ts": "1.1"}),
        JSON,
    ),
    "SQL in a user": (
        said("E7", {"type": "app_mention", "user": "U1'; DROP TABLE person;--", "text": "x", "ts": "1"}),
        JSON,
    ),
    "an event id of a hundred thousand characters": (json.dumps(envelope(event_id="E" * 100_000)).encode(), JSON),
    "authorizations that are a string": (json.dumps(envelope(event_id="E8", authorizations="U0BOT")).encode(), JSON),
    "a click without user": (clicks(click(user=None)), FORM),
    "a click by somebody unknown": (clicks(click(user={"id": "U0NOBODY", "team_id": TEAM}, trigger_id="2")), FORM),
    "a click of another team": (clicks(click(team={"id": "T0OTHER"})), FORM),
    "a click by a user of another team": (clicks(click(user={"id": "U000001", "team_id": "T0OTHER"})), FORM),
    "a click without actions": (clicks(click(actions=[], trigger_id="3", user={"id": "UX", "team_id": TEAM})), FORM),
    "actions that are an object": (clicks(click(actions={"0": 1}, trigger_id="4", user={"id": "UX", "team_id": TEAM})), FORM),
    "an action without id": (clicks(click(actions=[{}], trigger_id="5", user={"id": "UX", "team_id": TEAM})), FORM),
    "a value that is an object": (
        clicks(click(actions=[{"action_id": "a", "value": {"id": 1}}], trigger_id="6", user={"id": "UX", "team_id": TEAM})),
        FORM,
    ),
    "a forged confirmation": (
        clicks(click(actions=[{"action_id": "link_confirm", "value": "1"}], trigger_id="7", user={"id": "UX", "team_id": TEAM})),
        FORM,
    ),
    "a forged confirmation with a huge number": (
        clicks(click(actions=[{"action_id": "link_confirm", "value": "9" * 500}], trigger_id="8", user=UX)),
        FORM,
    ),
    "a forged address to respond to": (
        clicks(click(response_url="http://169.254.169.254/latest", trigger_id="9", user={"id": "UX", "team_id": TEAM})),
        FORM,
    ),
    "a submission without view": (
        clicks({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "UX", "team_id": TEAM}, "trigger_id": "10"}),
        FORM,
    ),
    "a submission whose state is a list": (
        clicks({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "UX", "team_id": TEAM}, "trigger_id": "11",
                "view": {"id": "V1", "callback_id": "c", "state": {"values": [1, 2]}}}),
        FORM,
    ),
    "a submission whose inputs are numbers": (
        clicks({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "UX", "team_id": TEAM}, "trigger_id": "12",
                "view": {"id": "V1", "callback_id": "c", "state": {"values": {"b": {"a": 5}, "c": 7}}}}),
        FORM,
    ),
    "a command without user": (urlencode({"command": "/expediter", "text": "risk", "team_id": TEAM}).encode(), FORM),
    "a command of another team": (urlencode({"command": "/expediter", "team_id": "T0OTHER", "user_id": "U1"}).encode(), FORM),
    "a command with an address elsewhere": (
        urlencode({"command": "/expediter", "text": "risk", "team_id": TEAM, "user_id": "U0NOBODY", "trigger_id": "13",
                   "channel_id": "C1", "response_url": "https://evil.example/x"}).encode(),
        FORM,
    ),
    "a slack check without challenge": (b'{"type":"url_verification"}', JSON),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_signed_body_that_is_broken_is_no_fault_and_has_no_effect(guarded: SlackCompany, name: str) -> None:
    body, kind = BODIES[name]
    ack = guarded.sender.post(body, kind)
    assert ack.status < 500
    assert "Traceback" not in ack.text
    guarded.worked_off()
    nothing_happened(guarded)


HEADERS: dict[str, dict[str, str]] = {
    "no signature": {"X-Slack-Signature": ""},
    "no time": {"X-Slack-Request-Timestamp": ""},
    "a time in words": {"X-Slack-Request-Timestamp": "yesterday"},
    "a time with a fraction": {"X-Slack-Request-Timestamp": "1.5"},
    "a time in Arabic digits": {"X-Slack-Request-Timestamp": "\u0661"},
    "an old time": signed(b"x", at=1),
    "a signature of something else": {"X-Slack-Signature": signed(b"something else")["X-Slack-Signature"]},
    "a signature that is too long": {"X-Slack-Signature": "v0=" + "0" * 6_000},
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_good_body_without_a_good_signature_is_refused_and_has_no_effect(guarded: SlackCompany, name: str) -> None:
    asked = direct_message(guarded.space, "U000001", "Which orders are at risk?")
    body = json.dumps(asked.body).encode()
    headers = {header: value.encode() for header, value in (signed(body) | HEADERS[name]).items() if value}
    response = guarded.sender.client.post(guarded.sender.url, content=body, headers=headers | {"Content-Type": JSON.encode()})
    assert response.status_code == 401
    nothing_happened(guarded)


def test_slack_s_own_check_is_answered_with_a_signature_only_and_has_no_effect(guarded: SlackCompany) -> None:
    assert guarded.sender.post(b"ssl_check=1&token=x", FORM).status == 200
    assert guarded.sender.post(b"ssl_check=1&token=x", FORM, **signed(b"something else")).status == 401
    nothing_happened(guarded)


def test_nothing_that_people_wrote_is_logged(guarded: SlackCompany, caplog: pytest.LogCaptureFixture) -> None:
    channel = guarded.space.channel("U000001")
    inner = {
        "type": "message",
        "channel": channel,
        "channel_type": "channel",
        "user": "U000001",
        "text": "secret-4711",
        "ts": "1.1",
    }
    body = json.dumps(event(guarded.space, inner).body).encode()
    with caplog.at_level(logging.INFO):
        assert guarded.sender.post(body, JSON, **signed(b"something else")).status == 401
        assert guarded.sender.post(body, JSON).status == 200
        guarded.worked_off()
    assert "refused" in caplog.text
    assert "secret-4711" not in caplog.text


def test_other_methods_and_addresses_are_not_there(guarded: SlackCompany) -> None:
    client = guarded.sender.client
    assert client.get(guarded.sender.url).status_code == 405
    assert client.post(f"{guarded.url}/slack/install").status_code == 404
    assert client.put(guarded.sender.url, content=b"x").status_code == 405


def test_an_event_in_a_channel_shared_with_others_is_answered_with_nothing_of_the_company(database: TestDatabase) -> None:
    with slack_company(database) as company:
        _, account = company.colleague()
        channel = company.space.channel(account, is_ext_shared=True)
        said = company.space.say(channel, account, "<@U0BOT> which orders are at risk?")
        inner = {"type": "app_mention", "user": account, "text": said.text, "ts": said.ts, "channel": channel}
        company.send(event(company.space, inner))
        assert company.outcomes() == ["told them"]
        assert company.one("SELECT count(*) FROM inbound") == 0


def nothing_happened(company: SlackCompany) -> None:
    assert pressed == []
    for table in ("inbound", "decision", "approval_grant", "proposal_comment", "withdrawal"):
        assert company.one(f"SELECT count(*) FROM {table}") == 0, table
    assert company.one("SELECT count(*) FROM slack_link") == 1
    outside = "SELECT count(*) FROM slack_outbox WHERE channel LIKE 'http%%' AND channel NOT LIKE %s"
    assert company.one(outside, f"{company.slack.url}%") == 0
