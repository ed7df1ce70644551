"""Socket Mode: what Slack sends over our own connection is taken like what it posts, clicks before they are acknowledged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.domain.decisions import Person
from integrations.slack.interaction import Deeds, Interaction, Reaction
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import Delivery, command, direct_message, press
from tests.fixtures.slack.running import SlackCompany, served, slack_company
from tests.fixtures.slack.server import slack_stand_in
from tests.fixtures.slack.state import Fault
from tests.integration.slack.test_clicks_taken import shown

done: list[str] = []


def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
    done.append(person.handle)
    return Reaction(private="Approved.")


@pytest.fixture
def connected(database: TestDatabase) -> Iterator[SlackCompany]:
    done.clear()
    with slack_company(database, handle, slack_app_token=SecretStr("xapp-test"), slack_signing_secret=None) as company:
        company.slack.socket.until_connected()
        yield company


def deliver(company: SlackCompany, delivery: Delivery) -> dict[str, object] | None:
    return company.slack.socket.deliver(delivery.kind, delivery.body, company.space.unique("envelope-"))


def test_a_question_is_stored_before_it_is_acknowledged(connected: SlackCompany) -> None:
    _, account = connected.colleague()
    deliver(connected, direct_message(connected.space, account, "Which orders are at risk?"))
    assert connected.one("SELECT count(*) FROM slack_event") == 1
    connected.worked_off()
    assert connected.one("SELECT count(*) FROM inbound") == 1


def test_a_click_is_done_before_it_is_acknowledged(connected: SlackCompany) -> None:
    ana, account = connected.colleague()
    deliver(connected, press(connected.slack, shown(connected, connected.space.channel(account)), account, "do_it"))
    assert done == [ana.handle]
    connected.space.until(lambda: connected.space.whispered(account))


def test_what_comes_twice_is_done_once(connected: SlackCompany) -> None:
    ana, account = connected.colleague()
    click = press(connected.slack, shown(connected, connected.space.channel(account)), account, "do_it")
    for _ in range(2):
        deliver(connected, click)
    assert done == [ana.handle]


def test_another_workspace_is_not_acknowledged_and_has_no_effect(connected: SlackCompany) -> None:
    _, account = connected.colleague()
    asked = direct_message(connected.space, account, "Which orders are at risk?")
    with pytest.raises(TimeoutError):
        deliver(connected, Delivery(asked.kind, asked.body | {"team_id": "T0OTHER"}))
    assert connected.one("SELECT count(*) FROM slack_event") == 0


def test_commands_are_taken(connected: SlackCompany) -> None:
    _, account = connected.colleague()
    deliver(connected, command(connected.slack, connected.space.channel(account), account, "help"))
    assert connected.outcomes() == ["answered"]


def test_the_app_s_token_is_changed_without_a_restart(
    database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text("xapp-test\n")
    monkeypatch.setenv("EXPEDITER_SLACK_APP_TOKEN_FILE", str(file))
    with slack_company(database, handle, slack_app_token=SecretStr("from the file"), slack_signing_secret=None) as company:
        company.slack.socket.until_connected()
        company.space.app_tokens = {"xapp-new"}
        file.write_text("xapp-new\n")
        company.space.until(lambda: "xapp-new" in [call.token for call in company.space.made("apps.connections.open")], 15)
        company.slack.socket.until_connected_anew()
        _, account = company.colleague()
        deliver(company, command(company.slack, company.space.channel(account), account, "help"))
        assert company.outcomes() == ["answered"]


@pytest.mark.parametrize("fault", [Fault("5xx"), Fault("refused", "invalid_auth")])
def test_where_slack_takes_no_connection_at_first_it_is_asked_again(database: TestDatabase, fault: Fault) -> None:
    with slack_stand_in() as slack:
        slack.space.fail("apps.connections.open", fault, fault)
        with served(database, slack, handle, slack_app_token=SecretStr("xapp-test"), slack_signing_secret=None):
            slack.socket.until_connected(40)
        assert len(slack.space.made("apps.connections.open")) >= 3


def test_over_http_nothing_is_taken_where_only_socket_mode_is_set_up(connected: SlackCompany) -> None:
    assert connected.sender.post(b"{}", "application/json").status == 404
