"""Who an account is: by a verified address and their own word, never by a name, and not for ever."""

from collections.abc import Callable
from typing import Any

import pytest

from agent.domain.decisions import Person
from integrations.slack.interaction import Deeds, Interaction, Reaction
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import Delivery, direct_message, event, mention, press
from tests.fixtures.slack.running import SlackCompany, sending, slack_company
from tests.fixtures.slack.state import TEAM, Fault, Message
from tests.integration.slack.test_clicks_taken import shown


def ask(company: SlackCompany, account: str) -> None:
    company.send(direct_message(company.space, account, "Which orders are at risk?"))
    company.worked_off()


def told(company: SlackCompany, account: str) -> Message:
    """The last thing this account was told in private."""
    company.space.until(lambda: company.space.whispered(account))
    company.space.until(lambda: not company.one("SELECT count(*) FROM slack_outbox WHERE ended_at IS NULL"))
    return company.space.whispered(account)[-1]


def questions(company: SlackCompany) -> int:
    return int(company.one("SELECT count(*) FROM inbound"))


def test_somebody_new_is_asked_who_they_are_and_answered_once_they_said_so(company: SlackCompany) -> None:
    person = company.database.person("maria")
    account = company.member(person)
    with sending(company):
        ask(company, account)
        question = told(company, account)
        assert "Maria" in question.text
        assert questions(company) == 0
        company.send(press(company.slack, question, account, "link_confirm"))
        company.space.until(lambda: company.one("SELECT confirmed_at FROM slack_link") is not None)
        ask(company, account)
    assert company.one("SELECT person_id FROM inbound") == person.id
    kinds = [row for row in company.one("SELECT array_agg(kind ORDER BY id) FROM audit_entry WHERE kind LIKE 'account.%'")]
    assert kinds == ["account.linked", "account.confirmed"]


def test_nobody_confirms_for_somebody_else(company: SlackCompany) -> None:
    maria, olaf = company.database.person("maria"), company.database.person("olaf")
    hers, his = company.member(maria), company.member(olaf)
    with sending(company):
        ask(company, hers)
        card = told(company, hers)
        stolen = press(company.slack, card, hers, "link_confirm")
        body = stolen.body | {"user": {"id": his, "team_id": TEAM}, "response_url": company.slack.response_url(card.channel, his)}
        company.send(Delivery(stolen.kind, body))
    assert company.one("SELECT count(*) FROM slack_link WHERE confirmed_at IS NOT NULL") == 0


STRANGERS: dict[str, dict[str, Any]] = {
    "a guest": {"is_restricted": True},
    "a guest of one channel": {"is_ultra_restricted": True},
    "a bot": {"is_bot": True},
    "somebody of another company": {"is_stranger": True},
    "an account of another workspace": {"team_id": "T0OTHER"},
    "a deactivated account": {"deleted": True},
    "an address nobody confirmed": {"confirmed": False},
}


@pytest.mark.parametrize("who", STRANGERS)
def test_who_is_no_full_member_gets_nothing_though_the_address_is_that_of_a_person(company: SlackCompany, who: str) -> None:
    account = company.member(company.database.person("maria"), **STRANGERS[who])
    with sending(company):
        ask(company, account)
        assert "Are you" not in told(company, account).text
    assert questions(company) == 0
    assert company.one("SELECT count(*) FROM slack_link") == 0


@pytest.mark.parametrize("email", ["nobody@example.com", "maria@example.com.evil.example", "maria@example.co", ""])
def test_an_address_that_is_not_exactly_that_of_a_person_is_nobody(company: SlackCompany, email: str) -> None:
    company.database.person("maria")
    account = company.space.user(email, name="Maria")
    with sending(company):
        ask(company, account)
        assert "Are you" not in told(company, account).text
    assert company.one("SELECT count(*) FROM slack_link") == 0


def test_capitals_in_an_address_do_not_matter(company: SlackCompany) -> None:
    company.database.person("maria")
    account = company.space.user("Maria@Example.COM")
    with sending(company):
        ask(company, account)
        assert "Are you" in told(company, account).text


def test_two_people_with_one_address_are_nobody(company: SlackCompany) -> None:
    company.database.person("maria"), company.database.person("mario")
    company.one("UPDATE person SET email = 'office@example.com'")
    account = company.space.user("office@example.com")
    with sending(company):
        ask(company, account)
        assert "Are you" not in told(company, account).text
    assert company.one("SELECT count(*) FROM slack_link") == 0


def test_a_second_account_of_a_person_is_refused(company: SlackCompany) -> None:
    person, _ = company.colleague()
    second = company.member(person)
    with sending(company):
        ask(company, second)
        assert "Slack account is another one" in told(company, second).text
    assert questions(company) == 0


def later(company: SlackCompany, hours: int) -> None:
    company.one("UPDATE slack_link SET verified_at = clock_timestamp() - make_interval(hours => %s)", hours)


CHANGES: dict[str, Callable[[SlackCompany, str], Any]] = {
    "a guest by now": lambda company, account: company.space.users[account].update(is_restricted=True),
    "deactivated in Slack": lambda company, account: company.space.users[account].update(deleted=True),
    "with another address": lambda company, account: company.space.users[account]["profile"].update(email="x@example.com"),
    "gone from Slack": lambda company, account: company.space.users.pop(account),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("noticed", ["after a day", "when Slack says so"])
def test_a_link_ends_when_the_account_is_not_what_it_was(company: SlackCompany, change: str, noticed: str) -> None:
    _, account = company.colleague()
    CHANGES[change](company, account)
    if noticed == "after a day":
        later(company, 25)
        ask(company, account)
    else:
        company.send(event(company.space, {"type": "user_change", "user": {"id": account, "team_id": TEAM}}))
        company.worked_off()
    assert questions(company) == 0
    assert company.one("SELECT count(*) FROM slack_link WHERE ended_at IS NULL") == 0
    assert company.one("SELECT count(*) FROM audit_entry WHERE kind = 'account.unlinked'") == 1


def test_somebody_who_may_no_longer_work_here_is_refused_at_once(company: SlackCompany) -> None:
    person, account = company.colleague()
    company.one("UPDATE person SET active = false WHERE id = %s", person.id)
    ask(company, account)
    assert questions(company) == 0


@pytest.mark.parametrize(("hours", "answered"), [(25, 1), (71, 1), (73, 0)])
def test_while_slack_does_not_answer_what_it_said_counts_for_three_days(company: SlackCompany, hours: int, answered: int) -> None:
    _, account = company.colleague()
    later(company, hours)
    company.space.fail("users.info", Fault("5xx"), Fault("5xx"))
    ask(company, account)
    assert questions(company) == answered


def test_an_unknown_click_is_refused_privately_and_does_nothing(database: TestDatabase) -> None:
    pressed: list[str] = []

    def handle(interaction: Interaction, person: Person, deeds: Deeds) -> Reaction:
        pressed.append(interaction.action)
        return Reaction(private="Done.")

    with slack_company(database, handle) as company:
        guest = company.member(company.database.person("maria"), is_restricted=True)
        channel = company.space.channel(guest)
        (ack,) = company.send(press(company.slack, shown(company, channel), guest, "do_it"))
        assert ack.status == 200
        company.space.until(lambda: company.space.whispered(guest))
        assert "Guests" in company.space.whispered(guest)[0].text
        assert pressed == []
        assert len(company.space.shown(channel)) == 1


def test_in_a_channel_a_refusal_is_for_its_reader_alone(company: SlackCompany) -> None:
    stranger = company.space.user("someone@elsewhere.example")
    channel = company.space.channel(stranger)
    with sending(company):
        company.send(*mention(company.space, channel, stranger, "what is late?"))
        assert "someone@elsewhere.example" in told(company, stranger).text
    assert company.space.shown(channel) == []


def test_the_worker_cannot_say_whose_account_it_is(company: SlackCompany) -> None:
    from integrations.database.messenger_links import PostgresLinks

    person = company.database.person()
    with pytest.raises(Exception, match="permission denied"):
        PostgresLinks(company.database.pool("worker")).make(TEAM, "U000777", person.email)


def test_the_database_takes_no_link_to_an_address_that_is_another_person_s(company: SlackCompany) -> None:
    maria, olaf = company.database.person("maria"), company.database.person("olaf")
    forged = "INSERT INTO slack_link (team, slack_user, person_id, email) VALUES (%s, 'U000777', %s, %s)"
    with pytest.raises(Exception, match="exactly one active person"):
        company.database.one("serve", forged, TEAM, olaf.id, maria.email)


def test_the_home_of_somebody_unknown_shows_nothing_but_why(company: SlackCompany) -> None:
    guest = company.member(company.database.person("maria"), is_restricted=True)
    with sending(company):
        company.send(event(company.space, {"type": "app_home_opened", "user": guest, "tab": "home", "channel": "D1"}))
        company.space.until(lambda: guest in company.space.homes)
    assert "Guests" in str(company.space.homes[guest]["blocks"])


def test_whoever_is_forgotten_has_no_account_any_more(company: SlackCompany) -> None:
    from integrations.database.retention import Retention

    person, account = company.colleague()
    Retention(company.database.pool("admin")).erase_person(person.handle, "They asked for it.")
    assert company.one("SELECT count(*) FROM slack_link") == 0
    assert company.one("SELECT count(*) FROM audit_payload WHERE body LIKE %s", f"%{account}%") == 0
