"""`/expediter risk` and `why`: tables from the last scan, for whoever asked alone, and what can be done at a click."""

from collections.abc import Iterator

import pytest

from agent.domain.decisions import Role
from tests.fixtures.postgres import TestDatabase
from tests.fixtures.slack.deliveries import command, modal, press
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.screen import said
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
