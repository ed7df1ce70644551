"""What stands below an answer: its list as a table, how it was worked out, and asking the same anew."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agent.domain.chat import PartKind
from agent.domain.decisions import Role
from tests.fixtures.slack.deliveries import modal, press
from tests.fixtures.slack.running import SlackCompany, sending
from tests.fixtures.slack.state import Fault, Message
from tests.integration.slack.test_answers import (
    SENTENCES,
    WHOLE,
    asked,
    final,
    mentioned,
    release,
    shown_whole,
    the_answer,
    words_of,
)
from tests.integration.slack.test_shared_channels import worker_ends

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


def in_a_channel(company: SlackCompany, asker: str, *others: str) -> Message:
    """An answer to a mention, as whoever asked sees it."""
    question, channel = mentioned(company, asker, *others)
    with sending(company, **ERP):
        final(company, question, worked_out=WORKED)
        shown_whole(company)
    worker_ends(company)
    return next(iter(company.space.shown(channel) or company.space.whispered(asker)))


def joins(company: SlackCompany, message: Message, account: str) -> str:
    company.space.channels[message.channel]["members"].append(account)
    return account


def refreshed(company: SlackCompany, message: Message, account: str) -> bool:
    """Whether the answer to a click on Refresh is for whoever clicked alone."""
    before = company.one("SELECT count(*) FROM inbound")
    company.send(press(company.slack, message, account, "answer_again"))
    company.space.until(lambda: company.one("SELECT count(*) FROM inbound") == before + 1)
    return bool(company.one("SELECT private FROM slack_question ORDER BY inbound_id DESC LIMIT 1"))


@pytest.mark.parametrize(("role", "sees"), [(Role.OPS_MANAGER, True), (Role.WAREHOUSE_LEAD, False)])
def test_others_in_the_channel_see_how_only_if_they_may_see_all_that_the_asker_may(
    company: SlackCompany, role: Role, sees: bool
) -> None:
    message = in_a_channel(company, company.colleague(Role.OPS_AGENT)[1])
    other = joins(company, message, company.colleague(role)[1])
    company.send(press(company.slack, message, other, "answer_how"))
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
def test_whoever_sees_more_than_the_others_there_is_answered_privately_when_they_refresh(
    company: SlackCompany, role: Role, private: bool
) -> None:
    message = in_a_channel(company, company.colleague(Role.WAREHOUSE_LEAD)[1])
    assert refreshed(company, message, joins(company, message, company.colleague(role)[1])) is private


@pytest.mark.parametrize("who", ["a stranger", "somebody who may not see prices", "nobody"])
def test_refresh_looks_anew_who_reads_along(company: SlackCompany, who: str) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    message = in_a_channel(company, ana)
    if who == "a stranger":
        joins(company, message, company.space.user("someone@elsewhere.example"))
    elif who == "somebody who may not see prices":
        joins(company, message, company.colleague(Role.WAREHOUSE_LEAD)[1])
    assert refreshed(company, message, ana) is (who != "nobody")


def test_where_slack_does_not_say_who_reads_along_a_refreshed_answer_is_private(company: SlackCompany) -> None:
    _, ana = company.colleague(Role.OPS_AGENT)
    message = in_a_channel(company, ana)
    company.space.fail("conversations.members", Fault("5xx"))
    assert refreshed(company, message, ana)


def test_what_was_answered_privately_stays_so_though_whoever_saw_less_has_left(company: SlackCompany) -> None:
    (_, ana), (_, walter) = company.colleague(Role.OPS_AGENT), company.colleague(Role.WAREHOUSE_LEAD)
    message = in_a_channel(company, ana, walter)
    assert message.only_for == ana
    company.space.channels[message.channel]["members"].remove(walter)
    assert refreshed(company, message, ana)


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
