"""Signatures of checkpoints: who signed what, and what a change of any part of it does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from agent.domain.audit import Checkpoint
from agent.errors import PreconditionFailed
from agent.guardrails.seal import new_keys, objection, signed, trusted_by

NOTED = Checkpoint(7, "ab" * 32, datetime(2026, 11, 20, 9, tzinfo=UTC))
OURS, OTHERS = new_keys(), new_keys()


def test_who_holds_the_public_key_sees_that_the_private_one_signed() -> None:
    sealed = signed(NOTED, OURS.private)
    assert (sealed.entries, sealed.hash, sealed.at) == (NOTED.entries, NOTED.hash, NOTED.at)
    assert objection(sealed, OURS.public) is None
    assert sealed.signed_by == sha256(bytes.fromhex(OURS.public)).hexdigest()[:16]
    assert OURS.private not in repr(sealed)


def test_every_pair_of_keys_is_another_and_fits_together() -> None:
    one, other = new_keys(), new_keys()
    assert len({one.private, one.public, other.private, other.public}) == 4
    assert {len(key) for key in (one.private, one.public, other.private, other.public)} == {64}
    assert objection(signed(NOTED, one.private), one.public) is None
    assert objection(signed(NOTED, one.private), other.public) is not None


@pytest.mark.parametrize(
    "change", [{"entries": 8}, {"hash": "cd" * 32}, {"at": NOTED.at + timedelta(microseconds=1)}, {"signature": "00" * 64}]
)
def test_a_change_of_any_part_breaks_the_signature(change: dict[str, object]) -> None:
    forged = replace(signed(NOTED, OURS.private), **change)  # type: ignore[arg-type]  # its own fields
    assert objection(forged, OURS.public) == f"the signature of the checkpoint at entry {forged.entries} is false"


@pytest.mark.parametrize("signature", ["no hex", "ab", ""])
def test_what_is_no_signature_is_a_false_one(signature: str) -> None:
    forged = replace(signed(NOTED, OURS.private), signature=signature)
    assert objection(forged, OURS.public) == "the signature of the checkpoint at entry 7 is false"


def test_another_key_and_no_key_are_told_apart() -> None:
    assert objection(NOTED, OURS.public) == "the checkpoint at entry 7 is not signed"
    elses = signed(NOTED, OTHERS.private)
    assert objection(elses, OURS.public) == f"the checkpoint at entry 7 was signed with another key ({elses.signed_by})"


def test_a_signature_under_a_trusted_keys_name_by_another_is_found() -> None:
    name = signed(NOTED, OURS.private).signed_by
    forged = replace(signed(NOTED, OTHERS.private), signed_by=name)
    with pytest.raises(PreconditionFailed, match="not to be trusted: the signature of the checkpoint at entry 7 is false"):
        trusted_by([OURS.public], [forged])


def test_only_what_trusted_keys_signed_counts() -> None:
    later, last = replace(NOTED, entries=9), replace(NOTED, entries=11)
    noted = [signed(NOTED, OURS.private), signed(later, OTHERS.private), last]
    assert trusted_by([OURS.public], noted) == {7}
    assert trusted_by([OURS.public, OTHERS.public], noted) == {7, 9}
    with pytest.raises(PreconditionFailed, match="No checkpoint is signed with that key"):
        trusted_by([OURS.public], noted[1:])
    with pytest.raises(PreconditionFailed, match="No checkpoint is signed with that key"):
        trusted_by([OURS.public], [])


@pytest.mark.parametrize("text", ["", "tell-nobody", "ab" * 31, "ab" * 33, "zz" * 32])
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    for use in (lambda: signed(NOTED, text), lambda: objection(NOTED, text), lambda: trusted_by([text], [])):
        with pytest.raises(PreconditionFailed, match="has 64 hex digits") as refusal:
            use()
        assert not text or text not in str(refusal.value)


def test_a_line_break_that_was_copied_along_does_no_harm() -> None:
    assert objection(signed(NOTED, f"{OURS.private}\n"), f" {OURS.public}\n") is None
