"""`/expediter risk` and `why`: tables from the last scan, for whoever asked alone, and what can be done at a click."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from agent.domain.decisions import Role
from agent.domain.findings import Severity
from integrations.slack.views.telling import SEVERITIES
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.scans import full, publish
from tests.fixtures.slack.deliveries import Delivery, command, modal, press
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.screen import said
from tests.fixtures.slack.sender import encoded
from tests.fixtures.slack.state import Message
from tests.integration.slack.test_clicks_at_home import scanned
from tests.integration.slack.test_identity import told


@pytest.fixture
def company(company: SlackCompany) -> Iterator[SlackCompany]:
    """Whose outbox is sent."""
    with sending(company):
        yield company


def answer(company: SlackCompany, account: str, text: str) -> Message:
    company.send(command(company.slack, company.space.channel(account), account, text))
    company.worked_off()
    return told(company, account)


def cells(message: Message) -> list[list[str]]:
    (table,) = (block for block in message.blocks if block["type"] == "table")
    return [[said([cell]) for cell in row] for row in table["rows"]]


def test_orders_at_risk_are_a_table_with_what_waits(company: SlackCompany, database: TestDatabase) -> None:
    _, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, "risk")
    assert "1 order is at risk" in said(shown.blocks)
    head, row = cells(shown)
    assert head[:3] == ["Order", "Customer", "Value"]
    assert "S00001" in row[0]
    assert row[1:3] == ["Acme", "1,000 EUR"]


def test_whoever_may_not_see_prices_is_told_none(company: SlackCompany, database: TestDatabase) -> None:
    _, account = company.colleague(Role.WAREHOUSE_LEAD)
    scanned(database)
    for text in ("risk", "why S00001"):
        shown = answer(company, account, text)
        assert "S00001" in said(shown.blocks)
        assert "EUR" not in said(shown.blocks), text
        assert "EUR" not in shown.text, text


def test_a_warehouse_nobody_knows_is_said_with_those_that_there_are(company: SlackCompany, database: TestDatabase) -> None:
    _, account = company.colleague()
    scanned(database)
    assert "Nowhere <b>" not in answer(company, account, "risk Nowhere <b>").text
    assert "Nowhere" in told(company, account).text


def test_what_can_be_done_is_proposed_from_the_answer(company: SlackCompany, database: TestDatabase) -> None:
    _, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, "why S00001")
    assert "Promise it for 2026-12-01" in said(shown.blocks)
    company.send(press(company.slack, shown, account, "propose:0"))
    company.space.until(lambda: company.space.stacks[account])
    assert "S00001" in said(modal(company.space, account)["blocks"])


def in_place(company: SlackCompany, account: str, shown: Message) -> str:
    """What the answer has become by a click on Refresh."""
    edits, told_before = shown.edits, len(company.space.whispered(account))
    company.send(press(company.slack, shown, account, "command_again"))
    company.space.until(lambda: shown.edits > edits or len(company.space.whispered(account)) > told_before)
    assert company.space.whispered(account)[-1].ts == shown.ts, "it is told anew instead of in its place"
    return said(shown.blocks)


@pytest.mark.parametrize("text", ["risk", "risk Main", "why S00001"])
def test_refresh_shows_what_the_newest_scan_says_in_the_place_of_what_an_older_one_said(
    company: SlackCompany, database: TestDatabase, text: str
) -> None:
    _, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, text)
    assert SEVERITIES[Severity.CRITICAL] in said(shown.blocks)
    scanned(database, severity=Severity.LOW)
    newer = in_place(company, account, shown)
    assert SEVERITIES[Severity.LOW] in newer
    assert SEVERITIES[Severity.CRITICAL] not in newer
    scanned(database, severity=Severity.HIGH)
    assert SEVERITIES[Severity.HIGH] in in_place(company, account, shown), "what was refreshed can be refreshed again"


def test_an_order_that_is_not_at_risk_any_more_is_said_in_the_place_of_why_it_was(
    company: SlackCompany, database: TestDatabase
) -> None:
    _, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, "why S00001")
    publish(database, full(at=datetime.now(UTC)))
    assert "S00001 is not among the orders at risk of the last scan" in in_place(company, account, shown)


@pytest.mark.parametrize("text", ["risk", "why S00001", "approvals", "mail"])
def test_where_nothing_changed_since_refresh_says_so(company: SlackCompany, database: TestDatabase, text: str) -> None:
    _, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, text)
    before = said(shown.blocks)
    company.send(press(company.slack, shown, account, "command_again"))
    company.space.until(lambda: "Nothing has changed since" in company.space.whispered(account)[-1].text)
    assert said(shown.blocks) == before


def test_whoever_may_see_less_by_now_is_shown_less(company: SlackCompany, database: TestDatabase) -> None:
    person, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, "risk")
    assert "EUR" in said(shown.blocks)
    database.one("admin", "UPDATE person SET roles = '{warehouse_lead}' WHERE id = %s", person.id)
    refreshed = in_place(company, account, shown)
    assert "S00001" in refreshed
    assert "EUR" not in refreshed


def test_in_a_channel_that_another_company_reads_by_now_refresh_shows_nothing(
    company: SlackCompany, database: TestDatabase
) -> None:
    _, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, "risk")
    company.space.channels[shown.channel]["is_ext_shared"] = True
    refreshed = in_place(company, account, shown)
    assert "shared with another company" in refreshed
    assert "S00001" not in refreshed


def test_a_forged_command_in_a_button_is_answered_like_one_that_was_typed(company: SlackCompany, database: TestDatabase) -> None:
    _, account = company.colleague(Role.OPS_MANAGER)
    scanned(database)
    shown = answer(company, account, "risk")
    click = press(company.slack, shown, account, "command_again")
    click.body["actions"][0]["value"] = '{"id": "dance <!channel>", "rev": ""}'
    company.send(click)
    company.space.until(lambda: "There is no" in shown.text)
    assert "<!channel>" not in shown.text


def test_a_command_from_a_shared_channel_tells_nothing_of_the_company(company: SlackCompany) -> None:
    _, account = company.colleague()
    channel = company.space.channel(account, is_ext_shared=True)
    company.send(command(company.slack, channel, account, "risk"))
    assert "shared with another company" in told(company, account).text


def test_commands_are_answered_without_a_model_and_to_whoever_asked_alone(company: SlackCompany) -> None:
    _, account = company.colleague()
    channel = company.space.channel(account)
    for text, words in {
        "help": "What you can ask for",
        "": "What you can ask for",
        "approvals": "Nothing waits for your approval.",
        "risk": "No scan has been made yet",
        "why S00042": "not among the orders at risk",
        "why": "Say which order",
        "mail": "No mail waits for you",
        "dance <!channel>": "There is no",
    }.items():
        company.send(command(company.slack, channel, account, text))
        company.worked_off()
        assert words in told(company, account).text, text
    assert company.space.shown(channel) == []


def test_an_answer_goes_only_to_an_address_of_slack_s(company: SlackCompany) -> None:
    _, account = company.colleague()
    asked = command(company.slack, company.space.channel(account), account, "help")
    elsewhere = Delivery(asked.kind, asked.body | {"response_url": "http://127.0.0.1:9/steal"})
    assert company.sender.post(*encoded(elsewhere)).status == 200
    company.worked_off()
    assert "What you can ask for" in told(company, account).text
    assert company.one("SELECT count(*) FROM slack_outbox WHERE channel LIKE '%%127.0.0.1:9%%'") == 0
