"""Questions about what changed, what something endangers, and answers that are wanted fresh."""

from datetime import UTC, datetime

import pytest

from agent.planner import plan

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def called(question: str) -> list[tuple[str, dict[str, object]]]:
    return [(call.tool, call.arguments) for call in plan(question, NOW).calls]


@pytest.mark.parametrize(
    "question",
    [
        "What is new since yesterday?",
        "what's changed",
        "give me the morning brief",
        "what has changed since yesterday?",
        "brief me",
    ],
)
def test_what_is_new_asks_for_the_brief(question):
    assert called(question) == [("what_changed", {})]


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("which orders wait for P00222?", {"cause": "P00222"}),
        ("who is affected by p00222", {"cause": "P00222"}),
        ("what if P00222 comes on 2026-12-20?", {"cause": "P00222", "new_date": "2026-12-20"}),
    ],
)
def test_a_purchase_is_asked_for_the_orders_behind_it(question, arguments):
    assert called(question) == [("impact_of", arguments)]


def test_an_order_is_still_asked_why():
    assert called("what is new with S01222?") == [("why_order", {"order": "S01222"})]


@pytest.mark.parametrize(
    ("question", "tool"),
    [("read it fresh: which orders are at risk?", "orders_at_risk"), ("why is S01222 late, fresh please", "why_order")],
)
def test_a_fresh_answer_can_be_asked_for(question, tool):
    ((name, arguments),) = called(question)
    assert (name, arguments["fresh"]) == (tool, True)
