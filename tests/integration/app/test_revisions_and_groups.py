"""Editing, withdrawing, commenting, and one late purchase decided on as one request."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from agent.domain.decisions import Person, Proposal, ProposalState, Provenance, Role, Verdict
from agent.errors import DecisionRefused, NotPermitted, OwnProposal, PreconditionFailed
from agent.jobs.executor import sweep
from agent.jobs.worker import propose_change, propose_edit
from agent.ports.ledger import ProposedLine
from agent.risk.taking import take_snapshot
from app.settings import ServeSettings
from app.web import create_app
from app.wiring.serve import serve_context
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.execution_desk import PostgresExecutionDesk
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.ledger import decide, granted
from tests.fixtures.postgres import TestDatabase, note_content
from tests.fixtures.turns import worker_of


@pytest.fixture
def demo_api(demo_database: DemoDatabase) -> Iterator[TestClient]:
    with ExitStack() as stack:
        context = serve_context(ServeSettings.read(), demo_database.url("serve"), stack)
        yield stack.enter_context(TestClient(create_app(context), raise_server_exceptions=False))


def token(database: TestDatabase, person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {database.token(person)}"}


def note(database: TestDatabase, asker: Person, order: str, reader: Any, text: str = "Call the vendor.") -> Proposal:
    from agent.actions import prepare

    return database.proposal(asker, prepare("post_note", {"order": order, "text": text}, reader))


def a_late_order(erp: DemoErp) -> str:
    return erp.situations["promise_missed"]


def edited(
    api: TestClient, database: DemoDatabase, erp: DemoErp, shown: Proposal, who: dict[str, str], text: str = "Call them at noon."
) -> Any:
    wanted = {"sha256": shown.sha256, "changes": {"text": text}, "reason": "Noon is when they answer."}
    asked = api.post(f"/v1/proposals/{shown.id}/edits", json=wanted, headers=who)
    assert asked.status_code == 202, asked.json()
    propose_edit(asked.json()["inbound_id"], worker_of(database, erp.reader))
    return database.one(
        "admin", "SELECT body FROM answer_part WHERE inbound_id = %s ORDER BY seq DESC LIMIT 1", asked.json()["inbound_id"]
    )


# Editing


def test_an_edit_makes_a_new_proposal_that_neither_asker_nor_editor_may_approve(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    kai, eve = demo_database.person("kai", Role.BUYER), demo_database.person("eve", Role.SALES_MANAGER)
    tom = demo_database.person("tom", Role.SALES_MANAGER)
    shown = note(demo_database, kai, a_late_order(demo_erp), demo_erp.reader)
    answer = edited(demo_api, demo_database, demo_erp, shown, token(demo_database, eve))
    assert "takes its place" in answer["answer"]
    [number] = answer["proposals"]
    new = demo_api.get(f"/v1/proposals/{number}", headers=token(demo_database, tom)).json()
    assert (new["supersedes"], new["asker"], new["authors"]) == (shown.label, "eve", ["kai"])
    assert new["arguments"]["text"] == "Call them at noon."
    assert new["sha256"] != shown.sha256
    old = demo_api.get(f"/v1/proposals/{shown.id}", headers=token(demo_database, tom)).json()
    assert (old["state"], old["outcome_detail"]) == ("superseded", f"P{number} replaced it.")

    click = {"verdict": "approve", "sha256": new["sha256"]}
    for who in (kai, eve):
        refused = demo_api.post(f"/v1/proposals/{number}/decisions", json=click, headers=token(demo_database, who))
        assert (refused.status_code, refused.json()["kind"]) == (409, "own_proposal")
    assert demo_api.post(f"/v1/proposals/{number}/decisions", json=click, headers=token(demo_database, tom)).json()["granted"]


@pytest.mark.parametrize(
    ("changes", "status"), [({"order": "S00001"}, 409), ({"text": ""}, 409), ({"nonsense": "x"}, 409), ({}, 422)]
)
def test_only_what_the_action_names_can_be_edited(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, changes: dict[str, str], status: int
) -> None:
    shown = note(demo_database, demo_database.person(), a_late_order(demo_erp), demo_erp.reader)
    wanted = {"sha256": shown.sha256, "changes": changes, "reason": "Better."}
    who = token(demo_database, demo_database.person())
    assert demo_api.post(f"/v1/proposals/{shown.id}/edits", json=wanted, headers=who).status_code == status


def test_who_may_not_decide_may_not_edit(demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    asker = demo_database.person()
    shown = note(demo_database, asker, a_late_order(demo_erp), demo_erp.reader)
    wanted = {"sha256": shown.sha256, "changes": {"text": "x"}, "reason": "Better."}
    path = f"/v1/proposals/{shown.id}/edits"
    auditor = token(demo_database, demo_database.person(None, Role.AUDITOR))
    assert demo_api.post(path, json=wanted, headers=token(demo_database, asker)).json()["kind"] == "own_proposal"
    assert demo_api.post(path, json=wanted, headers=auditor).json()["kind"] == "not_permitted"


def test_approvals_of_what_was_edited_do_not_count_for_the_new_one(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    shown = note(demo_database, demo_database.person(), a_late_order(demo_erp), demo_erp.reader)
    decide(demo_database, shown, demo_database.person(), last=False)
    new = _revision(demo_database, shown)
    assert new.decisions == ()
    with pytest.raises(DecisionRefused, match=f"was edited; P{new.id} replaced it"):
        decide(demo_database, shown, demo_database.person(), step=1)


def _revision(database: TestDatabase, shown: Proposal, editor: Person | None = None, text: str = "Another.") -> Proposal:
    """As the worker's role makes one, from what serve stored."""
    asked = f'{{"proposal": {shown.id}, "sha256": "{shown.sha256}", "changes": {{"text": "x"}}, "reason": "x"}}'
    content = shown.content.model_copy(update={"arguments": shown.content.arguments | {"text": text}})
    return PostgresProposalDesk(database.pool("worker")).propose(
        content,
        inbound_id=database.inbound(editor or database.person(), asked, "edit"),
        rationale="edited",
        provenance=Provenance("rules"),
        expires_at=datetime.now(UTC) + timedelta(days=1),
        supersedes=shown.id,
    )


def test_the_chain_of_authors_is_as_long_as_the_edits(database: TestDatabase) -> None:
    asker, first, second = database.person(), database.person(), database.person()
    last = _revision(database, _revision(database, database.proposal(asker), first), second, "A third.")
    for who in (asker, first, second):
        with pytest.raises(OwnProposal):
            decide(database, last, who)
        with pytest.raises(OwnProposal):
            decide(database, last, who, Verdict.REJECT, last=False)
    assert decide(database, last, database.person()) is not None


def test_a_stolen_worker_replaces_nothing_that_nobody_edited(database: TestDatabase) -> None:
    shown, other = database.proposal(), database.proposal(content=note_content("S00043"))
    desk = PostgresProposalDesk(database.pool("worker"))

    def propose(kind: str, text: str, supersedes: int | None) -> Proposal:
        return desk.propose(
            note_content(text="Mine."), inbound_id=database.inbound(database.person(), text, kind), rationale="x",
            provenance=Provenance("rules"), expires_at=datetime.now(UTC) + timedelta(days=1), supersedes=supersedes,
        )  # fmt: skip

    about = f'{{"proposal": {shown.id}, "sha256": "{shown.sha256}"}}'
    with pytest.raises(PreconditionFailed, match="An edit leads to"):
        propose("chat", "Move it.", shown.id)
    with pytest.raises(PreconditionFailed, match="An edit leads to"):
        propose("edit", about, None)
    with pytest.raises(PreconditionFailed, match="another proposal than"):
        propose("edit", about, other.id)
    with pytest.raises(DecisionRefused, match="not what was shown"):
        propose("edit", f'{{"proposal": {shown.id}, "sha256": "x"}}', shown.id)
    assert desk.proposal(shown.id).state is ProposalState.PENDING


def test_what_is_approved_cannot_be_edited_and_two_edits_leave_one(database: TestDatabase) -> None:
    approved, shown = database.proposal(), database.proposal()
    granted(database, approved)
    with pytest.raises(DecisionRefused, match="already approved"):
        _revision(database, approved)
    start = Barrier(4)

    def edit(number: int) -> bool:
        start.wait()
        try:
            _revision(database, shown, text=f"Version {number}.")
        except DecisionRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(edit, range(4))) == [False, False, False, True]


# Withdrawing and commenting


def test_who_asked_withdraws_while_it_waits_and_nobody_else(api: TestClient, database: TestDatabase) -> None:
    asker = database.person("kai")
    proposal, path = database.proposal(asker), "/v1/proposals/1/withdrawal"
    said = {"reason": "The customer called it off."}
    stranger = api.post(path, json=said, headers=token(database, database.person()))
    assert (stranger.status_code, "Only whoever asked" in stranger.json()["error"]) == (403, True)
    row = api.post(path, json=said, headers=token(database, asker)).json()
    assert (row["state"], row["outcome_detail"]) == ("withdrawn", "kai withdrew it: The customer called it off.")
    assert api.post(path, json=said, headers=token(database, asker)).status_code == 409
    with pytest.raises(DecisionRefused, match="withdrawn"):
        decide(database, proposal, database.person())
    other = database.proposal(asker)
    granted(database, other)
    desk = PostgresDecisionDesk(database.pool("serve"))
    with pytest.raises(DecisionRefused, match="already approved"):
        desk.withdraw(other.id, person_id=asker.id, reason="Too late.")
    with pytest.raises(NotPermitted):
        desk.withdraw(database.proposal().id, person_id=asker.id, reason="Not mine.")


def test_everybody_who_sees_a_proposal_can_comment_on_it(api: TestClient, database: TestDatabase) -> None:
    database.proposal(database.person("kai"))
    for handle, role in (("ada", Role.AUDITOR), ("kim", Role.BUYER)):
        row = api.post(
            "/v1/proposals/1/comments", json={"text": f"{handle} looked."}, headers=token(database, database.person(handle, role))
        ).json()
    assert [(said["person"], said["text"]) for said in row["comments"]] == [("ada", "ada looked."), ("kim", "kim looked.")]
    assert api.post("/v1/proposals/1/comments", json={"text": " "}, headers=token(database, database.person())).status_code == 422
    assert api.post("/v1/proposals/9/comments", json={"text": "x"}, headers=token(database, database.person())).status_code == 404
    assert database.one("admin", "SELECT count(*) FROM audit_entry WHERE kind = 'proposal.commented'") == 2


# Groups


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


def test_one_click_decides_on_every_line_the_person_may_decide_on(api: TestClient, database: TestDatabase) -> None:
    asker, sofia = database.person("kai"), database.person("sofia")
    first, second, third = make_group(database, asker, ("S00041", "S00042", "S00043"))
    decide(database, second, sofia, Verdict.REJECT, last=False)
    stale = click_on([first, second, third])
    stale["lines"][2]["sha256"] = "0" * 64
    answer = api.post("/v1/groups/1/decisions", json=stale, headers=token(database, sofia)).json()
    assert (answer["decided"], answer["granted"]) == (["P1"], ["P1"])
    assert [(line["label"], line["kind"]) for line in answer["not_decided"]] == [
        ("P2", "decision_refused"),
        ("P3", "stale_shown"),
    ]
    assert [line["state"] for line in answer["group"]["lines"]] == ["granted", "rejected", "pending"]
    assert answer["group"]["asker"] == "kai"


def test_whoever_asked_for_the_group_decides_on_no_line_of_it_also_not_an_edited_one(
    api: TestClient, database: TestDatabase
) -> None:
    asker, editor = database.person("kai"), database.person("eve")
    first, second = make_group(database, asker, ("S00041", "S00042"))
    new = _revision(database, first, editor)
    assert new.group_id == 1
    answer = api.post("/v1/groups/1/decisions", json=click_on([new, second]), headers=token(database, asker)).json()
    assert answer["decided"] == []
    assert {line["kind"] for line in answer["not_decided"]} == {"own_proposal"}
    answer = api.post("/v1/groups/1/decisions", json=click_on([new, second]), headers=token(database, editor)).json()
    assert (answer["decided"], [line["label"] for line in answer["not_decided"]]) == (["P2"], [new.label])
    assert [line["label"] for line in answer["group"]["lines"]] == ["P2", new.label], "the line as it is now"


def test_rejecting_a_group_takes_a_reason_and_a_line_of_another_group_is_none_of_it(
    api: TestClient, database: TestDatabase
) -> None:
    lines, others = (
        make_group(database, database.person(), ("S00041", "S00042")),
        make_group(database, database.person(), ("S0",)),
    )
    who = token(database, database.person())
    assert api.post("/v1/groups/1/decisions", json=click_on(lines, "reject"), headers=who).status_code == 409
    answer = api.post("/v1/groups/1/decisions", json=click_on([*lines, *others], "reject", reason="No."), headers=who).json()
    assert (answer["decided"], answer["granted"]) == (["P1", "P2"], [])
    assert answer["not_decided"][0]["why"] == "P3 is no line of G1."
    assert api.get("/v1/groups/7", headers=who).status_code == 404


def test_eight_people_who_decide_on_a_group_at_once_leave_one_grant_a_line(api: TestClient, database: TestDatabase) -> None:
    lines = make_group(database, database.person(), tuple(f"S0004{number}" for number in range(6)))
    people, start = [token(database, database.person()) for _ in range(8)], Barrier(8)

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
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp
) -> None:
    from agent.execution import ExecutionContext
    from agent.guardrails.policy import load_policy
    from tests.fixtures.turns import utc_now

    kai, tom = demo_database.person("kai", Role.OPS_AGENT), demo_database.person("tom", Role.SALES_MANAGER)
    cause = _vendor_whose_delay_breaks_several_promises(demo_erp, 20)
    late = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    asked = demo_api.post(
        "/v1/groups", json={"cause": cause, "new_date": late, "reason": "The vessel is late."}, headers=token(demo_database, kai)
    )
    propose_change(asked.json()["inbound_id"], worker_of(demo_database, demo_erp.reader))
    group = demo_api.get("/v1/groups/1", headers=token(demo_database, tom)).json()
    assert len(group["lines"]) >= 2
    assert {line["action"] for line in group["lines"]} == {"move_promise_date"}
    shown = [{"proposal_id": line["id"], "sha256": line["sha256"]} for line in group["lines"]]
    answer = demo_api.post(
        "/v1/groups/1/decisions", json={"verdict": "approve", "lines": shown}, headers=token(demo_database, tom)
    ).json()
    assert len(answer["decided"]) + len(answer["not_decided"]) == len(shown)
    assert answer["granted"]
    context = ExecutionContext(
        PostgresExecutionDesk(demo_database.pool("executor")), demo_erp.reader, demo_erp.writer, load_policy(), utc_now
    )
    assert {str(outcome) for _, outcome in sweep(context)} == {"done"}
    for line in group["lines"]:
        [order] = demo_erp.reader.sale_orders([line["subject"]["name"]])
        moved = order.promise_date is not None and order.promise_date.isoformat() == line["arguments"]["promise_date"]
        assert moved == (line["label"] in answer["granted"])


def _vendor_whose_delay_breaks_several_promises(erp: DemoErp, days: int) -> str:
    """By days that one approver may grant."""
    from agent.guardrails.policy import load_policy
    from agent.risk.causes import find_cause, snapshot_of_cause
    from agent.risk.impact import impact

    now, policy = datetime.now(UTC), load_policy()
    for name in sorted({line.vendor_name for line in take_snapshot(erp.reader, now).purchase_lines}):
        cause = find_cause(erp.reader, name)
        found = impact(snapshot_of_cause(erp.reader, cause, now), policy, cause, now + timedelta(days=days))
        late = [order.days_late for order in found.orders if order.endangered]
        if len(late) >= 2 and max(late) <= 12:
            return name
    raise AssertionError("no vendor of the demo company whose delay breaks two promises")
