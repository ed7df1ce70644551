"""What stands below an answer: its list as a table, how it was worked out, and asking the same anew."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agent.domain.chat import PartKind
from agent.domain.decisions import Role
from tests.fixtures.slack.deliveries import mention, modal, press
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.state import Fault, Message
from tests.integration.slack.test_answers import SENTENCES, WHOLE, asked, final, release, shown_whole, the_answer, words_of

ERP = {"odoo_url": "https://erp.example.com", "odoo_database": "live", "odoo_reader_login": "r", "odoo_reader_key": "k"}
ORDER_URL = "https://erp.example.com/odoo/sales/42"
READ = {
    "tool": "why_order",
    "looked_at": "One order, and what it waits for",
    "as_of": "2026-11-27T08:55:00+00:00",
    "read_anew": False,
    "records": [{"name": "S00042", "url": ORDER_URL}, {"name": "P00017", "url": None}],
    "records_in_all": 2,
    "found": [{"rule": "receipt_overdue", "severity": "high", "summary": "P00017 <from Brakel> is 4 days late & open."}],
    "not_looked_at": [],
    "error": None,
}
WORKED = {"worded_by": "rules", "policy": "v1-3fa9c0d2", "reads": [READ]}
TABLE = {
    "columns": ["Order", "Customer"],
    "rows": [
        [{"text": "S00042", "url": ORDER_URL}, {"text": "Brouwer <b>", "url": None}],
        [{"text": "S00043", "url": "https://evil.example/x"}, {"text": "", "url": None}],
    ],
    "not_shown": 5,
}


def answered(company: SlackCompany, **body: Any) -> tuple[str, Message]:
    """Who asked, and the answer on screen."""
    question, channel = asked(company)
    release(company, question, PartKind.SENTENCE, text=WHOLE)
    final(company, question, **{"worked_out": WORKED, "table": TABLE} | body)
    shown_whole(company)
    return "U" + channel[1:], the_answer(company, channel)


def tables(message: Message) -> list[Any]:
    return [block for block in message.blocks if block["type"] == "table"]


def said_privately(company: SlackCompany, account: str) -> str:
    return str([one.text for one in company.space.whispered(account)])


def test_a_list_is_a_table_that_links_to_the_erp_alone_and_says_what_is_not_in_it(company: SlackCompany) -> None:
    with sending(company, **ERP):
        _, message = answered(company)
    (table,) = tables(message)
    assert len(table["rows"]) == 3
    assert ORDER_URL in str(table)
    assert "evil" not in str(table)
    assert "5 more are not in this table" in str(message.blocks)


def test_a_long_answer_leaves_room_for_a_shorter_table(company: SlackCompany) -> None:
    long = " ".join(f"Order S{number:05d} is late by a day." for number in range(250))
    rows = [[{"text": f"S{number:05d}", "url": None}, {"text": "Brouwer " * 30, "url": None}] for number in range(15)]
    with sending(company, **ERP):
        question, channel = asked(company)
        final(company, question, long, worked_out=WORKED, table=TABLE | {"rows": rows})
        shown_whole(company)
    (table,) = tables(the_answer(company, channel))
    assert 3 <= len(table["rows"]) < 16


def test_an_answer_whose_table_slack_does_not_take_is_shown_without_it(company: SlackCompany) -> None:
    company.space.fail("chat.postMessage", Fault("refused", "invalid_blocks"))
    with sending(company, **ERP):
        _, message = answered(company)
    assert words_of(message) == WHOLE
    assert tables(message) == []


def test_how_it_was_worked_out_opens_with_what_was_read_when_and_by_which_rule(company: SlackCompany) -> None:
    with sending(company, **ERP):
        account, message = answered(company)
        company.send(press(company.slack, message, account, "answer_how"))
        company.space.until(lambda: company.space.stacks[account])
    shown = str(modal(company.space, account)["blocks"])
    for wanted in (
        "Why is S00042 late?", "One order, and what it waits for", "from the last scan", "P00017", ORDER_URL, "receipt overdue",
        "is 4 days late & open", "v1-3fa9c0d2", "without a language model",
    ):  # fmt: skip
        assert wanted in shown, wanted


@pytest.mark.parametrize(("role", "sees"), [(Role.OPS_MANAGER, True), (Role.WAREHOUSE_LEAD, False)])
def test_others_in_the_channel_see_how_only_if_they_may_see_all_that_the_asker_may(
    company: SlackCompany, role: Role, sees: bool
) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    channel = company.space.channel(ana)
    company.send(*mention(company.space, channel, ana, "why is S00042 late?"))
    company.worked_off()
    with sending(company, **ERP):
        final(company, company.one("SELECT max(id) FROM inbound"), worked_out=WORKED)
        shown_whole(company)
        _, other = company.colleague(role)
        company.space.channels[channel]["members"].append(other)
        company.send(press(company.slack, the_answer(company, channel), other, "answer_how"))
        company.space.until(lambda: company.space.stacks[other] or "Only whoever asked" in said_privately(company, other))
    assert bool(company.space.stacks[other]) is sees


def test_refresh_asks_the_same_to_be_read_fresh_once_while_it_waits(company: SlackCompany) -> None:
    with sending(company, **ERP):
        account, message = answered(company)
        company.send(press(company.slack, message, account, "answer_again"))
        company.space.until(lambda: "read it anew" in said_privately(company, account))
        company.send(press(company.slack, message, account, "answer_again"))
        company.space.until(lambda: "looked up already" in said_privately(company, account))
        assert company.one("SELECT string_agg(text, '|' ORDER BY id) FROM inbound") == (
            "Why is S00042 late?|Why is S00042 late? Read it fresh."
        )
        final(company, company.one("SELECT max(id) FROM inbound"), SENTENCES[0], worked_out=WORKED)
        shown_whole(company)
    first, second = (one for one in company.space.shown(message.channel) if one.thread_ts == message.thread_ts and one.blocks[1:])
    assert (words_of(first), words_of(second)) == (WHOLE, SENTENCES[0])


@pytest.mark.parametrize(("role", "private"), [(Role.OPS_MANAGER, True), (Role.WAREHOUSE_LEAD, False)])
def test_whoever_sees_more_than_the_asker_is_answered_privately_when_they_refresh(
    company: SlackCompany, role: Role, private: bool
) -> None:
    _, wanda = company.colleague(Role.WAREHOUSE_LEAD)
    channel = company.space.channel(wanda)
    company.send(*mention(company.space, channel, wanda, "why is S00042 late?"))
    company.worked_off()
    with sending(company, **ERP):
        final(company, company.one("SELECT max(id) FROM inbound"), worked_out=WORKED)
        shown_whole(company)
        _, other = company.colleague(role)
        company.space.channels[channel]["members"].append(other)
        company.send(press(company.slack, the_answer(company, channel), other, "answer_again"))
        company.space.until(lambda: company.one("SELECT count(*) FROM inbound") == 2)
    assert company.one("SELECT private FROM slack_question ORDER BY inbound_id DESC LIMIT 1") is private


def test_clicks_on_refresh_that_come_at_once_ask_once(company: SlackCompany) -> None:
    with sending(company, **ERP):
        account, message = answered(company)
        clicks = [press(company.slack, message, account, "answer_again") for _ in range(4)]
        with ThreadPoolExecutor(4) as fingers:
            list(fingers.map(company.send, clicks))
        company.space.until(lambda: said_privately(company, account).count("looked up already") == 3)
    assert company.one("SELECT count(*) FROM inbound") == 2


def test_refreshing_what_was_refreshed_asks_the_same_question(company: SlackCompany) -> None:
    with sending(company, **ERP):
        account, message = answered(company)
        company.send(press(company.slack, message, account, "answer_again"))
        company.space.until(lambda: company.one("SELECT count(*) FROM inbound") == 2)
        final(company, 2, SENTENCES[0])
        shown_whole(company)
        again = next(one for one in company.space.shown(message.channel) if words_of(one) == SENTENCES[0])
        company.send(press(company.slack, again, account, "answer_again"))
        company.space.until(lambda: company.one("SELECT count(*) FROM inbound") == 3)
    assert company.one("SELECT text FROM inbound ORDER BY id DESC LIMIT 1") == "Why is S00042 late? Read it fresh."


def test_an_answer_that_is_not_there_is_told_to_whoever_forges_its_number(company: SlackCompany) -> None:
    with sending(company, **ERP):
        account, message = answered(company)
        click = press(company.slack, message, account, "answer_how")
        click.body["actions"][0]["value"] = '{"id": "Q99999", "rev": ""}'
        company.send(click)
        company.space.until(lambda: "not known any more" in said_privately(company, account))
    assert not company.space.stacks[account]
