"""When an answer comes with a picture, and what is drawn."""

import pytest

from agent.domain.chat import PartKind
from agent.errors import PreconditionFailed
from agent.graphs.picturing import pictured
from agent.graphs.rules import RuleChat
from agent.jobs.worker import scan
from app.wiring.slack_pictures import SlackPictures
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.turns import turn_of, worker_of

WHY = ("why_order", {"order": "S00042", "at_risk": True})
LIST = ("orders_at_risk", {"at_risk": 3})


@pytest.mark.parametrize(("question", "results", "kind"), [
    ("Why is S00042 late?", [WHY], "timeline"),
    ("Why is S00042 late?", [WHY, WHY], "timeline"),
    ("Why are S00042 and S00043 late?", [WHY, ("why_order", {"order": "S00043", "at_risk": True})], None),
    ("Why is S00042 late?", [("why_order", {"order": "S00042", "at_risk": False})], None),
    ("Why is S00042 late?", [("why_order", {"error": "There is no such order."})], None),
    ("Which orders are at risk?", [LIST], None),
    ("Show me the ageing of orders at risk", [LIST], "ageing"),
    ("How late are our orders by warehouse?", [LIST], "ageing"),
    ("The aging of orders at risk, please", [("orders_at_risk", {"at_risk": 0})], None),
    ("Aging?", [], None),
])  # fmt: skip
def test_one_order_has_a_timeline_and_a_list_a_picture_where_it_is_asked_for(
    question: str, results: list[tuple[str, dict[str, object]]], kind: str | None
) -> None:
    found = pictured(question, results)
    assert (found and found["kind"]) == kind


def test_both_pictures_are_drawn_from_what_was_asked_about(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    maria, context = demo_database.person("maria"), worker_of(demo_database, demo_erp.reader)
    draw = SlackPictures(context)
    with pytest.raises(PreconditionFailed, match="scanned"):
        draw({"kind": "ageing", "order": None})
    scan(context)
    question = "Which orders are at risk?"
    *_, listed = RuleChat().answer(question, "one", turn_of(demo_database, demo_erp.reader, maria, question))
    order = listed.body["table"]["rows"][0][0]["text"]
    question = f"Why is {order} late?"
    *_, last = RuleChat().answer(question, "one", turn_of(demo_database, demo_erp.reader, maria, question))
    assert last.kind is PartKind.FINAL
    timeline = draw(last.body["picture"])
    ageing = draw({"kind": "ageing", "order": None})
    for picture in (timeline, ageing):
        assert picture.png.startswith(b"\x89PNG")
    assert timeline.described.startswith(f"{order}, ")
    assert "orders" in ageing.described
