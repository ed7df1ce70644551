"""Findings, options and the brief: opened and answered from Home and from what the last scan says."""

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from slack_sdk import WebClient

from agent.domain.decisions import Role
from agent.domain.finding_life import Deed, EventKind
from agent.domain.findings import Option, OptionKind, Severity
from agent.domain.quiet_hours import QuietHours
from integrations.database.finding_desk import PostgresFindingDesk
from integrations.database.quiet_hours import PostgresQuietTimes
from integrations.slack.views.risk import why_answer
from tests.fixtures.ledger import many_more
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import at_risk, full, known, publish, trouble
from tests.fixtures.slack.deliveries import on_screen, press, press_home
from tests.fixtures.slack.running import SlackCompany
from tests.fixtures.slack.screen import Screen, home_of, joined, said
from tests.fixtures.slack.state import Message

SUMMARY = "The lamps come too late, 1,200.00 EUR wait."


@pytest.fixture
def screen(company: SlackCompany) -> Screen:
    return Screen(company, company.space.channel())


def option(day: int = 1) -> Option:
    return Option(
        kind=OptionKind.MOVE_PROMISE_DATE,
        summary=f"Promise it for 2026-12-0{day}",
        ready_date=datetime(2026, 12, day, tzinfo=UTC),
        cost=None,
        harms=(),
        approval="one sales_manager",
        whole=True,
        action="move_promise_date",
        arguments={"order": "S00001", "promise_date": f"2026-12-0{day}"},
    )


def scanned(database: TestDatabase, day: int = 1, severity: Severity = Severity.CRITICAL) -> None:
    found = trouble(1, severity=severity, summary=SUMMARY)
    publish(database, full(found, orders=(replace(at_risk(1, found), options=(option(day),)),), at=datetime.now(UTC)))


def test_of_many_that_wait_home_shows_those_with_the_least_time_left_and_where_all_are(
    screen: Screen, database: TestDatabase
) -> None:
    sofia, account = joined(screen, Role.SALES_MANAGER)
    many_more(database, database.proposal(), 600)
    text = said(home_of(screen, account)["blocks"])
    assert "601 wait for you" in text
    assert ["*P1*" in text, "*P30*" in text, "*P31*" in text, "*P601*" in text] == [True, True, False, False]
    every = f"`expediter approvals list --for {sofia.handle}` has all of them"
    assert f"… and 571 more, which have more time left: {every}" in text


SLOW_HOME = """
    CREATE FUNCTION slow_home() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared(4711);
        RETURN NEW;
    END $$;
    CREATE TRIGGER slow_home BEFORE INSERT ON slack_outbox FOR EACH ROW WHEN (NEW.method = 'home') EXECUTE FUNCTION slow_home()
"""


def test_however_long_home_takes_to_be_drawn_each_click_is_acknowledged_and_answered_at_once(
    screen: Screen, database: TestDatabase
) -> None:
    accounts = [joined(screen, Role.SALES_MANAGER)[1] for _ in range(8)]
    for account in accounts:
        home_of(screen, account)
        screen.company.send(press_home(screen.company.slack, account, "quiet"))
        screen.opened(account)
    with database.connection("admin") as connection:
        connection.execute(SLOW_HOME)
        connection.execute("SELECT pg_advisory_lock(4711)")
        for account in accounts:
            answer = screen.submit(account, **{"from": "22:00", "until": "06:30", "zone": "Europe/Lisbon"})
            assert "Reminders wait from 22:00 to 06:30" in said(answer["view"]["blocks"])
        connection.execute("SELECT pg_advisory_unlock(4711)")
    screen.company.space.until(lambda: ["22:00 to 06:30" in screen.latest_home(one) for one in accounts] == [True] * 8)


def test_a_critical_finding_is_taken_on_from_home(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    scanned(database)
    assert "1 open, yours or critical" in said(home_of(screen, account)["blocks"])
    screen.company.send(press_home(screen.company.slack, account, "finding:0"))
    assert SUMMARY in said(screen.opened(account)["blocks"])
    answer = screen.submit(account, deed="take", note="I call <them> & tell you.")
    assert "It is noted" in said(answer["view"]["blocks"])
    (finding,) = known(database)
    assert finding.owner == sofia.handle


def test_of_a_finding_that_got_graver_since_nothing_is_recorded(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    scanned(database, severity=Severity.HIGH)
    (finding,) = known(database)
    desk = PostgresFindingDesk(database.pool("serve"))
    desk.say(finding.id, sofia.id, Deed(EventKind.ASSIGNED, Severity.HIGH, owner_id=sofia.id))
    home_of(screen, account)
    screen.company.send(press_home(screen.company.slack, account, "finding:0"))
    screen.opened(account)
    scanned(database, severity=Severity.CRITICAL)
    answer = screen.submit(account, deed="acknowledged")
    assert "It is noted" not in said(answer["view"]["blocks"])
    (finding,) = known(database)
    assert finding.acknowledged_by is None


def test_whoever_may_not_see_prices_is_shown_none(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen, Role.WAREHOUSE_LEAD)
    scanned(database)
    view = home_of(screen, account)
    assert "EUR" not in said(view["blocks"])
    screen.company.send(press_home(screen.company.slack, account, "finding:0"))
    assert "1,200.00" not in said(screen.opened(account)["blocks"])
    screen.company.space.stacks[account].clear()
    screen.company.send(press_home(screen.company.slack, account, "brief"))
    assert "1,200.00" not in said(screen.opened(account)["blocks"])


def test_an_option_is_proposed_as_the_last_scan_has_it(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    scanned(database)
    screen.press(why(screen, database), account, "propose:0")
    assert "Promise it for 2026-12-01" in said(screen.opened(account)["blocks"])
    answer = screen.submit(account, reason="The customer agrees.")
    assert "being proposed for S00001" in said(answer["view"]["blocks"])
    kind, text = (screen.company.one(f"SELECT {name} FROM inbound ORDER BY id DESC LIMIT 1") for name in ("kind", "text"))
    assert kind == "propose"
    assert '"promise_date":"2026-12-01"' in text.replace(" ", "")


def test_an_option_that_changed_meanwhile_is_not_proposed(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    scanned(database)
    old = why(screen, database)
    scanned(database, day=2)
    screen.press(old, account, "propose:0")
    assert "has changed since; ask again" in screen.told(account)
    assert screen.company.one("SELECT count(*) FROM inbound") == 0


def test_before_the_first_scan_home_says_what_is_there(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    text = said(home_of(screen, account)["blocks"])
    assert "Nothing waits for you" in text
    assert "None that is yours or critical" in text


def test_undoing_what_was_not_done_is_refused_with_the_sentence_of_the_api(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    click = press(screen.company.slack, screen.card(database.proposal()), account, "approve")
    click.body["actions"][0]["action_id"] = "undo"
    screen.company.send(click)
    assert "P1" in screen.told(account)
    assert screen.decisions() == []


def test_quiet_hours_are_kept_from_home_shown_there_and_given_up(screen: Screen, database: TestDatabase) -> None:
    sofia, account = joined(screen)
    home_of(screen, account)
    screen.company.send(press_home(screen.company.slack, account, "quiet"))
    screen.opened(account)
    answer = screen.submit(account, **{"from": "22:00", "until": "06:30", "zone": "Europe/Lisbon"})
    assert "Reminders wait from 22:00 to 06:30, Europe/Lisbon" in said(answer["view"]["blocks"])
    worker = PostgresQuietTimes(database.pool("worker"))
    assert worker.of(sofia.id) == QuietHours(time(22), time(6, 30), ZoneInfo("Europe/Lisbon"))
    assert "22:00 to 06:30" in said(home_of(screen, account)["blocks"])
    screen.company.send(press_home(screen.company.slack, account, "quiet_end"))
    screen.company.worked_off()
    assert worker.of(sofia.id) is None


def test_quiet_hours_are_offered_in_the_time_zone_of_whoever_chooses_them(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    home_of(screen, account)
    screen.company.space.users[account]["tz"] = "America/Chicago"
    screen.company.send(press_home(screen.company.slack, account, "quiet"))
    _, zone = on_screen(screen.opened(account)["blocks"], "zone")
    assert zone["initial_value"] == "America/Chicago"


def test_a_time_zone_nobody_knows_is_said(screen: Screen, database: TestDatabase) -> None:
    _, account = joined(screen)
    home_of(screen, account)
    screen.company.send(press_home(screen.company.slack, account, "quiet"))
    screen.opened(account)
    answer = screen.submit(account, **{"from": "22:00", "until": "06:30", "zone": "Middle/Earth"})
    assert "like Europe/Lisbon" in said(answer["view"]["blocks"])


def why(screen: Screen, database: TestDatabase) -> Message:
    row = PostgresFindingDesk(database.pool("serve")).order("S00001")
    assert row is not None
    client = WebClient("xoxb-test", base_url=f"{screen.company.slack.url}/api/")
    client.chat_postMessage(channel=screen.channel, **why_answer(row))
    return screen.company.space.shown(screen.channel)[-1]
