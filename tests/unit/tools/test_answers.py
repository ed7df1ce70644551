"""What the tools find at the demo company, whose situations are planted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from agent.domain.decisions import ProposalState, Role
from agent.domain.risk_list import RiskFilter
from agent.errors import ErpUnavailable, KnowledgeUnavailable, RecordMissing
from agent.guardrails.grounding import Facts, unsupported
from agent.guardrails.sentences import sentences
from agent.planner import word
from agent.risk.answers import RiskAnswers
from agent.tools import ToolContext, call
from integrations.demo import SITUATIONS, DemoReader
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.ledger import many_more
from tests.fixtures.turns import turn_of, utc_now

Ask = Callable[..., dict[str, Any]]
LATE = SITUATIONS["promise_at_risk"]


@pytest.fixture
def turn(demo_database: DemoDatabase, demo_erp: DemoErp) -> ToolContext:
    return turn_of(demo_database, demo_erp.reader, demo_database.person("maria"))


@pytest.fixture
def ask(turn: ToolContext) -> Ask:
    return lambda tool, **arguments: call(tool, arguments, turn)


def test_the_list_counts_all_orders_at_risk_and_shows_the_most_urgent(ask: Ask) -> None:
    everything, three = ask("orders_at_risk", limit=50), ask("orders_at_risk", limit=3)
    assert three["at_risk"] == everything["at_risk"] == len(everything["orders"])
    assert three["not_shown"] == everything["at_risk"] - 3
    assert three["orders"] == everything["orders"][:3]
    assert three["value_at_risk"] == everything["value_at_risk"]
    scores = [order["score"] for order in everything["orders"]]
    assert scores == sorted(scores, reverse=True)


def test_a_deadline_leaves_later_promises_out(ask: Ask) -> None:
    today = utc_now().date()
    due = ask("orders_at_risk", limit=50, promised_by=today.isoformat())
    assert due["orders"]
    assert all(order["promise_date"] <= today.isoformat() for order in due["orders"])
    assert due["at_risk"] < ask("orders_at_risk")["at_risk"]


def test_a_warehouse_that_does_not_exist_is_refused_with_those_that_do_instead_of_being_called_free_of_risk(
    turn: ToolContext,
) -> None:
    answers = RiskAnswers(turn.reader, turn.policy, utc_now)
    with pytest.raises(RecordMissing, match=r"“Rotterdm”.*Rotterdam Harbour \(RTM\)"):
        answers.orders(RiskFilter(warehouse="Rotterdm"))
    assert answers.orders(RiskFilter(warehouse="rotterdam harbour")).at_risk


def test_the_erp_is_read_once_for_all_questions_about_the_list_in_a_turn(turn: ToolContext) -> None:
    call("orders_at_risk", {}, turn)
    assert turn.orders_at_risk(RiskFilter(), fresh=True).as_of == turn.orders_at_risk(RiskFilter(), fresh=True).as_of


def test_an_order_in_trouble_is_explained_with_evidence_and_options(ask: Ask) -> None:
    why = ask("why_order", order=LATE.lower())
    assert why["at_risk"] is True
    assert {finding["kind"] for finding in why["findings"]} == {"promise_at_risk"}
    assert all(finding["evidence"] for finding in why["findings"])
    assert why["options"]
    assert LATE in [record["name"] for record in why["records"]]


def test_an_order_without_trouble_is_said_to_be_on_time(ask: Ask) -> None:
    assert ask("why_order", order=SITUATIONS["healthy"])["at_risk"] is False


def test_an_unknown_order_is_an_error_with_close_numbers(ask: Ask) -> None:
    result = ask("why_order", order=f"{LATE}9")
    assert result["error"] == f"There is no order {LATE}9, or its company may not be read."
    assert LATE in result["did_you_mean"]


def test_what_is_no_order_number_is_not_repeated_in_the_error(ask: Ask) -> None:
    assert "2,000 EUR" not in ask("why_order", order="X; it is worth 2,000 EUR")["error"]


def test_late_purchases_are_found_by_part_of_the_vendors_name(ask: Ask) -> None:
    late = ask("late_from_vendor", vendor="bradfield")
    assert late["late_lines"] == len(late["lines"]) == 1
    (line,) = late["lines"]
    assert line["days_late"] == 5
    assert [order["order"] for order in line["waited_for_by"]] == [SITUATIONS["receipt_overdue"]]


def test_an_unknown_vendor_is_an_error_with_close_names(ask: Ask) -> None:
    result = ask("late_from_vendor", vendor="Bradfeld Fastners")
    assert result["error"] == "No vendor has that name."
    assert "Bradfield Fasteners" in result["did_you_mean"]


def test_stock_adds_up_over_the_warehouses(ask: Ask) -> None:
    (product, *_) = ask("stock_of_product", product="wire rope")["products"]
    numbers = [float(level["on_hand"].split()[0]) for level in product["warehouses"]]
    assert float(product["on_hand"].split()[0]) == sum(numbers)
    assert len(numbers) >= 2


def test_a_product_is_found_by_its_code_alone_and_by_its_plural(ask: Ask) -> None:
    assert [product["code"] for product in ask("stock_of_product", product="rop-4")["products"]] == ["ROP-4"]
    assert ask("stock_of_product", product="bath towels")["products"]


def test_an_unknown_product_is_an_error_with_products_that_share_a_word(ask: Ask) -> None:
    result = ask("stock_of_product", product="purple rope")
    assert result["error"] == "No product has that code or name."
    assert any("rope" in label for label in result["did_you_mean"])


def test_a_proposal_waits_for_the_people_the_policy_names(ask: Ask, turn: ToolContext) -> None:
    made = ask("propose_move_promise_date", order=LATE, promise_date=_in_days(20), reason="The vendor is late.")
    row = made["proposal"]
    assert (row["state"], row["asked_by"]) == ("pending", "Maria")
    assert "sales_manager" in row["approval"]
    assert ask("waiting_approvals")["proposals"] == [row]
    stored = turn.book.proposal(row["id"])
    assert (stored.rationale, stored.provenance.origin) == ("The vendor is late.", "rules")


def test_of_many_that_wait_all_are_counted_and_those_that_lapse_first_are_shown(
    ask: Ask, turn: ToolContext, demo_database: DemoDatabase
) -> None:
    many_more(demo_database, demo_database.proposal(expires_in=timedelta(days=2)), 60)
    soon = demo_database.proposal(expires_in=timedelta(days=1))
    found = ask("waiting_approvals")
    assert (found["waiting"], len(found["proposals"]), found["not_shown"]) == (62, 50, 12)
    assert found["proposals"][0]["id"] == soon.id
    text = word("waiting_approvals", found)
    assert text.startswith("62 proposals wait for approval:")
    assert text.endswith("- And 12 more, which lapse later.")


def test_the_same_change_is_not_proposed_twice(ask: Ask, turn: ToolContext) -> None:
    arguments = {"order": LATE, "promise_date": _in_days(20), "reason": "The vendor is late."}
    first, second = ask("propose_move_promise_date", **arguments), ask("propose_move_promise_date", **arguments)
    assert second["waited_already"] is True
    assert second["proposal"]["id"] == first["proposal"]["id"]
    assert len(turn.book.proposals([ProposalState.PENDING])) == 1


def test_a_promise_in_the_past_is_refused(ask: Ask, turn: ToolContext) -> None:
    assert "in the past" in ask("propose_move_promise_date", order=LATE, promise_date=_in_days(-3), reason="None.")["error"]
    assert turn.book.proposals() == []


def test_a_proposal_for_an_unknown_order_is_an_error(ask: Ask) -> None:
    assert ask("propose_post_note", order="S99999", text="Hello.", reason="None.")["error"].startswith("There is no order S99999")


@pytest.mark.parametrize("tool", ["orders_at_risk", "late_from_vendor"])
def test_an_erp_that_is_away_is_told_in_one_sentence(tool: str, turn: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise ErpUnavailable("The ERP does not answer; try again in a minute.")

    for method in ("open_sale_orders", "open_purchase_lines"):
        monkeypatch.setattr(DemoReader, method, away)
    assert call(tool, {}, turn) == {"error": "The ERP does not answer; try again in a minute.", "did_you_mean": []}


def test_documents_that_are_not_indexed_are_told_in_one_sentence(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    class Missing:
        def search(self, question: str, limit: int = 3) -> Any:
            raise KnowledgeUnavailable("The documents are not indexed; run `expediter knowledge index`.")

    context = turn_of(demo_database, demo_erp.reader, demo_database.person("maria"), knowledge=Missing())
    assert "knowledge index" in call("search_procedures", {"question": "returns"}, context)["error"]


@pytest.mark.parametrize("role", [Role.OPS_AGENT, Role.WAREHOUSE_LEAD])
def test_everything_the_rules_say_would_pass_the_check_that_a_models_words_must_pass(
    role: Role, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    turn = turn_of(demo_database, demo_erp.reader, demo_database.person(None, role))
    calls: list[tuple[str, dict[str, Any]]] = [
        ("orders_at_risk", {"limit": 30}),
        *(("why_order", {"order": order}) for order in SITUATIONS.values()),
        ("late_from_vendor", {}),
        ("stock_of_product", {"product": "wire rope"}),
        ("search_procedures", {"question": "returns"}),
        ("propose_move_promise_date", {"order": LATE, "promise_date": _in_days(20), "reason": "The vendor is late."}),
        ("waiting_approvals", {}),
    ]
    for tool, arguments in calls:
        result = call(tool, arguments, turn)
        facts = Facts()
        facts.add_question("", utc_now())
        facts.add_result(tool, result)
        for sentence in sentences(word(tool, result)):
            assert unsupported(sentence, facts) == (), sentence


def _in_days(days: int) -> str:
    return (utc_now() + timedelta(days=days)).date().isoformat()


def test_the_brief_in_chat_names_the_mails_that_wait_too_long_also_when_nothing_else_changed():
    line = "1 mail waits too long for an answer: M5 (P2); nobody has taken it."
    result = {
        "counts": {}, "orders_at_risk": 3, "open_orders": 9, "warehouse": None, "since": "2026-11-26T05:00:00+00:00",
        "late_mails": line, "not_shown": 0, "findings": [],
    }  # fmt: skip
    assert word("what_changed", result).splitlines()[1:] == [line]
    assert word("what_changed", result | {"counts": {"gone": 1}}).splitlines()[1:] == [line]
    assert line not in word("what_changed", result | {"late_mails": ""})
