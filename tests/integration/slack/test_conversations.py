"""Conversations: one for each person of a thread, with a title and with questions that make sense now."""

from datetime import UTC, datetime

import pytest

from agent.domain.decisions import Role
from agent.domain.messenger import AskedAt
from agent.errors import NotPermitted
from integrations.database.messenger_inbox import PostgresDeliveries
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import at_risk, full, publish, trouble
from tests.fixtures.slack.deliveries import direct_message, event, mention
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.state import TEAM, Json


def test_nobody_goes_on_with_somebody_else_s_conversation(company: SlackCompany) -> None:
    (ana, hers), (ben, his) = company.colleague(), company.colleague()
    deliveries = PostgresDeliveries(company.database.pool("serve"))
    deliveries.ask(None, ana.id, "slack-C1-1.1-x", "hello", AskedAt(TEAM, hers, "C1", "1.1"))
    with pytest.raises(NotPermitted):
        deliveries.ask(None, ben.id, "slack-C1-1.1-x", "and what did she say?", AskedAt(TEAM, his, "C1", "1.1"))


def test_in_one_thread_each_person_has_a_conversation_of_their_own(company: SlackCompany) -> None:
    (_, ana), (_, ben) = company.colleague(), company.colleague()
    channel = company.space.channel(ana, ben)
    root = company.space.say(channel, ana, "the Brakel affair")
    for account in (ana, ben, ana):
        company.send(*mention(company.space, channel, account, "what is late?", root.ts))
    company.worked_off()
    assert company.one("SELECT count(DISTINCT conversation_id) FROM inbound") == 2


def test_a_direct_conversation_is_called_as_its_first_question_begins(company: SlackCompany) -> None:
    _, account = company.colleague()
    channel = company.space.direct(account)
    long = "Which orders of Grand Hôtel Beaurivage will miss their promise this week, and why is that?"
    with sending(company):
        first = direct_message(company.space, account, long)
        company.send(first)
        root = first.body["event"]["ts"]
        company.send(direct_message(company.space, account, "And next week?", root))
        company.worked_off()
        company.space.until(lambda: not company.one("SELECT count(*) FROM slack_outbox WHERE ended_at IS NULL"))
    assert company.space.titles == {(channel, root): "Which orders of Grand Hôtel Beaurivage will miss their…"}


def test_in_a_channel_no_thread_gets_a_title(company: SlackCompany) -> None:
    _, account = company.colleague()
    channel = company.space.channel(account)
    company.send(*mention(company.space, channel, account, "what is late?"))
    company.worked_off()
    assert company.one("SELECT count(*) FROM slack_outbox WHERE method = 'title'") == 0


def offered(company: SlackCompany, account: str) -> list[Json]:
    """What stands beside a conversation that this account just opened."""
    channel = company.space.direct(account)
    thread = {"user_id": account, "channel_id": channel, "thread_ts": "1.5", "context": {}}
    with sending(company):
        company.send(event(company.space, {"type": "assistant_thread_started", "assistant_thread": thread}))
        company.space.until(lambda: (channel, "1.5") in company.space.prompts)
    return list(company.space.prompts[channel, "1.5"]["prompts"])


def test_a_new_conversation_is_offered_what_is_at_risk_now_the_worst_first(company: SlackCompany, database: TestDatabase) -> None:
    _, account = company.colleague(Role.WAREHOUSE_LEAD)
    one, other = trouble(1), trouble(2)
    publish(database, full(one, other, orders=(at_risk(1, one, score=10), at_risk(2, other, score=90)), at=datetime.now(UTC)))
    assert [(one["title"], one["message"]) for one in offered(company, account)] == [
        ("Which 2 orders are at risk?", "Which orders are at risk?"),
        ("Why is S00002 at risk?", "Why is S00002 at risk?"),
        ("Why is S00001 at risk?", "Why is S00001 at risk?"),
        ("What waits for approval?", "What waits for approval?"),
    ]


@pytest.mark.parametrize("who", ["nobody known", "before the first scan"])
def test_where_nothing_may_be_told_or_is_known_the_questions_name_no_order(
    company: SlackCompany, database: TestDatabase, who: str
) -> None:
    if who != "before the first scan":
        publish(database, full(trouble(1), at=datetime.now(UTC)))
    account = company.space.user("x@elsewhere.example") if who == "nobody known" else company.linked(database.person("kai"))
    questions = [one["message"] for one in offered(company, account)]
    assert questions[0] == "Which orders are at risk?"
    assert "S0" not in str(questions)
