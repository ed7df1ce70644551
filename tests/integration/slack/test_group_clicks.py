"""Deciding on a group: together, or on the lines that were chosen."""

import pytest

from agent.domain.decisions import Role
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.running import SlackCompany
from tests.fixtures.slack.screen import Screen, joined, make_group, said


@pytest.fixture
def screen(company: SlackCompany) -> Screen:
    return Screen(company, company.space.channel())


def test_a_group_is_approved_with_one_click(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    screen.press(screen.group_card(make_group(database)), account, "group_approve")
    assert "3 of 3 lines of G1 approved." in screen.told(account)
    assert len(screen.decisions()) == 3
    screen.becomes("group:1", "3 of 3 are being carried out")


def test_lines_that_were_chosen_are_decided_and_the_others_wait(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    message = screen.group_card(make_group(database))
    screen.press(message, account, "group_lines")
    screen.opened(account)
    answer = screen.submit(account, lines=["P1", "P3"])
    assert "2 of 2 lines of G1 approved." in said(answer["view"]["blocks"])
    screen.becomes("group:1", "1 of 3 wait for approval")
    screen.press(message, account, "group_approve")
    assert "A line of G1 has changed since you saw it" in screen.told(account)
    assert len(screen.decisions()) == 2


def test_lines_are_rejected_with_one_reason(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    screen.press(screen.group_card(make_group(database)), account, "group_reject")
    screen.opened(account)
    assert "errors" in screen.submit(account, lines=["P1", "P2", "P3"])
    screen.submit(account, lines=["P1", "P2", "P3"], reason="It costs too much")
    assert {verdict for _, verdict in screen.decisions()} == {"reject"}
    assert len(screen.decisions()) == 3


def test_lines_this_person_may_not_decide_on_are_told_one_by_one(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.AUDITOR)
    screen.press(screen.group_card(make_group(database)), account, "group_approve")
    answer = screen.told(account)
    assert answer.startswith("0 of 3 lines of G1 approved.")
    assert answer.count("may not decide") == 3
    assert screen.decisions() == []
