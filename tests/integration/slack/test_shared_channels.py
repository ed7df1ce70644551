"""Nothing of the ERP is posted where another company reads, even when the channel was ours alone when it was named."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.chat import PartKind
from agent.domain.decisions import Role
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.state import Fault
from tests.integration.slack.test_answers import SENTENCES, final, mentioned, release, shown_whole
from tests.integration.slack.test_outbox import all_settled, card, outbox, texts

SHARED = {"is_ext_shared": True, "name": "approvals"}


def worker_ends(company: SlackCompany) -> None:
    """Its turn at sending with it."""
    company.one("UPDATE slack_sender SET until = clock_timestamp() - interval '1 second' RETURNING 1")


def told(company: SlackCompany, account: str) -> list[str]:
    return [one.text for one in company.space.whispered(account)]


@pytest.mark.parametrize("flags", [SHARED, {"is_ext_shared": False, "is_pending_ext_shared": True, "name": "approvals"}])
def test_a_card_for_a_shared_channel_is_kept_back_and_the_ops_manager_is_told_once(
    company: SlackCompany, flags: dict[str, object]
) -> None:
    _, olaf = company.colleague(Role.OPS_MANAGER)
    _, maria = company.colleague(Role.OPS_AGENT)
    channel = company.space.channel(**flags)
    with sending(company, slack_approvals_channel=channel):
        outbox(company).show("proposal:12", channel, card("S00042 for Brouwer"))
        outbox(company).post(channel, card("A reminder"))
        company.space.until(lambda: len(company.space.made("conversations.info")) >= 3)
    worker_ends(company)
    with sending(company, slack_approvals_channel=channel):
        company.space.until(lambda: len(company.space.made("conversations.info")) >= 5)
    assert texts(company, channel) == []
    (sentence,) = told(company, olaf)
    assert f"#approvals ({channel}) may be read by another company" in sentence
    assert "EXPEDITER_SLACK_APPROVALS_CHANNEL" in sentence
    assert told(company, maria) == []


def test_what_was_kept_back_is_posted_once_the_channel_is_ours_alone_again(company: SlackCompany) -> None:
    _, olaf = company.colleague(Role.OPS_MANAGER)
    channel = company.space.channel(**SHARED)
    with sending(company):
        outbox(company).show("proposal:12", channel, card("waits"))
        company.space.until(lambda: told(company, olaf))
        outbox(company).show("proposal:12", channel, card("approved"))
        company.space.channels[channel]["is_ext_shared"] = False
        company.space.until(lambda: texts(company, channel) == ["approved"])
        company.space.channels[channel]["is_ext_shared"] = True
        company.space.until(lambda: told_again(company, channel, olaf))


def told_again(company: SlackCompany, channel: str, account: str) -> bool:
    """What Slack said of the channel counts for a moment, so more than one message may still go there."""
    outbox(company).post(channel, card("more"))
    return len(told(company, account)) == 2


def test_a_card_that_was_shown_before_is_not_brought_up_to_date_where_others_read_by_now(company: SlackCompany) -> None:
    channel = company.space.channel()
    with sending(company):
        outbox(company).show("proposal:12", channel, card("waits"))
        all_settled(company)
    worker_ends(company)
    company.space.channels[channel]["is_ext_shared"] = True
    with sending(company):
        outbox(company).show("proposal:12", channel, card("S00042 approved by Olaf"))
        company.space.until(lambda: len(company.space.made("conversations.info")) >= 3)
    assert texts(company, channel) == ["waits"]


def test_a_channel_that_slack_does_not_describe_is_treated_as_shared_and_one_that_it_cannot_now_waits(
    company: SlackCompany,
) -> None:
    channel = company.space.channel()
    company.space.fail("conversations.info", Fault("refused", "missing_scope"), Fault("5xx"))
    with sending(company):
        outbox(company).post(channel, card("waits"))
        company.space.until(lambda: company.space.made("conversations.info"))
        assert texts(company, channel) == []
        company.space.until(lambda: texts(company, channel) == ["waits"], 15)


def test_that_slack_does_not_know_a_channel_ends_no_sharing_that_was_noted(company: SlackCompany) -> None:
    """Somebody who took us out of the channel has not ended its sharing; once we are back, nobody is told a second time."""
    _, olaf = company.colleague(Role.OPS_MANAGER)
    channel = company.space.channel(**SHARED)
    with sending(company):
        outbox(company).post(channel, card("waits"))
        company.space.until(lambda: told(company, olaf))
        seen = len(company.space.made("conversations.info"))
        company.space.fail("conversations.info", Fault("refused", "channel_not_found"))
        company.space.fail("chat.postMessage", Fault("refused", "channel_not_found"))
        company.space.until(
            lambda: company.one("SELECT detail FROM slack_outbox WHERE ended_at IS NOT NULL AND channel = %s", channel)
        )
        outbox(company).post(channel, card("waits too"))
        company.space.until(lambda: len(company.space.made("conversations.info")) >= seen + 3)
    assert len(told(company, olaf)) == 1
    assert company.one("SELECT count(*) FROM slack_shared_channel WHERE ended_at IS NULL") == 1


def test_what_was_kept_back_for_a_day_is_given_up(company: SlackCompany) -> None:
    channel = company.space.channel(**SHARED)
    outbox(company).post(channel, card("The brief of some morning"))
    long_ago = datetime.now(UTC) - timedelta(hours=25)
    company.one("UPDATE slack_outbox SET made_at = %s RETURNING 1", long_ago)
    with sending(company):
        all_settled(company)
    assert company.one("SELECT detail FROM slack_outbox") == "its channel is shared with another company"


def test_without_anybody_to_tell_the_operations_channel_is_told(company: SlackCompany) -> None:
    channel, ops = company.space.channel(**SHARED), company.space.channel()
    with sending(company, slack_ops_channel=ops):
        outbox(company).post(channel, card("waits"))
        company.space.until(lambda: texts(company, ops))
    assert "may be read by another company" in texts(company, ops)[0]


def test_an_answer_is_not_given_in_a_channel_that_was_shared_after_the_question(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, channel = mentioned(company, ana)
    company.space.channels[channel]["is_ext_shared"] = True
    with sending(company):
        release(company, question, PartKind.SENTENCE, text=SENTENCES[0])
        final(company, question, SENTENCES[0])
        shown_whole(company)
        company.space.until(lambda: told(company, ana))
    assert texts(company, channel) == []
    assert "shared with another company by now" in told(company, ana)[0]
    assert "S00042" not in str(company.space.whispered(ana))


def test_an_answer_waits_while_slack_does_not_say_who_reads_its_channel(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    question, _ = mentioned(company, ana)
    before = len(company.space.calls)
    company.space.fail("conversations.info", Fault("5xx"), Fault("5xx"))
    with sending(company):
        final(company, question, SENTENCES[0])
        shown_whole(company)
    made = [call.method for call in company.space.calls[before:]]
    assert made[: made.index("chat.postMessage")].count("conversations.info") == 3
