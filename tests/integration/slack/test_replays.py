"""The card of given-up jobs: whoever may presses, the job runs again; whoever may not is told so, alone."""

from datetime import UTC, datetime

import pytest

from agent.domain.decisions import Role
from integrations.database.given_up import PostgresJobDesk
from integrations.slack.views.operations import dead_letter_card
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import press
from tests.fixtures.slack.running import SlackCompany
from tests.fixtures.slack.screen import Screen, joined
from tests.fixtures.slack.state import Message
from tests.integration.database.test_replays import given_up

KEY = "given-up:1-1"
WHO = "SELECT person_id FROM job_replay"


@pytest.fixture
def screen(company: SlackCompany) -> Screen:
    return Screen(company, company.space.channel())


def card(screen: Screen, database: TestDatabase) -> Message:
    """Of the one question that was given up."""
    given_up(database, "answer_chat", inbound_id=database.inbound(database.person("maria")))
    return screen.posted(KEY, dead_letter_card(PostgresJobDesk(database.pool("serve")).latest(8), datetime.now(UTC)))


@pytest.mark.parametrize("role", [Role.OPS_MANAGER, Role.ADMIN])
def test_who_may_has_it_run_again_and_the_second_one_is_told_by_whom_it_was(
    screen: Screen, database: TestDatabase, role: Role
) -> None:
    shown = card(screen, database)
    (first, account), (_, second) = joined(screen, role), joined(screen, Role.OPS_MANAGER)
    screen.press(shown, account, "job_replay:0")
    assert "J1 runs again in a moment" in screen.told(account)
    screen.press(shown, second, "job_replay:0")
    assert f"J1 was put back already, by {first.handle} at" in screen.told(second)
    assert database.one("admin", WHO) == first.id


def test_who_may_not_is_told_so_and_nothing_is_stored(screen: Screen, database: TestDatabase) -> None:
    shown = card(screen, database)
    _, account = joined(screen, Role.OPS_AGENT, Role.SALES_MANAGER)
    screen.press(shown, account, "job_replay:0")
    assert "may not replay jobs; these roles may: ops_manager, admin" in screen.told(account)
    assert database.one("admin", WHO) is None


def test_authority_is_looked_up_at_the_click(screen: Screen, database: TestDatabase) -> None:
    shown = card(screen, database)
    omar, account = joined(screen, Role.OPS_MANAGER)
    database.one("admin", "UPDATE person SET roles = '{buyer}' WHERE id = %s", omar.id)
    screen.press(shown, account, "job_replay:0")
    assert "may not replay jobs" in screen.told(account)
    assert database.one("admin", WHO) is None


@pytest.mark.parametrize(
    "value", ['{"id": "J999", "rev": ""}', '{"id": "P1", "rev": ""}', "J1", '{"id": "J1 OR 1=1", "rev": ""}']
)
def test_a_forged_button_runs_nothing(screen: Screen, database: TestDatabase, value: str) -> None:
    shown = card(screen, database)
    _, account = joined(screen, Role.OPS_MANAGER)
    click = press(screen.company.slack, shown, account, "job_replay:0")
    click.body["actions"][0]["value"] = value
    screen.company.send(click)
    assert screen.told(account)
    assert database.one("admin", WHO) is None
