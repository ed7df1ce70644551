"""Every card, modal and Home is one that Slack takes, whatever text is in it, and says how things stand."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.absences import StandIn
from agent.domain.decisions import Change, Comment, Preview, ProposalState
from agent.domain.findings import Severity
from integrations.slack.examples import day, gallery, proposals
from integrations.slack.examples.proposals import BEN, MARIA, NOW, OLAF, SOFIA, WALTER, content, proposal, scene
from integrations.slack.views.approval import approval_card, shown_whole
from integrations.slack.views.blocks import MOST_CHARACTERS, characters
from integrations.slack.views.mail import mail_card
from integrations.slack.views.modals import approve_modal, reject_modal
from integrations.slack.views.risk import risk_answer, why_answer
from tests.fixtures.slack.reading import buttons, opened, posted, said
from tests.fixtures.slack.validation import violations
from tests.fixtures.slack.validation.walking import parts

CARDS, MODALS, HOMES = gallery.cards(), gallery.modals(), gallery.homes()
HOSTILE = (
    "<!channel>",
    "Smith & Sons <b>",
    "<https://evil.example|Odoo>",
    "x" * 9_000,
    "\u202eabc\x00\u2066",
    "",
    "*bold* _it_ `code`",
)
any_text = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400))
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", CARDS)
def test_every_card_is_one_that_slack_takes(name):
    assert posted(CARDS[name]) == []


@pytest.mark.parametrize("name", MODALS)
def test_every_modal_is_one_that_slack_takes(name):
    assert opened(MODALS[name]) == []


@pytest.mark.parametrize("name", HOMES)
def test_every_home_is_one_that_slack_takes(name):
    assert violations("views.publish", {"user_id": "U1", "view": HOMES[name]}) == []


@quick
@given(any_text, any_text, any_text, st.sampled_from(ProposalState))
def test_no_text_of_an_order_breaks_a_card_or_mentions_anybody(name, after, reason, state):
    made = content(order=name[:60] or "S1", customer=after)
    preview = Preview(
        title=name,
        changes=(Change(label=after[:80], before=name, after=after),) * 3,
        consequence=after,
        undo=reason or "irreversible",
    )
    hostile = proposal(content=made.model_copy(update={"preview": preview}), rationale=reason, outcome_detail=reason)
    assert posted(approval_card(replace(hostile, state=state), scene())) == []
    assert opened(approve_modal(hostile, code=True)) == []
    assert opened(reject_modal(hostile)) == []


@pytest.mark.parametrize("text", ["x" * 10_000, '"\n' * 5_000, "<&>" * 3_333, "👍" * 10_000], ids=["x", "quotes", "<&>", "👍"])
@pytest.mark.parametrize("number", [1, 4, 40])
@pytest.mark.parametrize("state", [ProposalState.PENDING, ProposalState.FAILED])
def test_the_longest_answer_fits_into_a_card_that_says_where_the_rest_is(text, number, state):
    preview = Preview(
        title=text, changes=(Change(label=text[:80], before=text, after=text),) * number, consequence=text, undo=text
    )
    made = content().model_copy(update={"preview": preview, "facts": content().facts | {"customer": text}})
    long = proposal(content=made, rationale=text, outcome_detail=text, comments=(Comment("maria", text, NOW),) * 3)
    refusals = tuple(replace(proposals.decision(long, SOFIA, reason=text), on_behalf_of=BEN) for _ in range(10))
    card = approval_card(replace(long, state=state, decisions=refusals), scene())
    assert characters(card["blocks"]) <= MOST_CHARACTERS
    assert posted(card) == []
    assert "`expediter proposals show P12` shows all of it" in said(card)


def test_what_is_shortened_only_for_room_is_read_in_a_modal_before_it_is_approved():
    message = Change(label="Message", before="x", after='"\n' * 1_850 + "x")
    table = Preview(title="t", changes=(message,), consequence='"\n' * 2_000, undo="u")
    card = approval_card(proposal(content=content().model_copy(update={"preview": table}), rationale='"\n' * 2_000), scene())
    assert "Shortened" in said(card)
    assert "approve_modal" not in buttons(card), "what is to be written is shown whole; only the reasons are shortened"
    wordy = Preview(
        title="t", changes=(Change(label="Message", before='"\n' * 1_850, after='"\n' * 1_850),), consequence="c", undo="u"
    )
    assert "approve_modal" in buttons(approval_card(proposal(content=content().model_copy(update={"preview": wordy})), scene()))


def test_an_ordinary_card_is_not_shortened():
    assert "Shortened" not in said(CARDS["approval-pending"])


@quick
@given(any_text, any_text, any_text)
def test_no_text_of_a_mail_breaks_its_card_or_mentions_anybody(subject, sender, text):
    row = day.mail(thread={"owner": sender}, subject=subject, sender=sender, said=text)
    assert posted(mail_card(row)) == []
    assert "<!channel>" not in json.dumps([part.value for part in parts(mail_card(row)["blocks"], "") if part.kind == "mrkdwn"])


@quick
@given(any_text, any_text)
def test_no_text_of_the_erp_breaks_a_risk_list_or_its_reasons(customer, summary):
    row = day.risk_row("S00042", customer, Severity.HIGH, 3, 1.0, summary)
    row["options"] = [option | {"summary": summary, "approval": customer} for option in row["options"]]
    assert posted(risk_answer(day.risk_list((row,) * 20))) == []
    assert posted(why_answer(row)) == []


def test_a_card_that_waits_says_what_why_who_until_when_and_how_to_undo_it():
    text = said(CARDS["approval-pending"])
    for wanted in (
        "Promise S00042 3 days later",
        "2026-11-27",
        "2026-11-30",
        "Nordlicht Pumps confirmed the pumps",
        "one of sales manager",
        "sofia",
        "The promise date goes back",
        "order value 4200.00",
        "*P12*",
        "expediter audit explain P12",
        "<!date^",
    ):
        assert wanted in text, wanted


def test_the_text_of_a_notification_says_the_same_in_a_line():
    assert CARDS["approval-pending"]["text"].startswith("🟡 P12 waits for approval: Promise S00042 3 days later, due 2026-11-27")


def test_an_approval_is_confirmed_with_the_write_repeated():
    confirm = buttons(CARDS["approval-pending"])["approve"]["confirm"]
    assert confirm["text"]["text"] == "S00042: Promise date: 2026-11-27 → 2026-11-30"


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.PENDING])
def test_what_does_not_wait_has_no_button_to_decide(state):
    assert buttons(CARDS[f"approval-{state.value}"]).keys() <= {"undo"}


def test_only_what_odoo_confirmed_is_called_done():
    for name, card in CARDS.items():
        if name.startswith("approval-"):
            assert ("Done" in card["blocks"][0]["text"]["text"]) == (name == "approval-done"), name


def test_a_card_of_two_steps_says_who_approved_and_whose_turn_it_is():
    text = said(CARDS["approval-two-steps"])
    for wanted in (
        "Approved 1 of 2",
        "approved by *sofia*",
        "now waits for one ops manager",
        "olaf",
        "Did anybody call <the customer> & ask?",
    ):
        assert wanted in text, wanted
    assert "suggested by the model" in text


def test_a_deputy_is_named_with_whom_they_stand_in_for():
    standing = (StandIn(WALTER, OLAF),)
    assert "walter (for olaf)" in said(approval_card(proposals.two_steps(), scene(standing=standing)))


def test_nobody_who_had_a_part_in_it_is_named_as_one_who_can_decide():
    own = approval_card(proposal(asker=SOFIA, authors=(BEN,)), scene())
    (who,) = [field["text"] for field in _fields(own) if "Who can decide" in field["text"]]
    assert "olaf" in who
    assert "sofia" not in who
    assert "ben" not in who


def test_a_card_that_nobody_can_decide_on_says_so():
    assert "nobody can now, so it will lapse" in said(approval_card(proposal(), scene(people=(MARIA,))))


def test_an_overdue_card_says_so_and_to_whom_it_escalated():
    earlier = content().model_copy(update={"facts": content().facts | {"change": "earlier"}})
    late = proposal(content=earlier, created_at=NOW - timedelta(days=2))
    card = approval_card(late, scene())
    assert "Overdue" in card["blocks"][0]["text"]["text"]
    assert "escalated to ops manager" in said(card)


def test_what_cannot_be_undone_is_said_and_offers_no_undo():
    assert "*cannot be undone*" in said(CARDS["approval-message"])
    done = approval_card(replace(proposals.message_proposal(), state=ProposalState.DONE), scene())
    assert buttons(done) == {}
    assert "undo" in buttons(CARDS["approval-done"])


def test_a_change_too_long_for_its_card_is_read_in_full_before_it_can_be_approved():
    long = content()
    preview = long.preview.model_copy(update={"changes": (Change(label="Text", before="", after="word " * 1_000 + "END"),)})
    made = proposal(content=long.model_copy(update={"preview": preview}))
    assert not shown_whole(made)
    assert "approve" not in buttons(approval_card(made, scene()))
    assert buttons(approval_card(made, scene()))["approve_modal"]["text"]["text"] == "Read and approve…"


def _fields(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [field for block in card["blocks"] for field in block.get("fields", ())]
