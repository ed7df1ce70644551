"""The log of one change, told so that an auditor need not read JSON."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent.actions import prepare
from agent.domain.audit import AuditEntry
from agent.guardrails.audit import AuditKind, story
from tests.unit.execution.fakes import NOW, Clock, Erp


def entry(
    seq: int, kind: str, payload: dict[str, Any] | None, person: str | None = None, subject: str = "proposal:12"
) -> AuditEntry:
    return AuditEntry(seq, NOW + timedelta(minutes=seq), kind, "executor", person, subject, payload, "f" * 64)


@pytest.fixture
def entries() -> list[AuditEntry]:
    content = prepare("move_promise_date", {"order": "S00042", "promise_date": "2026-11-23"}, Erp(Clock()))
    proposal = {"id": 12, "content": content.canonical(), "rationale": "The vendor is late.", "origin": "rules"}
    decision = {
        "proposal_id": 12,
        "verdict": "approve",
        "step": 0,
        "rule": "small-slip",
        "policy_version": "v1-3fa9c0d2",
        "reason": "fine",
    }
    grant = {"proposal_id": 12, "sha256": content.sha256(), "expires_at": "2026-11-21T09:05:00+00:00"}
    end = {"proposal_id": 12, "outcome": "done", "detail": "Read back: the promise date of S00042 is Mon 23 Nov 2026, 17:00 UTC."}
    return [
        entry(0, "inbound.received", {"kind": "chat", "text": "move S00042\nto Monday"}, "ana", "inbound:7"),
        entry(1, "proposal.created", proposal, "ana"),
        entry(2, "decision.recorded", decision, "sam"),
        entry(3, "grant.issued", grant),
        entry(4, "execution.started", {"proposal_id": 12}, subject="execution:3"),
        entry(5, "execution.finished", end, subject="execution:3"),
    ]


def test_the_whole_story_is_told_in_plain_sentences(entries):
    told = story(entries)
    assert told[0] == "2026-11-20 09:00 UTC: ana asked: “move S00042 to Monday”."
    assert told[1].startswith(
        "2026-11-20 09:01 UTC: P12 was proposed for ana by the rules: Promise S00042 3 days later "
        "(Promise date: Fri 20 Nov 2026, 17:00 UTC → Mon 23 Nov 2026, 17:00 UTC). "
        "Reason given: The vendor is late. It rests on amount 4200.00, "
    )
    assert told[2:] == [
        "2026-11-20 09:02 UTC: sam approved P12 (step 1) under rule small-slip of policy v1-3fa9c0d2, saying “fine”.",
        f"2026-11-20 09:03 UTC: The approvals added up: P12 may be carried out once until 2026-11-21 09:05 UTC, "
        f"for exactly the content {entries[3].payload['sha256'][:12]}.",
        "2026-11-20 09:04 UTC: The executor began to carry P12 out.",
        "2026-11-20 09:05 UTC: P12 was carried out. Read back: the promise date of S00042 is Mon 23 Nov 2026, 17:00 UTC.",
    ]


def test_a_models_proposal_names_model_and_prompt(entries):
    payload = {**entries[1].payload, "origin": "model", "model": "gpt-x", "prompt_sha256": "ab" * 32}
    assert "by the model gpt-x, prompt abababababab: Promise S00042" in story([replace(entries[1], payload=payload)])[0]


def test_a_rejection_and_a_refusal_say_why():
    told = story(
        [
            entry(0, "decision.recorded", {"proposal_id": 9, "verdict": "reject", "reason": "call them first"}, "sam"),
            entry(1, "execution.finished", {"proposal_id": 9, "outcome": "refused_stale", "detail": "The amount changed."}),
        ]
    )
    assert told[0].endswith("sam rejected P9, saying “call them first”.")
    assert told[1].endswith("P9 was refused by the executor. The amount changed.")


def test_an_undo_names_what_it_undoes():
    assert story([entry(0, "inbound.received", {"kind": "undo", "text": "12"}, "ana")])[0].endswith("ana asked to undo P12.")


def test_an_answer_says_what_was_withheld():
    told = story(
        [entry(0, "recommendation.made", {"origin": "model", "model": "gpt-x", "withheld": ["a", "b"]}, "ana", "inbound:7")]
    )
    assert told[0].endswith("ana was answered by the model gpt-x; 2 unsupported sentences were withheld.")


def test_an_erased_text_leaves_the_fact():
    told = story([entry(0, "inbound.received", None, "ana", "inbound:7")])
    assert told[0].endswith("inbound.received on inbound:7; its text was erased, that it happened is still proven.")


@pytest.mark.parametrize("kind", [*AuditKind, "policy.activated"])
def test_no_entry_is_too_bare_to_be_told(kind):
    assert story([entry(0, kind, {})])[0].startswith("2026-11-20 09:00 UTC: ")


def test_a_long_text_does_not_drown_the_story():
    assert len(story([entry(0, "inbound.received", {"kind": "chat", "text": "x" * 5000}, "ana")])[0]) < 500


def test_a_deputys_decision_says_for_whom_it_was_taken():
    row = {"proposal_id": 12, "step": 0, "verdict": "approve", "rule": "note", "for_handle": "sofia"}
    [sentence] = story([entry(0, AuditKind.DECISION_RECORDED, row, "ada")])
    assert "ada for sofia, who was away, approved P12 (step 1) under rule note" in sentence
