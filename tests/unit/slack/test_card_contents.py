"""What buttons carry, and what lists, Home, modals and mails say."""

import json
from dataclasses import replace
from typing import Any

import pytest

from agent.domain.decisions import Proposal, ProposalGroup, Provenance
from agent.errors import StaleShown
from integrations.slack.examples import day, gallery, proposals
from integrations.slack.examples.proposals import SOFIA, approved, content, proposal, scene
from integrations.slack.interaction import Payload
from integrations.slack.views.approval import approval_card
from integrations.slack.views.edit import changes_in, edit_modal
from integrations.slack.views.group import group_modal
from integrations.slack.views.home import Pieces, home
from integrations.slack.views.revision import option_shown, rev_of, shown_in
from integrations.slack.views.risk import risk_answer
from tests.fixtures.slack.reading import buttons, posted, said
from tests.fixtures.slack.validation import reused_block_ids, violations

CARDS, MODALS, HOMES = gallery.cards(), gallery.modals(), gallery.homes()


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
    options = day.ROWS[0]["options"]
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


def test_letters_that_the_card_cannot_show_whole_are_read_before_they_are_approved():
    assert buttons(CARDS["group-letters"]).keys() == {"group_lines", "group_reject"}
    assert "Tell Hafen & Söhne that S00042 comes on Monday" in said(CARDS["group-letters"])
    read = said(MODALS["group-letters"])
    assert read.count("Dear Ms Jansen") == 2
    assert read.count("Kind regards") == 2


def test_what_the_modal_cannot_show_whole_cannot_be_approved_in_it():
    long = replace(proposals.message_proposal(paragraphs=20), id=60)
    both = ProposalGroup(5, "Letters", proposals.MARIA, proposals.NOW, (long, *proposals.letters(1).lines))
    modal = group_modal(both, scene(), approve=True)
    assert [one["value"] for one in modal["blocks"][0]["element"]["options"]] == ["P50"]
    assert "P60 is too long to be read here: read it with `expediter proposals show P60`" in said(modal)
    assert "Once you have decided" not in said(modal)
    alone = group_modal(replace(both, proposals=(long,)), scene(), approve=True)
    assert "P60 is too long to be read here" in said(alone)


@pytest.mark.parametrize(("approve", "offered"), [(True, 90), (False, 100)])
def test_more_lines_than_a_modal_takes_are_decided_on_in_turns_and_it_says_how(approve: bool, offered: int):
    lines = tuple(proposal(id=number) for number in range(1, 131))
    modal = group_modal(ProposalGroup(5, "Dates", proposals.MARIA, proposals.NOW, lines), scene(), approve=approve)
    assert violations("views.open", {"trigger_id": "t", "view": modal}) == []
    assert len(modal["blocks"][0]["element"]["options"]) == offered
    told = f"130 lines wait. Once you have decided on these {offered} lines, open this again from the card for the other"
    assert f"{told} {130 - offered}." in said(modal)


def test_a_group_says_how_many_of_its_lines_odoo_confirmed():
    assert "1 of 3 done" in CARDS["group-partly"]["blocks"][0]["text"]["text"]
    assert "All 3 done" in CARDS["group-done"]["blocks"][0]["text"]["text"]


def test_a_risk_list_is_worst_first_linked_and_dated():
    table = next(block for block in CARDS["risk"]["blocks"] if block["type"] == "table")
    assert table["rows"][1][0]["elements"][0]["elements"][0]["url"] == "https://odoo.example.com/odoo/sales/42"
    assert table["rows"][1][2] == {"type": "raw_number", "value": 12400.0, "text": "12,400 EUR"}
    assert "As of 2026-11-27 08:56 UTC" in CARDS["risk"]["text"]


def test_whoever_may_not_see_prices_sees_no_column_for_them():
    hidden = tuple(row | {"value_at_risk": None} for row in day.ROWS)
    card = risk_answer(day.risk_list(hidden, values=()))
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
    view = home(SOFIA, Pieces(waiting=waiting, findings=day.FINDINGS * 5, findings_total=15, brief=day.brief()), scene())
    assert violations("views.publish", {"user_id": "U1", "view": view}) == []
    assert "and 10 more" in said(view)


def test_editing_asks_for_a_date_with_a_date_and_for_text_with_lines():
    date = next(block for block in edit_modal(proposal())["blocks"] if block.get("block_id") == "edit_promise_date")
    assert date["element"] == {"type": "datepicker", "initial_date": "2026-11-30", "action_id": "edit_promise_date"}
    text = next(block for block in edit_modal(proposals.message_proposal())["blocks"] if block.get("block_id") == "edit_text")
    assert text["element"]["multiline"]


@pytest.mark.parametrize("length", [2_000, 2_001, 3_000])
@pytest.mark.parametrize("action", ["reply_to_mail", "send_customer_update"])
def test_a_text_is_edited_up_to_what_slack_takes(action: str, length: int):
    modal = edit_modal(_long(action, {"text": "x" * length}))
    assert violations("views.open", {"trigger_id": "t", "view": modal}) == []
    text = _input(modal, "edit_text")["element"]
    assert (text["max_length"], text["initial_value"]) == (3_000, "x" * length)


def test_a_list_of_goods_is_edited_up_to_what_slack_takes():
    goods = [{"product": f"HAR-{number:060}", "quantity": "3"} for number in range(40)]
    element = _input(edit_modal(_long("create_rfq", {"goods": goods})), "edit_goods")["element"]
    assert 2_000 < len(element["initial_value"]) <= element["max_length"] == 3_000


def test_a_longer_text_is_not_shown_in_part_and_its_input_says_what_becomes_of_it():
    text = _input(edit_modal(_long("reply_to_mail", {"text": "x" * 3_001})), "edit_text")
    assert "initial_value" not in text["element"]
    assert text["hint"]["text"] == (
        "It has 3,001 characters now and 3,000 fit in here, so it is not shown; what you write replaces all of it. "
        "Left empty, it stays as it is. `expediter edit P12 text=…` takes longer words."
    )


def _long(action: str, arguments: dict[str, Any]) -> Proposal:
    return proposal(content=content().model_copy(update={"action": action, "arguments": arguments}))


def _input(modal: Payload, id: str) -> Payload:
    return next(block for block in modal["blocks"] if block.get("block_id") == id)


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
