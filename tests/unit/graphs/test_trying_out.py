"""A dry run that was asked for over the API: answered by the worker, with the checks beside the words."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.actions import prepare
from agent.domain.chat import PartKind
from agent.domain.decisions import ExecutionLimit, Proposal, Role
from agent.jobs.worker import try_out
from app.contract.chat import AnswerRow
from tests.fixtures.demo import DemoDatabase, DemoErp
from tests.fixtures.ledger import decide
from tests.fixtures.turns import worker_of
from tests.unit.graphs.test_worker import released


@pytest.fixture
def note(demo_database: DemoDatabase, demo_erp: DemoErp) -> Proposal:
    asked = {"order": demo_erp.situations["healthy"], "text": "Call them."}
    return demo_database.proposal(demo_database.person("maria"), prepare("post_note", asked, demo_erp.reader))


def tried(database: DemoDatabase, erp: DemoErp, proposal: Proposal, *limits: ExecutionLimit) -> AnswerRow:
    worker = worker_of(database, erp.reader)
    worker = type(worker)(**{name: getattr(worker, name) for name in type(worker).__slots__} | {"limits": lambda: limits})
    inbound = database.inbound(database.person(), str(proposal.id), "dry_run")
    try_out(inbound, worker)
    kind, body = released(database, inbound)[-1]
    assert kind == PartKind.FINAL, body
    return AnswerRow.model_validate(body)


def test_it_says_what_is_missing_and_what_would_be_sent_and_nothing_changes(
    demo_database: DemoDatabase, demo_erp: DemoErp, note: Proposal
) -> None:
    answer = tried(demo_database, demo_erp, note)
    assert answer.dry_run is not None
    assert (answer.dry_run.label, answer.dry_run.would_be_sent) == (note.label, False)
    assert [check.what for check in answer.dry_run.checks if not check.holds] == ["approvals"]
    assert answer.answer.startswith(f"{note.label}, {note.content.preview.title}.")
    assert "The executor would not carry it out now." in answer.answer
    assert answer.dry_run.sends[0].startswith(f"post_note({note.content.subject.name}, Call them.")
    assert answer.answer.endswith("Nothing was sent.")
    assert demo_database.one("executor", "SELECT count(*) FROM demo.note WHERE body LIKE 'Call them%%'") == 0
    assert answer.proposals == ()


def test_what_was_approved_would_be_sent_unless_somebody_stopped_it(
    demo_database: DemoDatabase, demo_erp: DemoErp, note: Proposal
) -> None:
    decide(demo_database, note, demo_database.person(None, Role.SALES_MANAGER))
    going = tried(demo_database, demo_erp, note)
    assert going.dry_run is not None
    assert going.dry_run.would_be_sent
    assert "The executor would carry it out." in going.answer
    stop = ExecutionLimit("post_note", 0, "olga", "Stock count.", datetime.now(UTC) - timedelta(hours=1))
    held = tried(demo_database, demo_erp, note, stop)
    assert held.dry_run is not None
    assert not held.dry_run.would_be_sent
    assert "- stop switch: stopped by olga: Stock count." in held.answer


def test_a_dry_run_of_nothing_is_answered_with_a_sentence(demo_database: DemoDatabase, demo_erp: DemoErp) -> None:
    inbound = demo_database.inbound(demo_database.person("maria"), "999", "dry_run")
    try_out(inbound, worker_of(demo_database, demo_erp.reader))
    kind, body = released(demo_database, inbound)[-1]
    assert (kind, body["text"][:30]) == (PartKind.FAILED, "There is no proposal P999; `ex")
