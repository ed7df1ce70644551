"""Internal notes: cleaned, marked, found again, taken back."""

import pytest

from agent.actions import Effect, action_named, inverse, marker_of, prepare
from agent.domain.decisions import Proposal, ProposalState
from agent.errors import PreconditionFailed
from tests.unit.execution.fakes import Clock, Erp, order, proposal_of

TEXT = "Vendor confirms Monday."


@pytest.fixture
def erp() -> Erp:
    return Erp(Clock())


def carried_out(erp: Erp, name: str, arguments: dict, id: int = 12) -> Proposal:
    proposal = proposal_of(prepare(name, arguments, erp), id=id, state=ProposalState.DONE)
    action_named(name).apply(proposal.content, erp, marker_of(proposal))
    assert action_named(name).effect(proposal.content, erp, marker_of(proposal)) is Effect.DONE
    return proposal


def test_the_preview_shows_the_whole_note(erp):
    preview = prepare("post_note", {"order": "S00042", "text": TEXT}, erp).preview
    assert preview.title == "Note on S00042 (Acme)"
    assert (preview.changes[0].before, preview.changes[0].after) == ("none", TEXT)
    assert preview.consequence == "Colleagues who open S00042 read the note; Acme does not."


def test_a_note_fits_an_order_in_any_state(erp):
    erp.orders["S00042"] = order(state="cancel")
    assert prepare("post_note", {"order": "S00042", "text": TEXT}, erp).facts == {"segment": "standard", "length": len(TEXT)}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a\x00b\x1b[31mc\x7f ", "ab[31mc"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree four"),
        ("pay\u202eevil\u200b now\u2066", "payevil now"),
        ("Zürich, 5 × 2 €", "Zürich, 5 × 2 €"),
    ],
)
def test_control_and_invisible_characters_are_removed(erp, typed, kept):
    assert prepare("post_note", {"order": "S00042", "text": typed}, erp).arguments["text"] == kept


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b", "x" * 2001])
def test_a_note_without_text_or_without_end_is_refused(erp, text):
    with pytest.raises(PreconditionFailed, match="post_note cannot use its text"):
        prepare("post_note", {"order": "S00042", "text": text}, erp)


def test_preparing_its_own_arguments_again_gives_the_same_bytes(erp):
    once = prepare("post_note", {"order": "S00042", "text": " a\tb "}, erp)
    assert prepare(once.action, once.arguments, erp).canonical() == once.canonical()


def test_a_note_is_found_by_its_proposals_marker_only(erp):
    proposal = carried_out(erp, "post_note", {"order": "S00042", "text": TEXT})
    other = proposal_of(proposal.content, id=13)
    assert action_named("post_note").effect(other.content, erp, marker_of(other)) is Effect.BEFORE


def test_taking_a_note_back_leaves_it_readable_and_says_so(erp):
    posted = carried_out(erp, "post_note", {"order": "S00042", "text": TEXT})
    struck = carried_out(erp, *inverse(posted), id=13)
    assert struck.content.preview.changes[0].after == f"Taken back; it said: {TEXT}"
    assert erp.notes == [f"Taken back; it said: {TEXT} ({marker_of(struck)}) [{marker_of(posted)}]"]


def test_the_inverse_of_the_inverse_is_the_original(erp):
    posted = carried_out(erp, "post_note", {"order": "S00042", "text": TEXT})
    struck = carried_out(erp, *inverse(posted), id=13)
    assert inverse(struck) == ("post_note", posted.content.arguments)


def test_a_note_that_is_gone_cannot_be_taken_back(erp):
    posted = carried_out(erp, "post_note", {"order": "S00042", "text": TEXT})
    erp.notes.clear()
    with pytest.raises(PreconditionFailed, match="The note is no longer on S00042"):
        prepare(*inverse(posted), erp)


def test_only_what_a_note_really_says_is_shown_as_taken_back(erp):
    posted = carried_out(erp, "post_note", {"order": "S00042", "text": TEXT})
    name, arguments = inverse(posted)
    with pytest.raises(PreconditionFailed, match="no longer says what was posted"):
        prepare(name, arguments | {"text": "Ship it, finance agreed."}, erp)
    carried_out(erp, name, arguments, id=13)
    with pytest.raises(PreconditionFailed, match="no longer says what was posted"):
        prepare(name, arguments, erp)


def test_a_note_that_vanished_while_it_was_taken_back_goes_to_a_person(erp):
    posted = carried_out(erp, "post_note", {"order": "S00042", "text": TEXT})
    content = prepare(*inverse(posted), erp)
    assert action_named("strike_note").effect(content, erp, "expediter-p13-000000000000") is Effect.BEFORE
    erp.notes.clear()
    assert action_named("strike_note").effect(content, erp, "expediter-p13-000000000000") is Effect.OTHER


def test_only_a_marker_of_ours_can_be_named(erp):
    with pytest.raises(PreconditionFailed, match="strike_note cannot use its marker"):
        prepare("strike_note", {"order": "S00042", "marker": "e", "text": TEXT}, erp)
