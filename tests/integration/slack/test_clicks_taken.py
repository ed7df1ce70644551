"""Clicks as they come: done before they are acknowledged, once, in time, and answered to whoever clicked."""

from threading import Event

import pytest

from agent.domain.decisions import Person
from integrations.slack.interaction import Deeds, Interaction, Reaction
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import Delivery, press
from tests.fixtures.slack.running import SlackCompany, slack_company
from tests.fixtures.slack.sender import encoded
from tests.fixtures.slack.state import BOT_USER, Message


def shown(company: SlackCompany, channel: str) -> Message:
    """A message of ours with one button."""
    button = {"type": "button", "action_id": "do_it", "value": '{"id": 1}', "text": {"type": "plain_text", "text": "Do it"}}
    message = Message(
        channel, company.space.stamp(), BOT_USER, "A card", [{"type": "actions", "block_id": "a", "elements": [button]}]
    )
    company.space.messages[channel, message.ts] = message
    return message


def test_a_click_is_done_before_it_is_acknowledged_and_answered_to_whoever_clicked_alone(database: TestDatabase) -> None:
    seen: list[tuple[Person, Interaction]] = []

    def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
        seen.append((person, interaction))
        return Reaction(private="Approved; thank you.")

    with slack_company(database, handle) as company:
        ana, account = company.colleague()
        channel = company.space.channel(account)
        company.send(press(company.slack, shown(company, channel), account, "do_it"))
        ((person, interaction),) = seen
        assert person == ana
        assert (interaction.action, interaction.value, interaction.place.channel) == ("do_it", '{"id": 1}', channel)
        company.space.until(lambda: company.space.whispered(account))
        assert [message.text for message in company.space.whispered(account)] == ["Approved; thank you."]


def test_a_click_that_is_delivered_again_is_done_once(database: TestDatabase) -> None:
    seen: list[str] = []

    def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
        seen.append(interaction.action)
        return Reaction(private="Done.")

    with slack_company(database, handle) as company:
        _, account = company.colleague()
        click = press(company.slack, shown(company, company.space.channel(account)), account, "do_it")
        assert [ack.status for ack in company.send(click, click, click)] == [200, 200, 200]
        assert seen == ["do_it"]


@pytest.mark.parametrize("slow_s", [0.0, 4.0])
def test_a_click_whose_work_fails_or_takes_long_is_acknowledged_in_time_and_answered(
    database: TestDatabase, slow_s: float
) -> None:
    released = Event()

    def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
        if slow_s:
            released.wait(slow_s)
            return Reaction(private="Approved after all.")
        raise RuntimeError("a bug")

    with slack_company(database, handle) as company:
        _, account = company.colleague()
        (ack,) = company.send(press(company.slack, shown(company, company.space.channel(account)), account, "do_it"))
        assert ack.status == 200
        assert ack.took_s < 2.9
        company.space.until(lambda: company.space.whispered(account))
        (said,) = company.space.whispered(account)
        assert "longer than usual" in said.text if slow_s else "went wrong" in said.text
        released.set()
        if slow_s:
            wanted = "SELECT count(*) FROM slack_outbox WHERE channel = %s AND payload LIKE '%%Approved after all%%'"
            company.space.until(lambda: company.one(wanted, account))


def test_a_modal_opens_with_the_trigger_of_the_click(database: TestDatabase) -> None:
    def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
        title = {"type": "plain_text", "text": "Why?"}
        block = {"type": "section", "text": {"type": "plain_text", "text": "Say why."}}
        return Reaction(open_view={"type": "modal", "title": title, "callback_id": "why", "blocks": [block]})

    with slack_company(database, handle) as company:
        _, account = company.colleague()
        company.send(press(company.slack, shown(company, company.space.channel(account)), account, "do_it"))
        company.space.until(lambda: company.space.stacks[account])


def test_a_click_by_somebody_of_another_workspace_is_refused_though_slack_calls_the_workspace_ours(
    database: TestDatabase,
) -> None:
    pressed: list[str] = []

    def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
        pressed.append(interaction.action)
        return Reaction(private="Done.")

    with slack_company(database, handle) as company:
        _, account = company.colleague()
        card = shown(company, company.space.channel(account))
        click = press(company.slack, card, account, "do_it")
        foreign = Delivery(click.kind, click.body | {"user": {"id": account, "team_id": "T0OTHER"}})
        assert company.sender.post(*encoded(foreign)).status == 403
        assert pressed == []
        assert company.send(click)[0].status == 200
        assert pressed == ["do_it"]


def test_a_trigger_that_has_lapsed_opens_nothing_and_that_is_said(database: TestDatabase) -> None:
    def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
        company.space.triggers[click.body["trigger_id"]].made_at -= 4
        return Reaction(open_view={"type": "modal", "title": {"type": "plain_text", "text": "Why?"}, "blocks": []})

    with slack_company(database, handle) as company:
        _, account = company.colleague()
        click = press(company.slack, shown(company, company.space.channel(account)), account, "do_it")
        company.send(click)
        company.space.until(lambda: company.space.whispered(account))
        assert "click once more" in company.space.whispered(account)[-1].text
        assert not company.space.stacks[account]
