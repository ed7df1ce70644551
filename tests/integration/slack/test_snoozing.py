"""A finding is put off until a day, from Home and from the card in the operations channel."""

from datetime import UTC, datetime, time, timedelta

import pytest

from agent.domain.decisions import Role
from agent.domain.finding_life import FindingState
from integrations.slack.views.brief import findings_card
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import known
from tests.fixtures.slack.deliveries import press_home
from tests.fixtures.slack.running import SlackCompany
from tests.fixtures.slack.screen import Screen, home_of, joined, said
from tests.integration.slack.test_clicks_at_home import SUMMARY, scanned

TODAY = datetime.now(UTC).date()
IN_TEN_DAYS = TODAY + timedelta(days=10)


@pytest.fixture
def screen(company: SlackCompany) -> Screen:
    return Screen(company, company.space.channel())


def open_at_home(screen: Screen, account: str) -> None:
    home_of(screen, account)
    screen.company.send(press_home(screen.company.slack, account, "finding:0"))
    screen.opened(account)


def test_from_home_a_finding_is_put_off_until_a_day_and_home_says_so_at_once(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    scanned(database)
    open_at_home(screen, account)
    answer = screen.submit(account, deed="snooze_until", until=IN_TEN_DAYS.isoformat(), note="The vendor is closed.")
    assert f"comes back on {IN_TEN_DAYS}" in said(answer["view"]["blocks"])
    (finding,) = known(database)
    assert finding.state is FindingState.SNOOZED
    assert finding.snoozed_until == datetime.combine(IN_TEN_DAYS, time(6), UTC)
    screen.home_becomes(account, "None that is yours or critical")
    assert screen.company.one("SELECT count(*) FROM audit_entry WHERE kind = 'finding.snoozed' AND person_id = %s", sofia.id) == 1


@pytest.mark.parametrize("until", [None, (TODAY - timedelta(days=1)).isoformat()])
def test_a_day_that_is_missing_or_over_is_said_beside_it_and_nothing_is_recorded(
    screen: Screen, database: TestDatabase, until: str | None
) -> None:
    _, account = joined(screen)
    scanned(database)
    open_at_home(screen, account)
    given = {"deed": "snooze_until"} | ({"until": until} if until else {})
    assert screen.submit(account, **given)["errors"] == {"until": "Choose a day that is still to come."}
    assert known(database)[0].state is FindingState.OPEN


def test_from_the_card_in_the_channel_it_is_put_off_and_taken_up_again(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.OPS_AGENT)
    scanned(database)
    card = screen.posted("findings", findings_card(known(database), 1))
    assert SUMMARY in said(card.blocks)
    screen.press(card, account, "finding:0")
    screen.opened(account)
    screen.submit(account, deed="snooze_until", until=IN_TEN_DAYS.isoformat())
    assert known(database)[0].state is FindingState.SNOOZED
    screen.company.space.stacks[account].clear()
    screen.press(card, account, "finding:0")
    assert "snoozed until" in said(screen.opened(account)["blocks"])
    screen.submit(account, deed="unsnoozed")
    assert known(database)[0].state is FindingState.OPEN


def test_more_than_a_year_is_refused_with_the_sentence_of_the_database(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    scanned(database)
    open_at_home(screen, account)
    answer = screen.submit(account, deed="snooze_until", until=(TODAY + timedelta(days=400)).isoformat())
    assert "within the next year" in said(answer["view"]["blocks"])
    assert known(database)[0].state is FindingState.OPEN
