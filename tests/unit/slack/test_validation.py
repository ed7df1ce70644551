"""The validator of payloads for Slack: it passes what Slack takes and names what it does not."""

from copy import deepcopy
from typing import Any

import pytest

from tests.fixtures.slack.validation import reused_block_ids, violations

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Late by *3 days*", **more: Any) -> Json:
    return {"type": "section", "text": words(text), **more}


def button(action: str = "approve", value: str = '{"id": "P12", "rev": "1"}', **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": plain("Approve"), "value": value, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def table(*rows: list[str]) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def message(*blocks: Json, **more: Any) -> Json:
    return {"channel": "C1", "text": "3 late orders", "blocks": list(blocks), "unfurl_links": False, "unfurl_media": False} | more


def posted(*blocks: Json, **more: Any) -> list[str]:
    return violations("chat.postMessage", message(*blocks, **more))


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Reject P12"), "submit": plain("Reject"), "blocks": list(blocks)} | more


def opened(*blocks: Json, **more: Any) -> list[str]:
    return violations("views.open", {"trigger_id": "1.2", "view": modal(*blocks, **more)})


REASON = {
    "type": "input",
    "block_id": "reason",
    "label": plain("Why"),
    "element": {"type": "plain_text_input", "action_id": "it"},
}
CONFIRM = {"title": plain("Approve?"), "text": plain("S00042"), "confirm": plain("Approve"), "deny": plain("Back")}

GOOD_BLOCKS = {
    "a section": section(),
    "a section with fields": {"type": "section", "fields": [words("*Due* today"), plain("<!channel> as plain text")]},
    "a header": {"type": "header", "text": plain("x" * 150)},
    "escaped markup": section("&lt;!channel&gt; &amp; Søn"),
    "a link": section("see <https://odoo.example/web#id=1&model=sale.order|S00042>".replace("&", "%26")),
    "a date": section("due <!date^1764266400^{date_short_pretty} {time}|27 Nov 18:00>"),
    "a person": section("<@U012AB3CD> has to decide"),
    "a quote": section("> as they wrote"),
    "buttons": actions(button(), button("reject", style="danger"), button("edit", confirm=CONFIRM)),
    "25 buttons": actions(*(button(f"line-{number}") for number in range(25))),
    "a table": table(["Field", "Now"], ["Promise date", "27 Nov"]),
    "a table with numbers and links": {
        "type": "table",
        "column_settings": [{"align": "left"}, {"align": "right"}],
        "rows": [[{"type": "raw_number", "text": "1,200 EUR", "value": 1200}, rich({"type": "link", "url": "https://odoo.example"})]],
    },
    "rich text": rich({"type": "text", "text": "<!channel> is only text here"}, {"type": "user", "user_id": "U1"}),
    "feedback": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Good"), "value": '{"id": "Q1", "rev": "up"}'},
                "negative_button": {"text": plain("Bad"), "value": '{"id": "Q1", "rev": "down"}'},
            }
        ],
    },
    "a context": {"type": "context", "elements": [words("as of 08:00")]},
}  # fmt: skip

BAD_BLOCKS = {
    "an unknown block": ({"type": "carrousel"}, "no block is of type 'carrousel'"),
    "an unknown key": (section(colour="red"), "'colour' was unexpected"),
    "a wrong kind of text": ({"type": "header", "text": words("Late")}, "'plain_text' was expected"),
    "a long header": ({"type": "header", "text": plain("x" * 151)}, "151, and at most 150"),
    "a long section": (section("x" * 3_001), "3001, and at most 3000"),
    "an empty section": ({"type": "section"}, "neither text nor fields"),
    "an empty text": (section(" "), "says nothing"),
    "a long field": ({"type": "section", "fields": [words("x" * 2_001)]}, "more than 2000"),
    "11 fields": ({"type": "section", "fields": [words("x")] * 11}, "11, and at most 10"),
    "a long button": (actions(button(text=plain("x" * 76))), "76, and at most 75"),
    "a long value": (actions(button(value="x" * 2_001)), "2001, and at most 2000"),
    "26 buttons": (actions(*(button(str(number)) for number in range(26))), "26, and at most 25"),
    "no buttons": (actions(), "is empty"),
    "a long confirmation": (actions(button(confirm=CONFIRM | {"text": plain("x" * 301)})), "301, and at most 300"),
    "a long title of a confirmation": (actions(button(confirm=CONFIRM | {"title": plain("x" * 101)})), "101, and at most 100"),
    "a long action_id": (actions(button("x" * 256)), "256, and at most 255"),
    "a long block_id": (section(block_id="x" * 256), "256, and at most 255"),
    "the same action twice": (actions(button(), button()), "action_id 'approve' stands 2 times"),
    "101 rows": (table(*[["x"]] * 101), "101, and at most 100"),
    "21 columns": (table(["x"] * 21), "21 columns, and at most 20"),
    "rows of different width": (table(["a", "b"], ["c"]), "not equally wide"),
    "an empty cell": (table(["a", ""]), "says nothing"),
    "a table of 10,001 characters": (table(["x" * 101, "x" * 9_900]), "10001 characters in the cells"),
    "a long option": (
        section(accessory={"type": "static_select", "action_id": "a", "options": [{"text": plain("x" * 76), "value": "v"}]}),
        "76, and at most 75",
    ),
    "101 options": (
        section(accessory={"type": "static_select", "action_id": "a", "options": [{"text": plain("x"), "value": "v"}] * 101}),
        "101, and at most 100",
    ),
    "6 options of an overflow": (
        section(accessory={"type": "overflow", "action_id": "a", "options": [{"text": plain("x"), "value": "v"}] * 6}),
        "6, and at most 5",
    ),
    "11 parts of a context": ({"type": "context", "elements": [words("x")] * 11}, "11, and at most 10"),
    "everybody": (section("<!channel> look"), "mentions everybody"),
    "everybody here": (section("x <!here|here>"), "mentions everybody"),
    "everybody in markdown": ({"type": "markdown", "text": "<!everyone>"}, "mentions everybody"),
    "everybody in rich text": (rich({"type": "broadcast", "range": "channel"}), "mentions everybody"),
    "a name with an ampersand": (section("Smith & Sons"), "an unescaped &"),
    "a name with an angle": (section("Pump <3 bar"), "an unescaped <"),
    "a link to nowhere": (section("<javascript:alert(1)|S00042>"), "an unescaped <"),
    "a date without words for old clients": (section("<!date^1764266400^{time}>"), "an unescaped <"),
    "a field of a mail in a button": (actions(button(value='{"id": "P1", "rev": "1", "who": "maria"}')), "nothing else"),
    "a number as the value": (actions(button(value="12")), "nothing else"),
    "markdown of 12,001 characters": ({"type": "markdown", "text": "x" * 12_001}, "12001, and at most 12000"),
    "an alert in a message": ({"type": "alert", "text": plain("Careful")}, "a alert block cannot stand in a message"),
    "a file": ({"type": "file", "external_id": "x", "source": "remote"}, "a file block cannot stand in a message"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD_BLOCKS)
def test_what_slack_takes_passes(name):
    assert posted(GOOD_BLOCKS[name]) == []


@pytest.mark.parametrize("name", BAD_BLOCKS)
def test_what_slack_or_we_refuse_is_named(name):
    block, said = BAD_BLOCKS[name]
    assert any(said in one for one in posted(block)), posted(block)


def test_a_message_of_blocks_has_a_text_for_notifications():
    assert posted(section(), text="") == ["text: is empty; notifications and screen readers have nothing else"]
    assert violations("chat.update", {"channel": "C1", "ts": "1.2", "blocks": [section()]}) != []


def test_the_text_of_a_message_is_escaped_too():
    assert posted(section(), text="<!channel>") == ["text: mentions everybody"]
    assert posted(section(), text="Smith & Sons") == ["text: an unescaped & in 'Smith & Sons'"]


def test_a_message_does_not_let_slack_fetch_what_it_links_to():
    assert posted(section(), unfurl_links=True) == ["unfurl_links and unfurl_media: have to be false"]
    assert violations("chat.postMessage", {"channel": "C1", "text": "x"}) != []


def test_an_argument_that_the_method_does_not_know_is_named_and_one_that_is_missing_too():
    assert posted(section(), colour="red") == ["chat.postMessage takes no colour"]
    assert "chat.postMessage needs channel" in posted(section(), channel="")


def test_50_blocks_pass_and_51_do_not():
    assert posted(*[{"type": "divider"}] * 50) == []
    assert posted(*[{"type": "divider"}] * 51) == ["blocks: 51, and at most 50 are allowed"]


def test_blocks_that_are_fine_one_by_one_can_be_too_much_together():
    assert posted(*[section("x" * 2_900)] * 4) == []
    assert any("msg_blocks_too_long" in one for one in posted(*[section("x" * 2_900)] * 5))


def test_one_table_is_what_every_source_allows():
    assert any("2 tables" in one for one in posted(table(["a"]), table(["b"])))


def test_a_block_id_stands_once():
    assert posted(section(block_id="why"), section(block_id="how")) == []
    assert posted(section(block_id="why"), section(block_id="why")) == ["blocks: block_id 'why' stands 2 times"]


def test_a_changed_block_needs_a_new_id():
    before, after = [section("pending", block_id="state.1")], [section("done", block_id="state.1")]
    assert reused_block_ids(before, after) == ["state.1"]
    assert reused_block_ids(before, deepcopy(before)) == []
    assert reused_block_ids(before, [section("done", block_id="state.2")]) == []


def test_a_modal_passes():
    assert opened(REASON, {"type": "alert", "level": "warning", "text": plain("Nothing is written.")}) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"title": plain("x" * 25)}, "view/title: more than 24"),
        ({"submit": plain("x" * 25)}, "view/submit: more than 24"),
        ({"private_metadata": "x" * 3_001}, "view/private_metadata: more than 3000"),
        ({"callback_id": "x" * 256}, "view/callback_id: more than 255"),
        ({"blocks": [{"type": "divider"}] * 101}, "101, and at most 100"),
        ({"title": words("Reject")}, "'plain_text' was expected"),
        ({"size": "large"}, "'size' was unexpected"),
        ({"blocks": [table(["a"])]}, "a table block cannot stand in a modal"),
        ({"blocks": [{"type": "markdown", "text": "x"}]}, "a markdown block cannot stand in a modal"),
    ],
)  # fmt: skip
def test_a_modal_that_slack_refuses_is_named(more, said):
    assert any(said in one for one in opened(**more)), opened(**more)


def test_a_modal_that_asks_has_something_to_submit():
    asking = modal(REASON)
    del asking["submit"]
    assert violations("views.open", {"trigger_id": "1", "view": asking}) == ["view: asks for something and has no submit"]


def test_home_takes_sections_and_nothing_that_belongs_in_a_message():
    home = {"type": "home", "blocks": [section(), actions(button())]}
    assert violations("views.publish", {"user_id": "U1", "view": home}) == []
    for block in (table(["a"]), GOOD_BLOCKS["feedback"], {"type": "markdown", "text": "x"}):
        assert violations("views.publish", {"user_id": "U1", "view": {"type": "home", "blocks": [block]}}) != []


def test_home_is_published_and_a_modal_opened():
    assert violations("views.open", {"trigger_id": "1", "view": {"type": "home", "blocks": []}}) != []
    assert violations("views.publish", {"user_id": "U1", "view": modal(section())}) != []


def test_a_submission_is_answered_with_errors_or_a_view():
    assert violations("view_submission", {"response_action": "errors", "errors": {"reason": "Say why."}}) == []
    assert violations("view_submission", {"response_action": "update", "view": modal(section())}) == []
    assert violations("view_submission", {"response_action": "errors", "errors": {}}) != []
    assert violations("view_submission", {"response_action": "close"}) != []
    assert violations("view_submission", {"response_action": "update"}) != []
