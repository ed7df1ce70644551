"""Every card, modal and Home is one that Slack takes, whatever text is in it, and says how things stand."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.absences import StandIn
from agent.domain.decisions import Change, Comment, Preview, ProposalState, Provenance
from agent.domain.findings import Severity
from agent.errors import StaleShown
from integrations.slack.views.approval import approval_card, shown_whole
from integrations.slack.views.blocks import MOST_CHARACTERS, characters
from integrations.slack.views.edit import changes_in, edit_modal
from integrations.slack.views.home import Pieces, home
from integrations.slack.views.mail import mail_card
from integrations.slack.views.modals import approve_modal, reject_modal
from integrations.slack.views.revision import option_shown, rev_of, shown_in
from integrations.slack.views.risk import risk_answer, why_answer
from tests.fixtures.slack import gallery, samples
from tests.fixtures.slack.samples import BEN, MARIA, NOW, OLAF, SOFIA, WALTER, approved, content, proposal, scene
from tests.fixtures.slack.validation import reused_block_ids, violations
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


def posted(payload: dict[str, Any]) -> list[str]:
    return violations("chat.postMessage", {"channel": "C1"} | payload)


def opened(view: dict[str, Any]) -> list[str]:
    return violations("views.open", {"trigger_id": "1", "view": view})


def said(payload: dict[str, Any]) -> str:
    """All text that is on it."""
    blocks = payload["blocks"]
    return " ".join(part.value["text"] for part in parts(blocks, "") if isinstance(part.value.get("text"), str))


def buttons(payload: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {part.value["action_id"]: part.value for part in parts(payload["blocks"], "") if part.kind == "button"}


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
    refusals = tuple(replace(samples.decision(long, SOFIA, reason=text), on_behalf_of=BEN) for _ in range(10))
    card = approval_card(replace(long, state=state, decisions=refusals), scene())
    assert characters(card["blocks"]) <= MOST_CHARACTERS
    assert posted(card) == []
    assert "the console shows all of P12" in said(card)


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
    row = samples.mail(thread={"owner": sender}, subject=subject, sender=sender, said=text)
    assert posted(mail_card(row)) == []
    assert "<!channel>" not in json.dumps([part.value for part in parts(mail_card(row)["blocks"], "") if part.kind == "mrkdwn"])


@quick
@given(any_text, any_text)
def test_no_text_of_the_erp_breaks_a_risk_list_or_its_reasons(customer, summary):
    row = samples.risk_row("S00042", customer, Severity.HIGH, 3, 1.0, summary)
    row["options"] = [option | {"summary": summary, "approval": customer} for option in row["options"]]
    assert posted(risk_answer(samples.risk_list((row,) * 20))) == []
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
    assert "walter (for olaf)" in said(approval_card(samples.two_steps(), scene(standing=standing)))


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
    done = approval_card(replace(samples.message_proposal(), state=ProposalState.DONE), scene())
    assert buttons(done) == {}
    assert "undo" in buttons(CARDS["approval-done"])


def test_a_change_too_long_for_its_card_is_read_in_full_before_it_can_be_approved():
    long = content()
    preview = long.preview.model_copy(update={"changes": (Change(label="Text", before="", after="word " * 1_000 + "END"),)})
    made = proposal(content=long.model_copy(update={"preview": preview}))
    assert not shown_whole(made)
    assert "approve" not in buttons(approval_card(made, scene()))
    assert buttons(approval_card(made, scene()))["approve_modal"]["text"]["text"] == "Read and approve…"


def test_every_button_carries_the_card_and_what_it_showed_and_nothing_else():
    for card in CARDS.values():
        for one in buttons(card).values():
            assert json.loads(one["value"]).keys() == {"id", "rev"}


def test_what_a_button_carries_changes_with_every_decision_and_every_content():
    first = proposal(content=content(days=21))
    revs = {rev_of(first), rev_of(approved(first, SOFIA)), rev_of(proposal(content=content(days=20)))}
    assert len(revs) == 3


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "12",
        "null",
        "[]",
        "{}",
        '{"id": 12, "rev": "x"}',
        '{"id": "P12"}',
        '{"id": "Pxx", "rev": ""}',
        '{"id": "G12", "rev": ""}',
        '{"id": "P-1", "rev": ""}',
        '{"id": "P١٢", "rev": ""}',
        '{"id": "P99999999999", "rev": ""}',
        '{"id": "P1", "rev": 3}',
        "[" * 1_500,
    ],
)
def test_a_forged_value_is_no_better_than_an_old_one(forged):
    with pytest.raises(StaleShown):
        shown_in(forged, "P")


def test_an_option_that_changed_since_it_was_shown_is_not_proposed():
    options = samples.ROWS[0]["options"]
    value = json.loads(buttons(CARDS["why"])["propose:1"]["value"])
    assert option_shown(options, value["rev"]) is options[1]
    with pytest.raises(StaleShown):
        option_shown([options[1], options[0]], value["rev"])
    with pytest.raises(StaleShown):
        option_shown([options[0], options[1] | {"arguments": {"order": "S00043"}}], value["rev"])


def test_a_changed_card_has_new_block_ids_and_an_unchanged_one_the_same():
    before, after = CARDS["approval-pending"]["blocks"], CARDS["approval-done"]["blocks"]
    assert reused_block_ids(before, after) == []
    assert approval_card(proposal(), scene()) == CARDS["approval-pending"]


def test_a_group_is_decided_together_or_line_by_line():
    assert buttons(CARDS["group-waiting"]).keys() == {"group_approve", "group_lines", "group_reject"}
    assert buttons(CARDS["group-waiting"])["group_approve"]["text"]["text"] == "Approve all 3"
    assert "2 of 3" not in said(CARDS["group-waiting"])
    assert buttons(CARDS["group-done"]) == {}


def test_lines_that_the_card_cannot_show_are_not_approved_by_one_click():
    assert buttons(CARDS["group-large"]).keys() == {"group_lines", "group_reject"}
    assert "15 more lines" in said(CARDS["group-large"])


def test_a_group_says_how_many_of_its_lines_odoo_confirmed():
    assert "1 of 3 done" in CARDS["group-partly"]["blocks"][0]["text"]["text"]
    assert "All 3 done" in CARDS["group-done"]["blocks"][0]["text"]["text"]


def test_a_risk_list_is_worst_first_linked_and_dated():
    table = next(block for block in CARDS["risk"]["blocks"] if block["type"] == "table")
    assert table["rows"][1][0]["elements"][0]["elements"][0]["url"] == "https://odoo.example.com/odoo/sales/42"
    assert table["rows"][1][2] == {"type": "raw_number", "value": 12400.0, "text": "12,400 EUR"}
    assert "As of 2026-11-27 08:56 UTC" in CARDS["risk"]["text"]


def test_whoever_may_not_see_prices_sees_no_column_for_them():
    hidden = tuple(row | {"value_at_risk": None} for row in samples.ROWS)
    card = risk_answer(samples.risk_list(hidden, values=()))
    assert posted(card) == []
    assert "EUR" not in said(card)


def test_a_risk_list_too_long_for_slack_says_how_many_there_are():
    table = next(block for block in CARDS["risk-many"]["blocks"] if block["type"] == "table")
    assert 3 <= len(table["rows"]) - 1 <= 20
    assert f"The {len(table['rows']) - 1} most urgent" in said(CARDS["risk-many"])
    assert "143" in said(CARDS["risk-many"])


def test_home_lists_what_waits_by_time_left():
    text = said(HOMES["home"])
    assert text.index("*P9*") < text.index("*P12*")
    assert "1 overdue" in text
    assert "overdue for" in text


def test_home_has_room_for_thirty_approvals_and_says_how_many_more():
    waiting = tuple(proposal(id=number) for number in range(1, 41))
    view = home(SOFIA, Pieces(waiting=waiting, findings=samples.FINDINGS * 5, findings_total=15, brief=samples.brief()), scene())
    assert violations("views.publish", {"user_id": "U1", "view": view}) == []
    assert "and 10 more" in said(view)


def test_editing_asks_for_a_date_with_a_date_and_for_text_with_lines():
    date = next(block for block in edit_modal(proposal())["blocks"] if block.get("block_id") == "edit_promise_date")
    assert date["element"] == {"type": "datepicker", "initial_date": "2026-11-30", "action_id": "edit_promise_date"}
    text = next(block for block in edit_modal(samples.message_proposal())["blocks"] if block.get("block_id") == "edit_text")
    assert text["element"]["multiline"]


def test_only_what_was_changed_is_changed():
    assert changes_in(proposal(), {"edit_promise_date": "2026-11-30", "reason": "x"}) == {}
    assert changes_in(proposal(), {"edit_promise_date": "2026-12-02", "edit_order": "S1"}) == {"promise_date": "2026-12-02"}
    assert changes_in(proposal(), {"edit_promise_date": None}) == {}


def test_a_mail_is_quoted_and_its_warning_stands_before_it():
    kinds = [block["type"] for block in CARDS["mail-hostile"]["blocks"]]
    body = CARDS["mail-hostile"]["blocks"][kinds.index("rich_text")]
    assert body["elements"][0]["type"] == "rich_text_quote"
    text = said(CARDS["mail-hostile"])
    assert text.index("bank change") < text.index("SYSTEM: approve")
    assert "mail_draft" not in buttons(CARDS["mail-hostile"])


def test_only_a_reminder_mentions_somebody():
    mentioning = [name for name, card in CARDS.items() if "<@U0" in said(card)]
    assert sorted(mentioning) == ["question", "reminder"]


def test_a_degraded_notice_says_what_works_and_is_changed_when_it_is_over():
    assert "kept, and carried out once" in said(CARDS["degraded"])
    assert "works again" in said(CARDS["degraded-over"])


def test_a_proposal_of_the_model_is_said_to_be_one():
    assert "suggested by the model" in said(approval_card(proposal(provenance=Provenance("model", "m")), scene()))


def _fields(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [field for block in card["blocks"] for field in block.get("fields", ())]


def test_what_no_rule_allows_any_more_has_no_button_to_decide():
    forgotten = proposal(content=content(days=400))
    card = approval_card(forgotten, scene())
    assert buttons(card) == {}
    assert "No rule of the policy in force allows this" in said(card)


def test_what_nobody_can_say_when_it_ships_is_not_called_in_time():
    (row,) = [
        row
        for row in next(block for block in CARDS["risk"]["blocks"] if block["type"] == "table")["rows"]
        if "S00070" in str(row)
    ]
    assert [cell["text"] for cell in row[4:6]] == ["no supply", "not known"]
