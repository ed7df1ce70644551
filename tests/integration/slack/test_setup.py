"""What `slack selfcheck` says of a workspace, and what `slack setup` prints."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml
from typer.testing import CliRunner

from app.cli.program import program
from app.wiring.slack_check import check_slack, templates
from integrations.slack.clicks import DEEDS
from integrations.slack.examples.gallery import NO_UNFURLS
from integrations.slack.manifest import manifest, wanted_scopes
from integrations.slack.plain_views import COMMAND_AGAIN, CONFIRM, NOT_ME
from integrations.slack.rating import BUTTONS, WHY
from tests.fixtures.slack.running import settings_for
from tests.fixtures.slack.server import SlackStandIn, slack_stand_in
from tests.fixtures.slack.state import BOT_USER, Fault
from tests.fixtures.slack.validation import violations


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with slack_stand_in() as running:
        yield running


def wrong(slack: SlackStandIn, **settings: str) -> dict[str, str]:
    return {found.subject: found.words for found in check_slack(settings_for(slack, **settings)) if not found.ok}


def test_a_workspace_in_order_has_nothing_to_complain_of(slack: SlackStandIn) -> None:
    channel = slack.space.channel()
    assert wrong(slack, slack_approvals_channel=channel) == {}
    assert len(slack.space.made("blocks.validate")) == len(templates())


def test_a_scope_that_is_missing_is_named(slack: SlackStandIn) -> None:
    slack.space.scopes.remove("users:read.email")
    assert "users:read.email" in wrong(slack)["scopes"]


def test_a_token_of_another_workspace_or_none_is_said(slack: SlackStandIn) -> None:
    assert "T0OTHER" in wrong(slack, slack_team="T0OTHER")["workspace"]
    slack.space.tokens.clear()
    assert "invalid_auth" in wrong(slack)["bot token"]


def test_a_channel_that_is_shared_or_unknown_or_not_ours_is_said(slack: SlackStandIn) -> None:
    assert "another company" in wrong(slack, slack_ops_channel=slack.space.channel(is_ext_shared=True))["ops channel"]
    assert "channel_not_found" in wrong(slack, slack_ops_channel="C0NOWHERE")["ops channel"]
    lonely = slack.space.channel()
    slack.space.channels[lonely]["members"].remove(BOT_USER)
    assert "/invite" in wrong(slack, slack_ops_channel=lonely)["ops channel"]


def test_a_template_that_slack_refuses_is_named(slack: SlackStandIn) -> None:
    slack.space.fail("blocks.validate", Fault("refused", "invalid_blocks"))
    assert list(wrong(slack).values()) == ["invalid_blocks"]


@pytest.mark.parametrize("name", templates())
def test_what_people_are_shown_is_what_slack_takes(name: str) -> None:
    payload = templates()[name]
    if payload.get("type") == "home":
        assert violations("views.publish", {"user_id": "U1", "view": payload}) == []
    elif "type" in payload:
        assert violations("views.open", {"trigger_id": "1", "view": payload}) == []
    else:
        assert violations("chat.postMessage", {"channel": "C1"} | payload | NO_UNFURLS) == []


def test_everything_that_can_be_clicked_or_submitted_is_among_what_slack_is_asked_about() -> None:
    text = json.dumps(list(templates().values()))
    shown = {one.partition(":")[0] for one in re.findall(r'"(?:action_id|callback_id)": "([^"]+)"', text)}
    assert {*DEEDS, COMMAND_AGAIN, CONFIRM, NOT_ME, BUTTONS, WHY} - shown == set()


def test_setup_prints_a_manifest_that_can_be_pasted_and_names_no_more_than_is_needed() -> None:
    printed = CliRunner().invoke(program, ["slack", "setup", "--manifest", "--url", "https://expediter.example.com/"])
    found = yaml.safe_load(printed.stdout)
    assert found["settings"]["interactivity"]["request_url"] == "https://expediter.example.com/slack/events"
    assert found["settings"]["event_subscriptions"]["request_url"] == "https://expediter.example.com/slack/events"
    assert not found["settings"]["socket_mode_enabled"]
    assert not any(
        scope.endswith(":write") and scope not in ("chat:write", "im:write", "assistant:write", "files:write")
        for scope in wanted_scopes()
    )


def test_without_an_address_the_app_connects_by_itself() -> None:
    found = manifest()
    assert found["settings"]["socket_mode_enabled"]
    assert "request_url" not in found["settings"]["event_subscriptions"]


def test_an_address_without_tls_is_refused() -> None:
    refused = CliRunner().invoke(program, ["slack", "setup", "--url", "http://expediter.example.com"])
    assert refused.exit_code == 2
