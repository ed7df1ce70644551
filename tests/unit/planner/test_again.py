"""`Read it fresh` alone means what was asked last."""

from datetime import UTC, datetime

import pytest

from agent.planner import plan
from agent.planner.calls import Call

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
LIST = Call("orders_at_risk", {"fresh": True, "warehouse": "Lyon"})


@pytest.mark.parametrize(
    "text",
    ["read it fresh", "Read it fresh, please!", "refresh", "again, fresh", "look again", "check that again from Odoo", "anew"],
)
def test_the_last_question_is_asked_again_of_the_erp(text):
    assert plan(text, NOW, ["which orders are late in Lyon?", "why is S00042 late?"]).calls == (LIST,)


def test_what_looked_nothing_up_and_what_was_proposed_is_passed_over():
    earlier = ["read it fresh", "thanks", "move S00042 to 2026-12-01", "which orders are late in Lyon?"]
    assert plan("read it fresh", NOW, earlier).calls == (LIST,)


def test_a_question_that_reads_the_erp_in_any_case_is_just_repeated():
    assert plan("again", NOW, ["stock of towels"]).calls == (Call("stock_of_product", {"product": "towels"}),)


def test_without_an_earlier_question_it_says_so():
    assert "Nothing was asked yet" in plan("read it fresh", NOW).reply


@pytest.mark.parametrize("text", ["which orders are late, read fresh", "is S00042 late again?"])
def test_a_question_of_its_own_is_answered_for_itself(text):
    assert plan(text, NOW, ["stock of towels"]).calls[0].tool in ("orders_at_risk", "why_order")
