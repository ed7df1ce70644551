"""Editing, withdrawing and commenting on what waits for approval."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.actions import prepare
from agent.domain.decisions import Person, Proposal, ProposalState, Provenance, Role, Verdict
from agent.errors import DecisionRefused, NotPermitted, OwnProposal, PreconditionFailed
from agent.jobs.worker import propose_edit
from integrations.database.decision_desk import PostgresDecisionDesk
from integrations.database.proposal_desk import PostgresProposalDesk
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.ledger import decide, granted, revised
from tests.fixtures.postgres import TestDatabase, note_content
from tests.fixtures.turns import worker_of
from tests.integration.app.conftest import As


def note(database: TestDatabase, asker: Person, order: str, reader: Any, text: str = "Call the vendor.") -> Proposal:
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
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, demo_signed_in: As
) -> None:
    kai, eve = demo_database.person("kai", Role.BUYER), demo_database.person("eve", Role.SALES_MANAGER)
    tom = demo_database.person("tom", Role.SALES_MANAGER)
    shown = note(demo_database, kai, a_late_order(demo_erp), demo_erp.reader)
    answer = edited(demo_api, demo_database, demo_erp, shown, demo_signed_in(eve))
    assert "takes its place" in answer["answer"]
    [number] = answer["proposals"]
    new = demo_api.get(f"/v1/proposals/{number}", headers=demo_signed_in(tom)).json()
    assert (new["supersedes"], new["asker"], new["authors"]) == (shown.label, "eve", ["kai"])
    assert new["arguments"]["text"] == "Call them at noon."
    assert new["sha256"] != shown.sha256
    old = demo_api.get(f"/v1/proposals/{shown.id}", headers=demo_signed_in(tom)).json()
    assert (old["state"], old["outcome_detail"]) == ("superseded", f"P{number} replaced it.")

    click = {"verdict": "approve", "sha256": new["sha256"]}
    for who in (kai, eve):
        refused = demo_api.post(f"/v1/proposals/{number}/decisions", json=click, headers=demo_signed_in(who))
        assert (refused.status_code, refused.json()["kind"]) == (409, "own_proposal")
    assert demo_api.post(f"/v1/proposals/{number}/decisions", json=click, headers=demo_signed_in(tom)).json()["granted"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"order": "S00001"}, 409),
        ({"text": ""}, 409),
        ({"nonsense": "x"}, 409),
        ({}, 422),
        ({"text": "a\0b"}, 422),
        ({"text": ["a", {"b": "\0"}]}, 422),
    ],
)
def test_only_what_the_action_names_can_be_edited(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, changes: dict[str, str], status: int, demo_signed_in: As
) -> None:
    shown = note(demo_database, demo_database.person(), a_late_order(demo_erp), demo_erp.reader)
    wanted = {"sha256": shown.sha256, "changes": changes, "reason": "Better."}
    who = demo_signed_in(demo_database.person())
    assert demo_api.post(f"/v1/proposals/{shown.id}/edits", json=wanted, headers=who).status_code == status


def test_who_may_not_decide_may_not_edit(
    demo_api: TestClient, demo_database: DemoDatabase, demo_erp: DemoErp, demo_signed_in: As
) -> None:
    asker = demo_database.person()
    shown = note(demo_database, asker, a_late_order(demo_erp), demo_erp.reader)
    wanted = {"sha256": shown.sha256, "changes": {"text": "x"}, "reason": "Better."}
    path = f"/v1/proposals/{shown.id}/edits"
    auditor = demo_signed_in(demo_database.person(None, Role.AUDITOR))
    assert demo_api.post(path, json=wanted, headers=demo_signed_in(asker)).json()["kind"] == "own_proposal"
    assert demo_api.post(path, json=wanted, headers=auditor).json()["kind"] == "not_permitted"


def test_approvals_of_what_was_edited_do_not_count_for_the_new_one(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    shown = note(demo_database, demo_database.person(), a_late_order(demo_erp), demo_erp.reader)
    decide(demo_database, shown, demo_database.person(), last=False)
    new = revised(demo_database, shown)
    assert new.decisions == ()
    with pytest.raises(DecisionRefused, match=f"was edited; P{new.id} replaced it"):
        decide(demo_database, shown, demo_database.person(), step=1)


def test_the_chain_of_authors_is_as_long_as_the_edits(database: TestDatabase) -> None:
    asker, first, second = database.person(), database.person(), database.person()
    last = revised(database, revised(database, database.proposal(asker), first), second, "A third.")
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
        revised(database, approved)
    start = Barrier(4)

    def edit(number: int) -> bool:
        start.wait()
        try:
            revised(database, shown, text=f"Version {number}.")
        except DecisionRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(edit, range(4))) == [False, False, False, True]


# Withdrawing and commenting


def test_who_asked_withdraws_while_it_waits_and_nobody_else(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    asker = database.person("kai")
    proposal, path = database.proposal(asker), "/v1/proposals/1/withdrawal"
    said = {"reason": "The customer called it off."}
    stranger = api.post(path, json=said, headers=signed_in(database.person()))
    assert (stranger.status_code, "Only whoever asked" in stranger.json()["error"]) == (403, True)
    row = api.post(path, json=said, headers=signed_in(asker)).json()
    assert (row["state"], row["outcome_detail"]) == ("withdrawn", "kai withdrew it: The customer called it off.")
    assert api.post(path, json=said, headers=signed_in(asker)).status_code == 409
    with pytest.raises(DecisionRefused, match="withdrawn"):
        decide(database, proposal, database.person())
    other = database.proposal(asker)
    granted(database, other)
    desk = PostgresDecisionDesk(database.pool("serve"))
    with pytest.raises(DecisionRefused, match="already approved"):
        desk.withdraw(other.id, person_id=asker.id, reason="Too late.")
    with pytest.raises(NotPermitted):
        desk.withdraw(database.proposal().id, person_id=asker.id, reason="Not mine.")


def test_everybody_who_sees_a_proposal_can_comment_on_it(api: TestClient, database: TestDatabase, signed_in: As) -> None:
    database.proposal(database.person("kai"))
    for handle, role in (("ada", Role.AUDITOR), ("kim", Role.BUYER)):
        row = api.post(
            "/v1/proposals/1/comments", json={"text": f"{handle} looked."}, headers=signed_in(database.person(handle, role))
        ).json()
    assert [(said["person"], said["text"]) for said in row["comments"]] == [("ada", "ada looked."), ("kim", "kim looked.")]
    assert api.post("/v1/proposals/1/comments", json={"text": " "}, headers=signed_in(database.person())).status_code == 422
    assert api.post("/v1/proposals/9/comments", json={"text": "x"}, headers=signed_in(database.person())).status_code == 404
    assert database.one("admin", "SELECT count(*) FROM audit_entry WHERE kind = 'proposal.commented'") == 2


# Groups
