"""Who joins a channel between a question and its answer reads nothing there that they may not see."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.domain.chat import PartKind
from agent.domain.decisions import Role
from integrations.database.messenger_links import PostgresLinks
from integrations.slack.audience import MOST_MEMBERS, Audience
from integrations.slack.client import SlackClients
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.state import TEAM, Fault
from tests.integration.slack.test_answers import (
    SENTENCES,
    WHOLE,
    final,
    mentioned,
    release,
    shown_whole,
    streamed,
    the_answer,
    words_of,
)

WHISPER = "Only you see this"


def joins(company: SlackCompany, channel: str, account: str | None = None) -> str:
    """A stranger, where nobody is named."""
    account = account or company.space.user("someone@elsewhere.example")
    company.space.channels[channel]["members"].append(account)
    return account


def whispered(company: SlackCompany, account: str) -> list[str]:
    return [words_of(message) for message in company.space.whispered(account)]


def unlinked(company: SlackCompany, account: str) -> None:
    links = PostgresLinks(company.database.pool("serve"))
    link = links.of_account(TEAM, account)
    assert link is not None
    links.end(link.id, "left")


@pytest.mark.parametrize("who", ["a stranger", "somebody who may not see prices"])
def test_an_answer_to_a_channel_that_somebody_joined_since_the_question_is_for_whoever_asked_alone(
    company: SlackCompany, who: str
) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    newcomer = joins(company, channel, None if who == "a stranger" else company.colleague(Role.WAREHOUSE_LEAD)[1])
    with sending(company):
        release(company, question, PartKind.SENTENCE, text=WHOLE)
        final(company, question)
        shown_whole(company)
    assert company.space.shown(channel) == []
    assert whispered(company, ana) == [WHOLE]
    assert WHISPER in str(company.space.whispered(ana)[0].blocks)
    assert whispered(company, newcomer) == []


def test_an_answer_that_grows_when_somebody_joins_is_taken_back_and_told_privately(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        joins(company, channel)
        asked_before = len(company.space.made("conversations.members"))
        company.space.until(lambda: taken_back(company, question, channel))
        final(company, question)
        shown_whole(company)
    assert len(company.space.made("conversations.members")) > asked_before
    assert "S00042" not in str([(one.text, one.blocks) for one in company.space.shown(channel)])
    assert whispered(company, ana) == [WHOLE]


def a_stranger_joins(company: SlackCompany, channel: str) -> None:
    joins(company, channel)


def a_colleague_joins_who_sees_no_prices(company: SlackCompany, channel: str) -> None:
    joins(company, channel, company.colleague(Role.WAREHOUSE_LEAD)[1])


def it_becomes_large(company: SlackCompany, channel: str) -> None:
    company.space.channels[channel]["members"] += [f"U9{number:05d}" for number in range(MOST_MEMBERS)]


def the_app_may_no_longer_ask(company: SlackCompany, channel: str) -> None:
    company.space.fail("conversations.members", *[Fault("refused", "missing_scope")] * 50)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (a_stranger_joins, "there is somebody here whom I do not know"),
        (a_colleague_joins_who_sees_no_prices, "somebody here may see less than whoever asked"),
        (it_becomes_large, "this channel has more than 200 members"),
        (the_app_may_no_longer_ask, "Slack does not tell me who is in this channel"),
    ],
)
def test_what_stands_in_place_of_an_answer_that_was_taken_back_says_the_true_reason(
    company: SlackCompany, happens: Callable[[SlackCompany, str], None], reason: str
) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        happens(company, channel)
        company.space.until(lambda: taken_back(company, question, channel))
        final(company, question)
        shown_whole(company)
    assert [one.text for one in company.space.shown(channel)] == [f"My answer is for whoever asked alone: {reason}."]
    assert whispered(company, ana) == [WHOLE]


def test_where_neither_the_members_nor_our_own_account_is_known_a_question_is_answered_privately(company: SlackCompany) -> None:
    person, ana = company.colleague(Role.OPS_AGENT)
    channel = company.space.channel(ana)
    company.space.fail("conversations.members", Fault("refused", "missing_scope"))
    clients = SlackClients(lambda: "xoxb-test", f"{company.slack.url}/api/")
    with ThreadPoolExecutor(1) as threads:
        audience = Audience(TEAM, clients, PostgresLinks(company.database.pool("serve")), threads)
        assert not asyncio.run(audience.may_all_see(channel, person, ""))


def test_an_answer_that_was_deleted_before_it_was_taken_back_is_told_privately_all_the_same(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
    company.space.messages.clear()
    joins(company, channel)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert company.space.shown(channel) == []
    assert whispered(company, ana) == [WHOLE]


REFUSE_ONCE = """
    CREATE SEQUENCE refusals;
    CREATE FUNCTION refuse_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter AS $$
    BEGIN
        IF NEW.method = 'private' AND nextval('refusals') = 1 THEN RAISE EXCEPTION 'not this time'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER refuse_once BEFORE INSERT ON slack_outbox FOR EACH ROW EXECUTE FUNCTION refuse_once()
"""


def test_an_answer_that_was_taken_back_is_told_though_its_telling_was_cut_off(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    joins(company, channel)
    with company.database.connection("admin") as connection:
        connection.execute(REFUSE_ONCE)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert whispered(company, ana) == [WHOLE]


def taken_back(company: SlackCompany, question: int, channel: str) -> bool:
    """Who reads along counts for a moment, so a sentence more may still be shown."""
    release(company, question, PartKind.SENTENCE, text=SENTENCES[1])
    return ["My answer is for whoever asked alone" in one.text for one in company.space.shown(channel)] == [True]


def test_once_they_left_again_the_whole_answer_stands_in_the_channel(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        stranger = joins(company, channel)
        company.space.until(lambda: taken_back(company, question, channel))
        company.space.channels[channel]["members"].remove(stranger)
        asked = len(company.space.made("conversations.members"))
        company.space.until(lambda: nothing_more_is_taken_back(company, question, asked))
        final(company, question)
        shown_whole(company)
    assert words_of(the_answer(company, channel)) == WHOLE
    assert whispered(company, ana) == []


def nothing_more_is_taken_back(company: SlackCompany, question: int, asked: int) -> bool:
    release(company, question, PartKind.SENTENCE, text=SENTENCES[1])
    return len(company.space.made("conversations.members")) > asked


def test_whose_role_or_link_ended_since_the_question_is_looked_at_too(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    _, ben = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana, ben)
    unlinked(company, ben)
    with sending(company):
        final(company, question)
        shown_whole(company)
    assert company.space.shown(channel) == []


@pytest.mark.parametrize("fault", [Fault("5xx"), Fault("lost"), Fault("429"), Fault("refused", "token_revoked")])
def test_an_answer_waits_while_slack_does_not_say_who_is_there(company: SlackCompany, fault: Fault) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    before = len(company.space.calls)
    company.space.fail("conversations.members", fault, fault)
    with sending(company):
        final(company, question)
        shown_whole(company)
    made = [call.method for call in company.space.calls[before:]]
    assert made[: made.index("chat.postMessage")].count("conversations.members") == 3
    assert words_of(the_answer(company, channel)) == WHOLE


def test_where_slack_will_not_say_who_is_there_the_answer_is_private(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    company.space.fail("conversations.members", Fault("refused", "missing_scope"))
    with sending(company):
        final(company, question)
        shown_whole(company)
    assert company.space.shown(channel) == []


def test_a_private_answer_whose_telling_was_cut_off_is_told_at_most_twice(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    joins(company, channel)
    company.space.fail("chat.postEphemeral", *[Fault("lost")] * 9)
    final(company, question)
    with sending(company):
        shown_whole(company)
    assert len(company.space.made("chat.postEphemeral")) == 2


def test_what_was_shown_of_an_answer_goes_when_its_channel_comes_to_be_shared(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    with sending(company):
        streamed(company, question, channel, SENTENCES[:1])
        company.space.channels[channel]["is_ext_shared"] = True
        company.space.until(lambda: given_no_more(company, question))
    assert "S00042" not in str([(one.text, one.blocks) for one in company.space.shown(channel)])


def given_no_more(company: SlackCompany, question: int) -> bool:
    release(company, question, PartKind.SENTENCE, text=SENTENCES[1])
    return bool(company.one("SELECT outcome FROM slack_answer") == "kept back: the channel is shared")


def test_who_is_there_is_asked_no_more_often_than_said(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    channel = company.space.channel(ana)
    clients = SlackClients(lambda: "xoxb-test", f"{company.slack.url}/api/")

    async def twenty_times(fresh_s: float) -> int:
        audience = Audience(TEAM, clients, PostgresLinks(company.database.pool("worker")), threads, fresh_s)
        before = len(company.space.made("conversations.members"))
        assert not any([await audience.why_alone(channel, ana) for _ in range(20)])
        return len(company.space.made("conversations.members")) - before

    with ThreadPoolExecutor(1) as threads:
        assert asyncio.run(twenty_times(60.0)) == 1
        assert asyncio.run(twenty_times(0.0)) == 20
    assert len(company.space.made("auth.test")) <= 3
