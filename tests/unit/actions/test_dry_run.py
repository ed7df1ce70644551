"""What the executor would find now, told without sending anything."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.actions import prepare
from agent.actions.dry_run import dry_run
from agent.domain.decisions import ExecutionLimit, Proposal, ProposalState
from agent.domain.dry_runs import DryRun
from tests.fixtures.packaged_policy import PACKAGED_POLICY as POLICY
from tests.unit.execution.fakes import NOW, SALES, Clock, Erp, approved, proposal_of


@pytest.fixture
def erp() -> Erp:
    return Erp(Clock())


@pytest.fixture
def proposal(erp: Erp) -> Proposal:
    return proposal_of(prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"}, erp))


def look(proposal: Proposal, erp: Erp, **more: object) -> DryRun:
    return dry_run(proposal, erp, POLICY, NOW, **more)  # type: ignore[arg-type]


def failing(run: DryRun) -> list[str]:
    return [check.what for check in run.checks if not check.holds]


def test_what_is_approved_and_still_true_would_be_sent_and_is_not(proposal: Proposal, erp: Erp) -> None:
    run = look(replace(approved(proposal, SALES), state=ProposalState.GRANTED), erp)
    assert (failing(run), run.would_be_sent) == ([], True)
    [sent] = run.sends
    assert sent.startswith("set_promise_date(S00042, ")
    assert "2026" in sent
    assert prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"}, erp) == proposal.content


def test_what_waits_lacks_its_approval_and_nothing_else(proposal: Proposal, erp: Erp) -> None:
    run = look(proposal, erp)
    assert failing(run) == ["approvals"]
    assert "has to approve yet" in next(check.said for check in run.checks if check.what == "approvals")


def test_each_value_that_changed_is_named_with_both(proposal: Proposal, erp: Erp) -> None:
    stale = proposal.content.model_copy(update={"facts": proposal.content.facts | {"segment": "strategic"}})
    run = look(replace(proposal, content=stale, sha256=stale.sha256()), erp)
    assert {"segment", "preview"} <= set(failing(run))
    said = [check.said for check in run.checks if check.what == "segment" and not check.holds]
    assert [text.partition(",")[0] for text in said] == ["was strategic"]


def test_a_stop_a_deadline_and_an_end_are_told(proposal: Proposal, erp: Erp) -> None:
    held = ExecutionLimit("move_promise_date", 0, "walter", "Odoo is being upgraded.", NOW)
    assert "stop switch" in failing(look(proposal, erp, limits=[held]))
    assert "stop switch" not in failing(look(proposal, erp, limits=[replace(held, action="post_note")]))
    assert "stop switch" not in failing(look(proposal, erp, limits=[replace(held, per_hour=1)]))
    assert "deadline" in failing(look(replace(proposal, expires_at=NOW), erp))
    assert "proposal" in failing(look(replace(proposal, state=ProposalState.SUPERSEDED), erp))


def test_what_no_longer_can_be_done_is_told_by_its_precondition(proposal: Proposal, erp: Erp) -> None:
    gone = proposal.content.model_copy(update={"arguments": {"order": "S99999", "promise_date": "2026-11-23"}})
    run = look(replace(proposal, content=gone), erp)
    assert "preconditions" in failing(run)
    assert not run.would_be_sent


def test_a_note_is_told_with_its_text(erp: Erp) -> None:
    note = proposal_of(prepare("post_note", {"order": "S00042", "text": "Call them."}, erp))
    assert "Call them." in look(replace(note, expires_at=NOW + timedelta(days=1)), erp).sends[0]
