"""Each kind of entry as an auditor reads it, whole and with what may be missing left out."""

from datetime import UTC, datetime

import pytest

from agent.domain.audit import AuditEntry
from agent.guardrails.audit import AuditKind, story
from tests.fixtures.audit_sentences import SENTENCES, Row

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def told(kind: str, subject: str, row: Row | None, process: str = "executor", person: str | None = "ana") -> str:
    [line] = story([AuditEntry(1, NOW, kind, process, person, subject, row, "f" * 64)])
    return line.removeprefix("2026-11-20 09:00 UTC: ")


@pytest.mark.parametrize(("kind", "subject", "row", "sentence"), SENTENCES)
def test_an_entry_reads(kind: AuditKind, subject: str, row: Row, sentence: str) -> None:
    assert told(kind, subject, row) == sentence


def test_every_kind_has_its_sentence() -> None:
    assert {kind for kind, *_ in SENTENCES} == set(AuditKind)


def test_an_owner_who_resets_an_authenticator_is_told_apart() -> None:
    sentence = told(AuditKind.AUTHENTICATOR_REMOVED, "person:4", {}, process="admin")
    assert sentence == "The authenticator of ana was reset by the owner."


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"proposal": 7}, "an approved answer answered M12 with P7."),
        ({"changed_percent": 0}, "somebody at the mailbox answered M12 as drafted."),
        ({"changed_percent": 24}, "somebody at the mailbox answered M12 and said 24 % of the draft otherwise."),
    ],
)
def test_who_answered_a_mail_and_how_near_to_the_draft_is_told(row: Row, sentence: str) -> None:
    assert told(AuditKind.MAIL_ANSWERED, "mail:12", row, person=None) == sentence


def test_whoever_cannot_be_named_is_somebody() -> None:
    assert told(AuditKind.PROPOSAL_WITHDRAWN, "proposal:1", {"reason": ""}, person=None) == "somebody withdrew P1, saying “”."


def test_a_kind_without_words_and_a_form_nobody_knows_are_still_in_the_story() -> None:
    assert told("mail.read", "mail:3", {}, person=None) == "mail.read on mail:3, written by executor."
    assert told("mail.read", "mail:3", {}) == "mail.read on mail:3, written by ana."
    sentence = told(AuditKind.GRANT_ISSUED, "proposal:1", {"expires_at": "soon"})
    assert sentence == "grant.issued on proposal:1, written by executor in a form that cannot be told; the log has it whole."


def test_a_text_is_cut_after_four_hundred_characters_and_kept_on_one_line() -> None:
    assert told(AuditKind.PROPOSAL_COMMENTED, "proposal:1", {"text": "x" * 401}) == f"ana commented on P1: “{'x' * 400}…”."
    assert told(AuditKind.PROPOSAL_COMMENTED, "proposal:1", {"text": "x" * 400}) == f"ana commented on P1: “{'x' * 400}”."
    assert told(AuditKind.PROPOSAL_COMMENTED, "proposal:1", {"text": "a\n\t b"}) == "ana commented on P1: “a b”."
