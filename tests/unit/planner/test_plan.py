"""Which questions the rule planner understands, and what it makes of dates."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from agent.planner import HELP, plan
from agent.planner.dates import read_date
from agent.planner.plan import EXAMPLES

#: A Saturday.
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


NOTE = {"order": "S00042", "reason": "A note for colleagues."}


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("which orders will miss their promise this week, and why?", "orders_at_risk", {"promised_by": "2026-11-29"}),
        ("Which orders will miss their promise next week?", "orders_at_risk", {"promised_by": "2026-11-29"}),
        ("which orders promised by friday are at risk?", "orders_at_risk", {"promised_by": "2026-11-27"}),
        ("Which orders are at risk?", "orders_at_risk", {}),
        ("top 3 orders at risk", "orders_at_risk", {"limit": 3}),
        ("show me the 5 worst orders", "orders_at_risk", {"limit": 5}),
        ("what is late?", "orders_at_risk", {}),
        ("which orders are late in Rotterdam?", "orders_at_risk", {"warehouse": "Rotterdam"}),
        ("which orders are at risk in lyon, read fresh", "orders_at_risk", {"fresh": True, "warehouse": "lyon"}),
        ("what is late in the lyon warehouse?", "orders_at_risk", {"warehouse": "lyon"}),
        (
            "orders at risk in Rotterdam Harbour this week",
            "orders_at_risk",
            {"warehouse": "Rotterdam Harbour", "promised_by": "2026-11-29"},
        ),
        ("which orders of warehouse RTM are late", "orders_at_risk", {"warehouse": "RTM"}),
        ("which orders are in trouble in each warehouse?", "orders_at_risk", {}),
        ("which warehouse has late orders?", "orders_at_risk", {}),
        ("what will be late in 3 days?", "orders_at_risk", {"promised_by": "2026-11-24"}),
        ("which orders are late in December?", "orders_at_risk", {}),
        ("what is new in Lyon since yesterday?", "what_changed", {"warehouse": "Lyon"}),
        ("how many orders are late?", "orders_at_risk", {}),
        ("why is S00042 late?", "why_order", {"order": "S00042"}),
        ("why will s00042 miss its promise date?", "why_order", {"order": "S00042"}),
        ("S00042?", "why_order", {"order": "S00042"}),
        ("what is the status of order S01111", "why_order", {"order": "S01111"}),
        ("will the promise of S00042 move to Friday?", "why_order", {"order": "S00042"}),
        ("what is late from Bradfield Fasteners?", "late_from_vendor", {"vendor": "Bradfield Fasteners"}),
        ("what's overdue from Kessler", "late_from_vendor", {"vendor": "Kessler"}),
        ("What is late from the vendor Azure Interior?", "late_from_vendor", {"vendor": "Azure Interior"}),
        ("which deliveries from Textil Minho are late?", "late_from_vendor", {"vendor": "Textil Minho"}),
        ("is vendor Kessler late?", "late_from_vendor", {"vendor": "Kessler"}),
        ("what does Kessler owe us?", "late_from_vendor", {"vendor": "Kessler"}),
        ("what is late from a vendor?", "late_from_vendor", {}),
        ("what is late from our vendors?", "late_from_vendor", {}),
        ("which purchases are overdue?", "late_from_vendor", {}),
        ("stock of towels by warehouse", "stock_of_product", {"product": "towels"}),
        ("how many TWL-2 are in stock, by warehouse?", "stock_of_product", {"product": "TWL-2"}),
        ("how many bath towels do we have?", "stock_of_product", {"product": "bath towels"}),
        ("how much stock is there of Linen napkin?", "stock_of_product", {"product": "Linen napkin"}),
        ("how much Nitrile gloves is there in each warehouse", "stock_of_product", {"product": "Nitrile gloves"}),
        ("do we have any safety harness in stock?", "stock_of_product", {"product": "safety harness"}),
        (
            "how much stock of Fall-arrest harness, ropes do we have by warehouse?",
            "stock_of_product",
            {"product": "Fall-arrest harness, ropes"},
        ),
        ("how many boxes of TWL-2 are there in Lyon?", "stock_of_product", {"product": "TWL-2"}),
        ("where is the wire rope?", "stock_of_product", {"product": "wire rope"}),
        ("What waits for approval?", "waiting_approvals", {}),
        ("what is waiting for my approval?", "waiting_approvals", {}),
        ("pending approvals", "waiting_approvals", {}),
        ("list the open proposals", "waiting_approvals", {}),
        ("how do we handle returns?", "search_procedures", {"question": "how do we handle returns?"}),
        (
            "what do we do when a vendor ships short?",
            "search_procedures",
            {"question": "what do we do when a vendor ships short?"},
        ),
        (
            "two cartons arrived crushed, what is our procedure?",
            "search_procedures",
            {"question": "two cartons arrived crushed, what is our procedure?"},
        ),
        ("what should we do about S00042?", "why_order", {"order": "S00042"}),
        (
            "move the promise date of S00042 to 2026-12-01, the vendor confirmed late",
            "propose_move_promise_date",
            {"order": "S00042", "promise_date": "2026-12-01", "reason": "the vendor confirmed late"},
        ),
        (
            "move S00042 to Friday, December 4",
            "propose_move_promise_date",
            {"order": "S00042", "promise_date": "2026-12-04", "reason": "No reason was given."},
        ),
        ("who approves a discount?", "search_procedures", {"question": "who approves a discount?"}),
        (
            "move the promise date of S00042 to 2026-12-01 because the receipt is late",
            "propose_move_promise_date",
            {"order": "S00042", "promise_date": "2026-12-01", "reason": "the receipt is late"},
        ),
        (
            "Please move S00042 to next Friday",
            "propose_move_promise_date",
            {"order": "S00042", "promise_date": "2026-11-27", "reason": "No reason was given."},
        ),
        (
            "set the promise of S01222 to 1 December, due to the vendor's delay.",
            "propose_move_promise_date",
            {"order": "S01222", "promise_date": "2026-12-01", "reason": "the vendor's delay"},
        ),
        ("add a note to S00042: customer was called", "propose_post_note", NOTE | {"text": "customer was called"}),
        ('leave a note on s00042 saying "the truck is late"', "propose_post_note", NOTE | {"text": "the truck is late"}),
        ("add a note saying call them to S00042", "propose_post_note", NOTE | {"text": "call them"}),
    ],
)
def test_a_question_becomes_the_tool_call_that_answers_it(question: str, tool: str, arguments: dict[str, Any]) -> None:
    (call,) = plan(question, NOW).calls
    assert (call.tool, call.arguments) == (tool, arguments)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("hello", EXAMPLES),
        ("what can you do?", EXAMPLES),
        ("", EXAMPLES),
        ("write me a poem", HELP),
        ("move S00042", "To which date should S00042 move?"),
        ("postpone S00042 by a while", "To which date"),
        ("add a note", "Which order should the note go to?"),
        ("add a note to S00042", "What should the note on S00042 say?"),
        ("approve P12", "`expediter approve P12`"),
        ("please reject p7", "`expediter approve P7`"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_can_be_asked(question: str, says: str) -> None:
    made = plan(question, NOW)
    assert not made.calls
    assert says in made.reply


def test_two_orders_in_one_question_are_both_looked_at() -> None:
    calls = plan("why are S00042 and S00043 late, and S00042 again?", NOW).calls
    assert [call.arguments["order"] for call in calls] == ["S00042", "S00043"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("1 December 2026", date(2026, 12, 1)),
        ("December 1st", date(2026, 12, 1)),
        ("1.12.2026", date(2026, 12, 1)),
        ("3 Jan", date(2027, 1, 3)),
        ("today", date(2026, 11, 21)),
        ("tomorrow", date(2026, 11, 22)),
        ("the day after tomorrow", date(2026, 11, 23)),
        ("in 3 days", date(2026, 11, 24)),
        ("in a week", date(2026, 11, 28)),
        ("in two weeks", date(2026, 12, 5)),
        ("friday", date(2026, 11, 27)),
        ("Saturday", date(2026, 11, 28)),
        ("next friday", date(2026, 11, 27)),
        ("next saturday", date(2026, 11, 28)),
        ("next week", date(2026, 11, 23)),
        ("31 February 2027", None),
        ("soon", None),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert read_date(text, NOW.date()) == day


@pytest.mark.parametrize(("today", "sunday"), [(16, 22), (20, 22), (21, 29), (22, 29)])
def test_on_a_weekend_this_week_is_the_one_about_to_begin(today: int, sunday: int) -> None:
    planned = plan("which orders are at risk this week?", datetime(2026, 11, today, 12, tzinfo=UTC))
    assert planned.calls[0].arguments == {"promised_by": f"2026-11-{sunday}"}
