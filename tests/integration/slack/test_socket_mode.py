"""Socket Mode: what Slack sends over our own connection is taken like what it posts, clicks before they are acknowledged."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from agent.domain.decisions import Person
from integrations.slack.interaction import Deeds, Interaction, Reaction
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import Delivery, command, direct_message, press
from tests.fixtures.slack.running import SlackCompany, slack_company
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


def test_over_http_nothing_is_taken_where_only_socket_mode_is_set_up(connected: SlackCompany) -> None:
    assert connected.sender.post(b"{}", "application/json").status == 404
