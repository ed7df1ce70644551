"""One late purchase decided on as one request, together or line by line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Person, Proposal, Provenance, Role, Verdict
from agent.execution import ExecutionContext
from agent.jobs.executor import sweep
from agent.jobs.worker import propose_change
from agent.ports.ledger import ProposedLine
from agent.risk.causes import find_cause, snapshot_of_cause
from agent.risk.impact import impact
from agent.risk.taking import take_snapshot
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.ledger import decide, revised
from tests.fixtures.packaged_policy import PACKAGED_POLICY
from tests.fixtures.postgres import TestDatabase, note_content
from tests.fixtures.turns import utc_now, worker_of
from tests.integration.app.conftest import As


def make_group(database: TestDatabase, asker: Person, orders: tuple[str, ...]) -> list[Proposal]:
    until = datetime.now(UTC) + timedelta(days=1)
    lines = [ProposedLine(note_content(order), until) for order in orders]
    group = PostgresProposalDesk(database.pool("worker")).propose_together(
        "Notes for all",
        lines,
        inbound_id=database.inbound(asker),
        rationale="The vendor is late.",
        provenance=Provenance("rules"),
    )
    return list(group.lines)


def click_on(lines: list[Any], verdict: str = "approve", **more: Any) -> dict[str, Any]:
    shown = [{"proposal_id": line.id, "sha256": line.sha256} for line in lines]
    return {"verdict": verdict, "lines": shown} | more


def test_one_click_decides_on_every_line_the_person_may_decide_on(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    asker, sofia = database.person("kai"), database.person("sofia")
    first, second, third = make_group(database, asker, ("S00041", "S00042", "S00043"))
    decide(database, second, sofia, Verdict.REJECT, last=False)
    stale = click_on([first, second, third])
    stale["lines"][2]["sha256"] = "0" * 64
    answer = api.post("/v1/groups/1/decisions", json=stale, headers=signed_in(sofia)).json()
    assert (answer["decided"], answer["granted"]) == (["P1"], ["P1"])
    assert [(line["label"], line["kind"]) for line in answer["not_decided"]] == [
        ("P2", "decision_refused"),
        ("P3", "stale_shown"),
    ]
    assert [line["state"] for line in answer["group"]["lines"]] == ["granted", "rejected", "pending"]
    assert answer["group"]["asker"] == "kai"


def test_whoever_asked_for_the_group_decides_on_no_line_of_it_also_not_an_edited_one(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    asker, editor = database.person("kai"), database.person("eve")
    first, second = make_group(database, asker, ("S00041", "S00042"))
    new = revised(database, first, editor)
    assert new.group_id == 1
    answer = api.post("/v1/groups/1/decisions", json=click_on([new, second]), headers=signed_in(asker)).json()
    assert answer["decided"] == []
    assert {line["kind"] for line in answer["not_decided"]} == {"own_proposal"}
    answer = api.post("/v1/groups/1/decisions", json=click_on([new, second]), headers=signed_in(editor)).json()
    assert (answer["decided"], [line["label"] for line in answer["not_decided"]]) == (["P2"], [new.label])
    assert [line["label"] for line in answer["group"]["lines"]] == ["P2", new.label], "the line as it is now"


def test_rejecting_a_group_takes_a_reason_and_a_line_of_another_group_is_none_of_it(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    lines, others = (
        make_group(database, database.person(), ("S00041", "S00042")),
        make_group(database, database.person(), ("S0",)),
    )
    who = signed_in(database.person())
    assert api.post("/v1/groups/1/decisions", json=click_on(lines, "reject"), headers=who).status_code == 409
    answer = api.post("/v1/groups/1/decisions", json=click_on([*lines, *others], "reject", reason="No."), headers=who).json()
    assert (answer["decided"], answer["granted"]) == (["P1", "P2"], [])
    assert answer["not_decided"][0]["why"] == "P3 is no line of G1."
    assert api.get("/v1/groups/7", headers=who).status_code == 404


def test_eight_people_who_decide_on_a_group_at_once_leave_one_grant_a_line(
    api: TestClient, database: TestDatabase, signed_in: As
) -> None:
    lines = make_group(database, database.person(), tuple(f"S0004{number}" for number in range(6)))
    people, start = [signed_in(database.person()) for _ in range(8)], Barrier(8)

    def click(who: dict[str, str]) -> int:
        start.wait()
        chosen = lines if int(who["Authorization"][-1], 36) % 2 else lines[::-1]
        return len(api.post("/v1/groups/1/decisions", json=click_on(chosen), headers=who).json()["granted"])

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, people)) == 6
    assert database.one("admin", "SELECT count(*) FROM approval_grant") == 6


def test_a_line_joins_no_group_of_another_question(database: TestDatabase) -> None:
    make_group(database, database.person(), ("S00041",))
    inbound = database.inbound(database.person())
    with pytest.raises(psycopg.DatabaseError, match="answers the question that the group answers"):
        database.one(
            "worker",
            "INSERT INTO proposal (inbound_id, content, rationale, origin, expires_at, group_id)"
            " VALUES (%s, %s, 'x', 'rules', %s, 1)",
            inbound, note_content().canonical(), datetime.now(UTC) + timedelta(days=1),
        )  # fmt: skip


def test_one_late_purchase_becomes_one_request_that_is_approved_and_carried_out(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, demo_signed_in: As
) -> None:
    kai, tom = demo_database.person("kai", Role.OPS_AGENT), demo_database.person("tom", Role.SALES_MANAGER)
    cause = _vendor_whose_delay_breaks_several_promises(demo_erp, 20)
    late = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    asked = demo_api.post(
        "/v1/groups", json={"cause": cause, "new_date": late, "reason": "The vessel is late."}, headers=demo_signed_in(kai)
    )
    propose_change(asked.json()["inbound_id"], worker_of(demo_database, demo_erp.reader))
    group = demo_api.get("/v1/groups/1", headers=demo_signed_in(tom)).json()
    assert len(group["lines"]) >= 2
    assert {line["action"] for line in group["lines"]} == {"move_promise_date"}
    shown = [{"proposal_id": line["id"], "sha256": line["sha256"]} for line in group["lines"]]
    answer = demo_api.post(
        "/v1/groups/1/decisions", json={"verdict": "approve", "lines": shown}, headers=demo_signed_in(tom)
    ).json()
    assert len(answer["decided"]) + len(answer["not_decided"]) == len(shown)
    assert answer["granted"]
    context = ExecutionContext(
        PostgresExecutionDesk(demo_database.pool("executor")), demo_erp.reader, demo_erp.writer, lambda: PACKAGED_POLICY, utc_now
    )
    assert {str(outcome) for _, outcome in sweep(context)} == {"done"}
    for line in group["lines"]:
        [order] = demo_erp.reader.sale_orders([line["subject"]["name"]])
        moved = order.promise_date is not None and order.promise_date.isoformat() == line["arguments"]["promise_date"]
        assert moved == (line["label"] in answer["granted"])


def _vendor_whose_delay_breaks_several_promises(erp: DemoErp, days: int) -> str:
    """By days that one approver may grant."""
    now = datetime.now(UTC)
    for name in sorted({line.vendor_name for line in take_snapshot(erp.reader, now).purchase_lines}):
        cause = find_cause(erp.reader, name)
        found = impact(snapshot_of_cause(erp.reader, cause, now), PACKAGED_POLICY, cause, now + timedelta(days=days))
        late = [order.days_late for order in found.orders if order.endangered]
        if len(late) >= 2 and max(late) <= 12:
            return name
    raise AssertionError("no vendor of the demo company whose delay breaks two promises")
