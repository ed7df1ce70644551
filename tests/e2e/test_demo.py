"""`expediter demo`, from nothing to an executed and audited change."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from agent.actions import ACTIONS
from agent.guardrails.policy import PACKAGED
from app.contract.actions import ActionRow
from app.contract.audit import AuditRow, ChainRow
from app.contract.chat import AnswerRow
from app.contract.doctor import DoctorRow
from app.contract.findings import FindingsRow, KnownFindingRow
from app.contract.knowledge import PassageRow
from app.contract.mail import TriageRow
from app.contract.proposals import ProposalRow
from app.contract.risk import OrderRiskRow
from app.settings import ExecutorSettings, ProcessSettings, ServeSettings, WorkerSettings
from integrations.demo import DemoReader
from tests.e2e.running_demo import SERVES, RunningDemo, children_of, company_of, serving, state_folder
from tests.fixtures.arriving import arrived, letter, made
from tests.fixtures.postgres import TestDatabase

KINDS: dict[str, type[ProcessSettings]] = {"serve": ServeSettings, "worker": WorkerSettings, "executor": ExecutorSettings}
ELSEWHERE = {
    "EXPEDITER_ODOO_URL": "https://erp.example.com",
    "EXPEDITER_ODOO_WRITER_PASSWORD": "writer-secret",
    "EXPEDITER_MODEL_API_KEY": "",
    "EXPEDITER_TOKEN": "own-token",
    "OPENAI_API_KEY": "sk-nobody",
}


@pytest.fixture(scope="module")
def demo() -> Iterator[RunningDemo]:
    with state_folder() as state, serving("demo", state, SERVES, ELSEWHERE) as running:
        yield running


def test_the_tour_ends_with_a_change_in_the_erp_and_an_intact_log(demo: RunningDemo) -> None:
    assert "cannot decide on it" in demo.told
    assert "done: Read back" in demo.told
    assert "In the ERP" in demo.told
    assert "The audit log is intact" in demo.told
    assert "Traceback" not in demo.told


def test_each_process_is_given_its_own_settings_and_nobody_elses(demo: RunningDemo) -> None:
    children = children_of(demo.process.pid)
    assert set(children) == set(KINDS)
    for name, pid in children.items():
        given = dict(line.split("=", 1) for line in Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0") if "=" in line)
        assert {one for one in given if one.startswith("EXPEDITER_")} <= set(KINDS[name].variables())
        assert f"expediter_{name}:" in given[f"EXPEDITER_{name.upper()}_DATABASE_URL"]
        assert not {"OPENAI_API_KEY", "EXPEDITER_TOKEN", "EXPEDITER_ODOO_URL", "EXPEDITER_ODOO_WRITER_PASSWORD"} & set(given)


def test_a_process_that_dies_is_started_again(demo: RunningDemo) -> None:
    before = children_of(demo.process.pid)["executor"]
    os.kill(before, signal.SIGKILL)
    proposal = _proposed(demo, "add a note to S01888: the customer was called")
    ended = demo.run("approve", f"P{proposal}", "--as", "walter", "--json", "--wait", "60")
    assert ended.code == 0, ended.err
    assert ProposalRow.model_validate_json(ended.out).state == "done"
    assert children_of(demo.process.pid)["executor"] != before


def test_what_is_stopped_waits_through_a_restart_and_is_done_once_it_may_go_on(demo: RunningDemo) -> None:
    proposal = _proposed(demo, "add a note to S01888: after the upgrade")
    assert demo.run("executions", "stop", "--reason", "Odoo is being upgraded", "--as", "walter").code == 0
    waiting = demo.run("approve", f"P{proposal}", "--as", "walter", "--json", "--wait", "1")
    row = ProposalRow.model_validate_json(waiting.out)
    assert (row.state, row.outcome_detail) == (
        "granted",
        "It waits: all executions are stopped by walter: Odoo is being upgraded.",
    )
    os.kill(children_of(demo.process.pid)["executor"], signal.SIGKILL)
    demo.wait_for("is started again")
    assert demo.run("executions", "go", "--reason", "all well", "--as", "walter").sentence.endswith("ops_manager, admin.")
    assert ProposalRow.model_validate_json(demo.run("proposals", "show", f"P{proposal}", "--json").out).state == "granted"
    assert demo.run("executions", "go", "--reason", "all well", "--as", "omar").code == 0
    assert _ended(demo, proposal).state == "done"


def test_a_database_that_is_killed_is_started_again_and_nothing_is_lost(demo: RunningDemo) -> None:
    proposal = _proposed(demo, "add a note to S01888: before the database died")
    os.kill(int((demo.state / "demo" / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    demo.wait_for("orders are at risk")  # the worker's first words
    ended = demo.run("approve", f"P{proposal}", "--as", "walter", "--json", "--wait", "60")
    assert ended.code == 0, ended.err
    assert ProposalRow.model_validate_json(ended.out).state == "done"


def test_a_second_demo_says_that_one_is_running(demo: RunningDemo) -> None:
    ended = demo.run("demo", "--once")
    assert ended.code == 1
    assert "running already at http://127.0.0.1:" in ended.sentence


def test_a_proposal_is_refused_to_its_asker_rejected_by_another_and_audited(demo: RunningDemo) -> None:
    proposal = _proposed(demo, "add a note to S01999: nobody minds")
    refused = demo.run("approve", str(proposal), "--as", "maria")
    assert refused.code == 1
    assert "cannot decide on it" in refused.sentence
    rejected = demo.run("reject", f"P{proposal}", "--reason", "Too short.", "--as", "sofia", "--json")
    assert rejected.code == 0, rejected.err
    assert ProposalRow.model_validate_json(rejected.out).state == "rejected"
    story = TypeAdapter(list[AuditRow]).validate_json(demo.run("audit", "explain", f"P{proposal}", "--json").out)
    assert [entry.kind for entry in story][:2] == ["inbound.received", "proposal.created"]
    assert story[-1].kind == "decision.recorded"


def test_after_the_first_of_two_approvals_it_is_said_whose_comes_next(demo: RunningDemo) -> None:
    day = (datetime.now(UTC) + timedelta(days=12)).date()
    proposal = _proposed(demo, f"move the promise date of S01111 to {day} because the customer agreed")
    first = demo.run("approve", f"P{proposal}", "--as", "sofia")
    assert first.code == 0, first.err
    assert "now waits for one ops_manager" in first.out.splitlines()


def test_a_change_is_asked_for_by_name_carried_out_and_read_back(demo: RunningDemo) -> None:
    asked = demo.run("propose", "post_note", "order=S01111", "text=Call them.", "--reason", "Late.", "--as", "maria", "--json")
    (number,) = AnswerRow.model_validate_json(asked.out).proposals
    ended = demo.run("approve", f"P{number}", "--as", "sofia", "--json")
    assert ProposalRow.model_validate_json(ended.out).state == "done", ended.out


def test_every_action_is_listed_with_what_it_needs(demo: RunningDemo) -> None:
    listed = TypeAdapter(list[ActionRow]).validate_json(demo.run("actions", "--json").out)
    assert {row.action for row in listed} == set(ACTIONS)
    told = " ".join(demo.run("propose", "--help").out.split())
    assert all(row.action in told for row in listed)
    needs = demo.run("propose", "post_note", "--help-arguments").out
    assert "order" in needs
    assert "the customer does not see it" in needs


def test_customers_whom_a_mail_makes_wait_are_told_once_in_their_language_after_one_click(demo: RunningDemo) -> None:
    with company_of(demo) as database:
        mail = _delay_of("P00444", "P00222", database=database)
        found = demo.run("mail", "follow", f"M{mail}", "--as", "maria")
        assert "Guten Tag,\n\n     Ihren Auftrag S01444" in found.out
        offers = json.loads(demo.run("mail", "follow", f"M{mail}", "--as", "maria", "--json").out)["offers"]
        [offer] = [one for one in offers if one["kind"] == "customer_updates"]
        picked = ("mail", "follow", f"M{mail}", "--propose", str(offer["number"]), "--as", "maria", "--json")
        [came] = json.loads(demo.run(*picked).out)
        told = "SELECT count(*) FROM demo.note WHERE sent_to IS NOT NULL AND body = %s"
        assert [database.one("admin", told, draft["text"]) for draft in offer["drafts"]] == [0, 0], "nothing is sent by asking"
        first, *_ = came["answer"]["proposals"]
        group = ProposalRow.model_validate_json(demo.run("proposals", "show", f"P{first}", "--json").out).group
        assert group is not None
        assert demo.run("approve", group, "--as", "omar").code == 0
        assert {_ended(demo, proposal).state for proposal in came["answer"]["proposals"]} == {"done"}
        assert [database.one("admin", told, draft["text"]) for draft in offer["drafts"]] == [1, 1]
        assert {draft["text"].split(",")[0] for draft in offer["drafts"]} == {"Guten Tag", "Goedendag"}
        again = demo.run("mail", "follow", f"M{mail}", "--as", "maria").out
        assert "was told, or is about to be, that S01444 is expected on" in again


def test_what_was_done_can_be_proposed_to_be_undone(demo: RunningDemo) -> None:
    ended = demo.run("undo", "P1", "--as", "maria", "--json")
    assert ended.code == 0, ended.err
    (number,) = AnswerRow.model_validate_json(ended.out).proposals
    shown = ProposalRow.model_validate_json(demo.run("proposals", "show", f"P{number}", "--json").out)
    assert (shown.inverse_of, shown.state, shown.asker) == ("P1", "pending", "maria")


def test_the_json_of_the_reading_commands_is_the_contract(demo: RunningDemo) -> None:
    orders = TypeAdapter(list[OrderRiskRow]).validate_json(demo.run("risk", "list", "--limit", "3", "--json").out)
    assert len(orders) == 3
    assert [order.score for order in orders] == sorted((order.score for order in orders), reverse=True)
    assert OrderRiskRow.model_validate_json(demo.run("risk", "show", orders[0].order, "--json").out).order == orders[0].order
    assert TypeAdapter(list[ProposalRow]).validate_json(demo.run("proposals", "list", "--json").out)
    assert ChainRow.model_validate_json(demo.run("audit", "verify", "--json").out).intact
    lines = demo.run("audit", "export").out.splitlines()
    assert [AuditRow.model_validate_json(line).seq for line in lines] == list(range(1, len(lines) + 1))
    assert TypeAdapter(list[PassageRow]).validate_json(demo.run("knowledge", "ask", "how are returns handled?", "--json").out)
    assert DoctorRow.model_validate_json(demo.run("doctor", "--json").out).healthy


def test_the_doctor_says_that_a_policy_file_is_not_the_one_that_decides(demo: RunningDemo, tmp_path: Path) -> None:
    def told(file: Path) -> str:
        examined = DoctorRow.model_validate_json(demo.run("doctor", "--json", EXPEDITER_POLICY=str(file)).out)
        assert examined.healthy
        (words,) = [check.words for check in examined.checks if check.subject == "policy"]
        return words

    same, changed = tmp_path / "same.yaml", tmp_path / "changed.yaml"
    same.write_text(PACKAGED.read_text(encoding="utf-8"), encoding="utf-8")
    changed.write_text(same.read_text(encoding="utf-8").replace("version: 1", "version: 7", 1), encoding="utf-8")
    assert "is in force, and valid" in told(same)
    assert f"`expediter policy propose {changed} --reason" in told(changed)


def test_a_finding_is_acknowledged_leaves_the_list_and_keeps_who_said_it(demo: RunningDemo) -> None:
    before = FindingsRow.model_validate_json(demo.run("risk", "findings", "--limit", "1", "--json").out)
    (gravest,) = before.findings
    said = demo.run("risk", "ack", gravest.label, "--as", "maria", "--reason", "I call the customer.", "--json")
    assert said.code == 0, said.err
    assert KnownFindingRow.model_validate_json(said.out).acknowledged_by == "maria"
    after = FindingsRow.model_validate_json(demo.run("risk", "findings", "--limit", "1", "--json").out)
    assert (after.total, after.set_aside) == (before.total - 1, {"acknowledged": 1})
    assert "1 acknowledged" in demo.run("risk", "findings").out
    assert "maria: acknowledged: I call the customer." in demo.run("risk", "finding", gravest.label).out
    assert "maria acknowledged" in demo.run("audit", "explain", gravest.label).out
    refused = demo.run("risk", "snooze", gravest.label, "2020-01-01", "--as", "maria")
    assert (refused.code, "within the next year" in refused.err) == (1, True)


def test_a_report_on_a_number_that_no_delivery_has_is_kept_with_a_warning(demo: RunningDemo) -> None:
    said = demo.run("shipment", "report", "NOSUCH123", "--as", "maria", "--status", "exception")
    assert (said.code, "Noted: NOSUCH123 is exception." in said.out) == (0, True)
    assert "No delivery has the number NOSUCH123 so far" in said.err


def test_mails_are_triaged_as_json_lines(demo: RunningDemo) -> None:
    files = sorted(map(str, (demo.state / "demo" / "mailbox").glob("*.eml")))
    lines = demo.run("mail", "triage", *files, "--json").out.splitlines()
    assert [TriageRow.model_validate_json(line).file for line in lines] == files
    one = demo.run("mail", "triage", "-", "--json", text=Path(files[0]).read_text(encoding="utf-8"))
    assert TriageRow.model_validate_json(one.out).file == "-"


def test_chat_is_answered_by_the_worker_for_a_person_and_here_without_one(demo: RunningDemo) -> None:
    asked = demo.run("chat", "--as", "maria", "--json", "what waits for approval?")
    assert AnswerRow.model_validate_json(asked.out).degraded
    piped = demo.run("chat", "--as", "maria", text="which orders are late?")
    assert piped.code == 0
    assert "as of" in piped.out
    stranger = demo.run("chat", "which orders are late?")
    assert stranger.code == 0
    assert "Without a token this is answered here and read-only" in stranger.sentence
    nobody = demo.run("chat", "--as", "nobody", "which orders are late?")
    assert nobody.code == 1
    assert "Nobody in the demo company is called nobody" in nobody.sentence


def _proposed(demo: RunningDemo, request: str) -> int:
    ended = demo.run("chat", "--as", "maria", "--json", request)
    assert ended.code == 0, ended.err
    (number,) = AnswerRow.model_validate_json(ended.out).proposals
    return number


def _delay_of(*purchases: str, database: TestDatabase) -> int:
    """A mail that says that these come in three weeks; its number."""
    found = DemoReader(database.pool("worker")).find_by_number("purchase.order", purchases)
    records = [record for each in found.values() for record in each]
    links = [{"model": one.model, "id": one.id, "name": one.name, "confidence": 0.95} for one in records]
    day = (datetime.now(UTC) + timedelta(days=21)).date()
    return arrived(database, letter(1), made(links=links, fields={"new_eta": {"value": day.isoformat(), "span": [0, 4]}}))


def _ended(demo: RunningDemo, proposal: int) -> ProposalRow:
    """Asked again and again, as a person would."""
    for _ in range(60):
        row = ProposalRow.model_validate_json(demo.run("proposals", "show", f"P{proposal}", "--json").out)
        if row.state not in ("granted", "executing"):
            return row
    raise AssertionError(f"P{proposal} does not end")
