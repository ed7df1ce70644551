"""What every tool has to be, whoever writes the next one."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent.actions import ACTIONS, Action
from agent.domain.decisions import Person, Role
from agent.guardrails.permissions import Permission
from agent.tools import TOOLS, Effect, Tool, ToolArguments, ToolContext, call, offered
from agent.tools.base import NOBODY_ASKS, NOT_ALLOWED
from integrations.demo import SITUATIONS
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.scans import full, publish
from tests.fixtures.turns import turn_of, utc_now

EVERY_TOOL = pytest.mark.parametrize("tool", TOOLS.values(), ids=list(TOOLS))
IDENTITY = ("asker", "person", "user", "who", "role", "handle", "approver", "inbound", "conversation", "token")
SOON = (utc_now() + timedelta(days=20)).date().isoformat()
ARGUMENTS: dict[str, dict[str, Any]] = {
    "orders_at_risk": {},
    "why_order": {"order": SITUATIONS["promise_missed"]},
    "impact_of": {"cause": "wire rope, 12"},
    "what_changed": {},
    "late_from_vendor": {},
    "stock_of_product": {"product": "wire rope"},
    "waiting_approvals": {},
    "propose_new_dates": {"cause": "Textil Minho", "reason": "The vendor is late.", "new_date": SOON},
    "search_procedures": {"question": "returns"},
    "propose_move_promise_date": {
        "order": SITUATIONS["promise_at_risk"],
        "promise_date": SOON,
        "reason": "The vendor is late.",
    },
    "propose_post_note": {"order": SITUATIONS["promise_at_risk"], "text": "Call the vendor.", "reason": "It is late."},
}


@EVERY_TOOL
def test_a_tool_says_what_it_is_for_and_what_each_argument_means(tool: Tool) -> None:
    assert len(tool.description.split()) >= 12
    for field in tool.arguments.model_fields.values():
        assert field.description


@EVERY_TOOL
def test_a_tool_takes_typed_arguments_and_no_others(tool: Tool) -> None:
    assert issubclass(tool.arguments, ToolArguments)
    assert tool.arguments.model_config["extra"] == "forbid"
    assert tool.arguments.model_config["frozen"]
    assert "args" not in tool.arguments.model_fields, "an argument of this name breaks the agent library"


@EVERY_TOOL
def test_identity_is_never_an_argument(tool: Tool) -> None:
    assert not [name for name in tool.arguments.model_fields if any(word in name for word in IDENTITY)]


@EVERY_TOOL
def test_only_proposing_tools_are_named_so_and_need_the_right_to_propose(tool: Tool) -> None:
    proposing = tool.effect is Effect.PROPOSE
    assert tool.name.startswith("propose_") == proposing
    assert tool.permission is (Permission.PROPOSE if proposing else Permission.READ)


@pytest.mark.parametrize("tool", [TOOLS[name] for name in ARGUMENTS], ids=list(ARGUMENTS))
def test_a_result_is_json_and_cites_the_records_it_rests_on(tool: Tool, demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    publish(demo_database, full())
    context = turn_of(demo_database, demo_erp.reader, demo_database.person("maria"))
    result = call(tool.name, ARGUMENTS[tool.name], context)
    assert "error" not in result
    assert json.loads(json.dumps(result)) == result
    assert all(set(record) == {"model", "id", "name", "url"} for record in result["records"])
    assert context.turn.results == [(tool.name, result)]


def test_every_tool_that_only_reads_is_among_those_tried() -> None:
    assert {name for name, tool in TOOLS.items() if tool.effect is Effect.READ} <= set(ARGUMENTS)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_an_action_is_proposed_with_its_own_arguments_and_a_reason(action: Action[Any]) -> None:
    tool = TOOLS[f"propose_{action.name}"]
    assert tool.arguments.model_fields.keys() == {*action.arguments.model_fields, "reason"}
    assert tool.description.startswith(action.description)
    assert action.description.endswith(".")
    assert not action.undo.endswith(".")


def test_a_reading_tool_never_sees_a_desk(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    seen: list[ToolContext] = []

    def look(context: ToolContext, arguments: Any) -> dict[str, Any]:
        seen.append(context)
        return {"records": []}

    context = turn_of(demo_database, demo_erp.reader, demo_database.person("maria"))
    for tool in TOOLS.values():
        replace(tool, run=look, arguments=ToolArguments).call(context, {})
    desks = {tool.name: used.desk is not None for tool, used in zip(TOOLS.values(), seen, strict=True)}
    assert {name for name, has_desk in desks.items() if has_desk} == {
        "propose_new_dates",
        *(f"propose_{action}" for action in ACTIONS),
    }


@pytest.mark.parametrize("missing", ["desk", "asker", "inbound_id"])
def test_proposing_is_offered_only_to_a_person_whose_question_is_stored(
    missing: str, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    context = replace(turn_of(demo_database, demo_erp.reader, demo_database.person("maria")), **{missing: None})
    assert not [tool for tool in offered(context) if tool.effect is Effect.PROPOSE]
    result = call("propose_post_note", ARGUMENTS["propose_post_note"], context)
    assert result["error"] == NOBODY_ASKS
    assert demo_database.one("admin", "SELECT count(*) FROM proposal") == 0


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_a_role_that_may_not_propose_is_offered_no_proposals_and_refused_at_the_call(
    role: Role, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    context = turn_of(demo_database, demo_erp.reader, demo_database.person(None, role))
    assert {tool.effect for tool in offered(context)} == {Effect.READ}
    assert call("propose_post_note", ARGUMENTS["propose_post_note"], context)["error"] == NOT_ALLOWED
    assert demo_database.one("admin", "SELECT count(*) FROM proposal") == 0


@pytest.mark.parametrize("name", ARGUMENTS)
def test_whoever_may_not_see_prices_sees_no_amount_in_any_result(
    name: str, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    publish(demo_database, full())
    walter = demo_database.person("walter", Role.WAREHOUSE_LEAD)
    result = json.dumps(call(name, ARGUMENTS[name], turn_of(demo_database, demo_erp.reader, walter)), ensure_ascii=False)
    assert "error" not in result
    assert "EUR" not in result
    assert "€" not in result


def test_arguments_that_do_not_fit_are_an_error_in_words(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    context = turn_of(demo_database, demo_erp.reader, demo_database.person("maria"))
    assert "limit" in call("orders_at_risk", {"limit": 5000}, context)["error"]
    assert "approved" in call("why_order", {"order": "S00042", "approved": True}, context)["error"]
    assert call("execute", {}, context)["error"] == "There is no tool execute."


def test_somebody_without_any_role_is_offered_nothing(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    nobody = Person(0, "nobody", "Nobody", "nobody@example.com", frozenset())
    assert offered(replace(turn_of(demo_database, demo_erp.reader, None), asker=nobody)) == ()
