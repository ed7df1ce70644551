"""A card that could not be shown is shown once it can be, as things are then, without a restart."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent.domain.approval_notices import ApprovalNotice, NoticeKind
from agent.domain.decisions import Role
from agent.domain.mail_threads import MailDeed, MailEventKind
from integrations.database.approval_notices import PostgresApprovalNotices
from integrations.database.mail_inbox import PostgresInbox, PostgresMailDesk
from integrations.slack import announcing, given_up
from integrations.slack.announcing import Announcer
from integrations.slack.examples.proposals import content
from integrations.slack.inbox import InboxAnnouncer
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.ledger import decide, lapse
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.screen import said
from tests.integration.slack.test_announcing import announcer
from tests.integration.slack.test_outbox import all_settled, outbox

Happens = Callable[[SlackCompany, str], None]


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_up, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(given_up, "AGAIN_AFTER", timedelta(0))


def a_day_without_slack(company: SlackCompany, _channel: str) -> None:
    with company.database.connection("admin") as connection:
        connection.execute(
            "INSERT INTO slack_attempt (outbox_id, number) SELECT id, generate_series(1, 12) FROM slack_outbox"
            " WHERE ended_at IS NULL"
        )
        connection.execute(
            "UPDATE slack_outbox SET detail = 'refused', made_at = clock_timestamp() - interval '25 hours' WHERE ended_at IS NULL"
        )
    failed(company)


def we_are_not_in_the_channel(company: SlackCompany, channel: str) -> None:
    members = company.space.channels[channel]["members"]
    company.space.channels[channel]["members"] = []
    failed(company)
    company.space.channels[channel]["members"] = members


def failed(company: SlackCompany) -> None:
    sent(company)
    assert company.one("SELECT outcome FROM slack_outbox ORDER BY ended_at DESC LIMIT 1") == "failed"


def sent(company: SlackCompany) -> None:
    with company.database.connection("admin") as connection:
        connection.execute("UPDATE slack_sender SET until = '-infinity'")  # whoever sent before is gone
    with sending(company):
        all_settled(company)


def cards(company: SlackCompany, channel: str) -> list[str]:
    return [said(message.blocks) for message in company.space.shown(channel)]


@pytest.mark.parametrize("happens", [a_day_without_slack, we_are_not_in_the_channel])
def test_a_card_that_was_given_up_before_it_was_ever_there_is_shown_later(company: SlackCompany, happens: Happens) -> None:
    channel = company.space.channel()
    mine = announcer(company.database, channel=channel)
    company.database.proposal()
    mine.sweep()
    happens(company, channel)
    assert cards(company, channel) == []
    mine.sweep()
    sent(company)
    (text,) = cards(company, channel)
    assert "Waits for approval" in text


def test_a_card_whose_change_was_given_up_is_changed_later(company: SlackCompany) -> None:
    sofia, proposal, channel = company.database.person("sofia"), company.database.proposal(), company.space.channel()
    mine = announcer(company.database, channel=channel)
    swept_and_sent(mine, company)
    decide(company.database, proposal, sofia)
    mine.sweep()
    a_day_without_slack(company, channel)
    assert ["approved by *sofia*" in text for text in cards(company, channel)] == [False]
    swept_and_sent(mine, company)
    assert ["approved by *sofia*" in text for text in cards(company, channel)] == [True]


def swept_and_sent(mine: Announcer, company: SlackCompany) -> None:
    mine.sweep()
    sent(company)


def test_the_last_change_of_a_card_is_made_later_also_where_nobody_follows_it_any_more(
    company: SlackCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "MOST", 1)
    company.database.proposal()
    channel = company.space.channel()
    mine = announcer(company.database, channel=channel)
    swept_and_sent(mine, company)
    lapse(company.database, "proposal")
    mine.sweep()
    a_day_without_slack(company, channel)
    company.database.proposal(content=content(days=20))
    swept_and_sent(announcer(company.database, channel=channel), company)
    assert ["Expired" in text for text in cards(company, channel)] == [True, False]


def test_what_was_given_up_and_does_not_wait_any_more_is_not_shown_for_the_first_time(company: SlackCompany) -> None:
    channel = company.space.channel()
    mine = announcer(company.database, channel=channel)
    proposal = company.database.proposal()
    mine.sweep()
    decide(company.database, proposal, company.database.person("sofia"), last=False)
    mine.sweep()
    a_day_without_slack(company, channel)
    lapse(company.database, "proposal")
    swept_and_sent(mine, company)
    assert cards(company, channel) == []


def test_what_was_never_there_is_shown_in_the_channel_of_now(company: SlackCompany) -> None:
    then, now = company.space.channel(), company.space.channel()
    company.space.channels[then]["members"] = []
    company.database.proposal()
    swept_and_sent(announcer(company.database, channel=then), company)
    swept_and_sent(announcer(company.database, channel=now), company)
    assert (len(cards(company, then)), len(cards(company, now))) == (0, 1)


def test_the_more_often_a_card_could_not_be_shown_the_longer_it_is_left_alone(company: SlackCompany) -> None:
    channel = company.space.channel()
    company.space.channels[channel]["members"] = []
    mine = announcer(company.database, channel=channel)
    company.database.proposal()
    for _ in range(3):
        swept_and_sent(mine, company)
    assert company.one("SELECT count(*) FROM slack_outbox WHERE outcome = 'failed'") == 3
    with company.database.connection("admin") as connection:
        connection.execute("ALTER TABLE slack_outbox DISABLE TRIGGER keep_slack_outbox")
        connection.execute("UPDATE slack_outbox SET ended_at = ended_at - interval '50 minutes'")
    assert outbox(company).given_up("proposal:", timedelta(minutes=15)) == ["proposal:1"]
    assert outbox(company).given_up("proposal:", timedelta(minutes=20)) == []


def test_the_card_of_a_mail_is_shown_later_too(company: SlackCompany) -> None:
    arrived(company.database, letter(1), made())
    channel, pool = company.space.channel(), company.database.pool("worker")
    mine = InboxAnnouncer(PostgresInbox(pool), outbox(company), PACKAGED_POLICY.inbox.routes.__getitem__, {None: channel})
    mine.sweep()
    a_day_without_slack(company, channel)
    mine.sweep()
    sent(company)
    PostgresMailDesk(company.database.pool("serve")).say(1, company.database.person("maria").id, MailDeed(MailEventKind.DONE))
    mine.sweep()
    a_day_without_slack(company, channel)
    mine.sweep()
    sent(company)
    assert ["Handled* by maria" in text for text in cards(company, channel)] == [True]


def test_a_reminder_that_was_given_up_is_not_told_once_somebody_decided(company: SlackCompany) -> None:
    channel, proposal = company.space.channel(), company.database.proposal()
    swept_and_sent(announcer(company.database, channel=channel), company)
    reminder = ApprovalNotice(proposal.id, 0, NoticeKind.REMINDER, 1, (Role.OPS_AGENT,))
    assert PostgresApprovalNotices(company.database.pool("worker")).note(reminder)
    announcer(company.database, channel=channel).sweep()
    a_day_without_slack(company, channel)
    decide(company.database, proposal, company.database.person("sofia"))
    swept_and_sent(announcer(company.database, channel=channel), company)
    assert ["Reminder" in text for text in cards(company, channel)] == [False]


def test_what_could_be_shown_since_is_tried_again_as_soon_as_at_first(company: SlackCompany) -> None:
    channel, proposal = company.space.channel(), company.database.proposal()
    mine, members = announcer(company.database, channel=channel), company.space.channels[channel]["members"]
    company.space.channels[channel]["members"] = []
    for _ in range(3):
        swept_and_sent(mine, company)
    company.space.channels[channel]["members"] = members
    swept_and_sent(mine, company)
    decide(company.database, proposal, company.database.person("sofia"))
    mine.sweep()
    a_day_without_slack(company, channel)
    ended_ago(company, "20 minutes")
    assert outbox(company).given_up("proposal:", timedelta(minutes=15)) == ["proposal:1"]


def test_what_came_to_nothing_when_its_turn_came_again_is_not_looked_at_for_ever(company: SlackCompany) -> None:
    channel = company.space.channel()
    company.database.proposal()
    announcer(company.database, channel=channel).sweep()
    a_day_without_slack(company, channel)
    lapse(company.database, "proposal")
    ended_ago(company, "6 days")
    assert outbox(company).given_up("proposal:", timedelta(minutes=15)) == ["proposal:1"]
    ended_ago(company, "2 days")
    assert outbox(company).given_up("proposal:", timedelta(minutes=15)) == []


def ended_ago(company: SlackCompany, interval: str) -> None:
    with company.database.connection("admin") as connection:
        connection.execute("ALTER TABLE slack_outbox DISABLE TRIGGER keep_slack_outbox")
        connection.execute("UPDATE slack_outbox SET ended_at = ended_at - %s::interval WHERE ended_at IS NOT NULL", (interval,))
        connection.execute("ALTER TABLE slack_outbox ENABLE TRIGGER keep_slack_outbox")
