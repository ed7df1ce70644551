"""The worker's jobs on the real database: an answer is always released, once, and never as silence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from agent.domain.asked_change import AskedChange
from agent.domain.chat import PartKind
from agent.domain.decisions import Person
from agent.domain.finding_life import FindingFilter
from agent.domain.outages import Reach
from agent.domain.risk_list import RiskFilter
from agent.errors import DatabaseUnavailable
from agent.graphs.release import Part
from agent.guardrails.audit import story
from agent.jobs.worker import WorkerContext, answer_chat, propose_change, propose_inverse, scan
from agent.tools import ToolContext
from integrations.demo import SITUATIONS
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.turns import worker_of

LATE = SITUATIONS["promise_missed"]


@dataclass
class Failing:
    """A chat that says one sentence and then fails."""

    failure: Exception
    reach = Reach()

    def answer(self, question: str, conversation_id: str, context: ToolContext) -> Iterator[Part]:
        yield Part(PartKind.SENTENCE, {"text": "Let me look."})
        raise self.failure


@pytest.fixture
def maria(demo_database: DemoDatabase) -> Person:
    return demo_database.person("maria")


@pytest.fixture
def worker(demo_database: DemoDatabase, demo_erp: DemoErp) -> WorkerContext:
    return worker_of(demo_database, demo_erp.reader)


def test_a_question_is_answered_and_the_answer_is_in_the_audit_log_as_soon_as_it_is_out(
    worker: WorkerContext, demo_database: DemoDatabase, maria: Person
) -> None:
    inbound_id = demo_database.inbound(maria, f"Why is {LATE} late?")
    answer_chat(inbound_id, worker)
    *parts, (kind, body) = released(demo_database, inbound_id)
    assert kind == PartKind.FINAL
    assert LATE in body["answer"]
    assert {kind for kind, _ in parts} == {PartKind.STATUS, PartKind.SENTENCE}
    (made,) = [entry for entry in worker.audit.about(f"inbound:{inbound_id}") if entry.kind == "recommendation.made"]
    assert (made.person, made.process) == ("maria", "worker")
    assert made.payload is not None
    assert made.payload["origin"] == "rules"
    noted = "SELECT xmin FROM audit_entry WHERE kind = 'recommendation.made'"
    with_it = f"SELECT xmin = ({noted}) FROM answer_part WHERE kind = 'final'"
    assert demo_database.one("admin", with_it) is True


def test_read_it_fresh_alone_reads_anew_what_was_asked_before_it(
    worker: WorkerContext, demo_database: DemoDatabase, maria: Person
) -> None:
    scan(worker)
    asked = demo_database.inbound(maria, f"Why is {LATE} late?")
    again = demo_database.inbound(maria, "Read it fresh")
    demo_database.one("admin", "UPDATE inbound SET conversation_id = (SELECT conversation_id FROM inbound WHERE id = %s)"
                      " WHERE id = %s RETURNING id", asked, again)  # fmt: skip
    answer_chat(again, worker)
    kind, body = released(demo_database, again)[-1]
    assert (kind, LATE in body["answer"]) == (PartKind.FINAL, True)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is new since yesterday?", "orders at risk"),
        ("What is new in Lyon since yesterday?", "at risk in Lyon"),
        ("Which orders are late in nowhere?", "No warehouse is called “nowhere”; there are"),
        ("Who waits for P99999?", "P99999"),
    ],
)
def test_what_rules_understand_is_answered_without_a_model(
    question: str, told: str, worker: WorkerContext, demo_database: DemoDatabase, maria: Person
) -> None:
    scan(worker)
    inbound_id = demo_database.inbound(maria, question)
    answer_chat(inbound_id, worker)
    kind, body = released(demo_database, inbound_id)[-1]
    assert (kind, told in body["answer"]) == (PartKind.FINAL, True), body


def test_a_repeated_job_does_nothing(worker: WorkerContext, demo_database: DemoDatabase, maria: Person) -> None:
    inbound_id = demo_database.inbound(maria, f"Add a note to {LATE}: call the customer")
    answer_chat(inbound_id, worker)
    before = released(demo_database, inbound_id)
    answer_chat(inbound_id, worker)
    assert released(demo_database, inbound_id) == before
    assert len(worker.desk.proposals()) == 1


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (DatabaseUnavailable("PostgreSQL does not answer; try again."), "PostgreSQL does not answer; try again."),
        (RuntimeError("secret detail"), "A fault in Expediter kept this from being answered"),
    ],
)
def test_a_failure_is_told_in_one_sentence(
    failure: Exception, says: str, demo_database: DemoDatabase, demo_erp: DemoErp, maria: Person
) -> None:
    inbound_id = demo_database.inbound(maria, "Why?")
    answer_chat(inbound_id, worker_of(demo_database, demo_erp.reader, Failing(failure)))
    kind, body = released(demo_database, inbound_id)[-1]
    assert kind == PartKind.FAILED
    assert body["text"].startswith(says)
    assert "secret detail" not in body["text"]


def test_without_the_audit_log_there_is_no_answer(worker: WorkerContext, demo_database: DemoDatabase, maria: Person) -> None:
    inbound_id = demo_database.inbound(maria, "what waits for approval?")
    with demo_database.connection("admin") as owner:
        owner.execute("REVOKE EXECUTE ON FUNCTION audit(text, text, jsonb) FROM expediter_worker")
    answer_chat(inbound_id, worker)
    kind, body = released(demo_database, inbound_id)[-1]
    assert kind == PartKind.FAILED
    assert "permission denied for function audit" in body["text"]


def test_undoing_what_was_not_carried_out_is_refused_in_one_sentence(
    worker: WorkerContext, demo_database: DemoDatabase, maria: Person
) -> None:
    answer_chat(demo_database.inbound(maria, f"Add a note to {LATE}: call the customer"), worker)
    (proposal,) = worker.desk.proposals()
    inbound_id = demo_database.inbound(maria, proposal.label, kind="undo")
    propose_inverse(inbound_id, worker)
    kind, body = released(demo_database, inbound_id)[-1]
    assert kind == PartKind.FAILED
    assert body["text"] == f"{proposal.label} is pending, so there is nothing to undo."


def asked(arguments: dict[str, Any], action: str = "post_note") -> str:
    return AskedChange(action=action, arguments=arguments, reason="It is late.").model_dump_json()


def test_a_change_asked_for_by_name_is_proposed_for_whoever_asked(
    worker: WorkerContext, demo_database: DemoDatabase, maria: Person
) -> None:
    inbound_id = demo_database.inbound(maria, asked({"order": LATE, "text": "Call them."}), kind="propose")
    propose_change(inbound_id, worker)
    (proposal,) = worker.desk.proposals()
    assert (proposal.asker.handle, proposal.rationale, proposal.content.action) == ("maria", "It is late.", "post_note")
    kind, body = released(demo_database, inbound_id)[-1]
    assert (kind, body["proposals"]) == (PartKind.FINAL, [proposal.id])
    told = story(worker.audit.about(f"inbound:{inbound_id}"))
    assert any(f"maria asked for post_note (order {LATE}, text Call them.): “It is late.”." in line for line in told), told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (asked({"order": "S99999", "text": "Hello."}), "There is no order S99999"),
        (asked({}, "launch_rocket"), "There is no action launch_rocket"),
        (asked({"order": LATE, "promise_date": "2020-01-01"}, "move_promise_date"), "is in the past"),
    ],
)
def test_a_change_that_cannot_be_proposed_is_refused_in_one_sentence(
    text: str, words: str, worker: WorkerContext, demo_database: DemoDatabase, maria: Person
) -> None:
    inbound_id = demo_database.inbound(maria, text, kind="propose")
    propose_change(inbound_id, worker)
    kind, body = released(demo_database, inbound_id)[-1]
    assert kind == PartKind.FAILED
    assert words in body["text"]
    assert worker.desk.proposals() == []


@pytest.mark.parametrize("text", ["", "everything", "P99999"])
def test_undoing_what_does_not_exist_is_refused_in_one_sentence(
    text: str, worker: WorkerContext, demo_database: DemoDatabase, maria: Person
) -> None:
    inbound_id = demo_database.inbound(maria, text or " ", kind="undo")
    propose_inverse(inbound_id, worker)
    assert released(demo_database, inbound_id)[-1][0] == PartKind.FAILED


def test_a_scan_publishes_the_orders_at_risk(worker: WorkerContext) -> None:
    found = scan(worker)
    orders = worker.board.listed(RiskFilter(limit=100)).rows
    assert len(orders) == found > 5
    assert LATE in [row["order"] for row in orders]
    assert worker.board.findings(FindingFilter()).total >= found


def released(database: DemoDatabase, inbound_id: int) -> list[tuple[str, dict[str, Any]]]:
    with database.connection("admin") as connection:
        rows = connection.execute(
            "SELECT kind, body FROM answer_part WHERE inbound_id = %s ORDER BY seq", [inbound_id]
        ).fetchall()
    return [(row["kind"], row["body"]) for row in rows]
