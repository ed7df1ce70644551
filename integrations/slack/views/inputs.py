"""Inputs of modals, typed; each has one id that stands for block and action alike."""

from collections.abc import Sequence

from integrations.slack.interaction import Payload
from integrations.slack.views.blocks import MODAL_TITLE, MOST_IN_VIEW, OPTION, plain, words

PLACEHOLDER, VALUE = 150, 150
MOST_OPTIONS = 100
#: Slack takes no longer text in an input.
LONGEST = 3_000


def modal(title: str, blocks: Sequence[Payload], callback: str, carried: str, submit: str | None = None) -> Payload:
    """A modal; `carried` is as of a button. Without `submit` it only shows."""
    view: Payload = {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": carried,
        "title": plain(title, MODAL_TITLE),
        "close": plain("Back" if submit else "Close", MODAL_TITLE),
        "blocks": list(blocks)[:MOST_IN_VIEW],
    }
    return view | ({"submit": plain(submit, MODAL_TITLE)} if submit else {})


def alert(text: str, level: str = "warning") -> Payload:
    return {"type": "alert", "level": level, "text": plain(text, 200)}


def asked(id: str, label: str, element: Payload, *, hint: str = "", optional: bool = False) -> Payload:
    block: Payload = {"type": "input", "block_id": id, "label": plain(label, 200), "element": {**element, "action_id": id}}
    return block | ({"hint": plain(hint, 300)} if hint else {}) | ({"optional": True} if optional else {})


def text(initial: str = "", *, most: int = 1_000, least: int = 0, lines: bool = False, placeholder: str = "") -> Payload:
    """What is longer than `most` is not shown, lest a part of it be taken for the whole: `unshown` says so."""
    element: Payload = {"type": "plain_text_input", "multiline": lines, "max_length": most}
    if least:
        element["min_length"] = least
    if initial and len(initial) <= most:
        element["initial_value"] = initial
    return element | ({"placeholder": plain(placeholder, PLACEHOLDER)} if placeholder else {})


def unshown(initial: str, most: int = LONGEST) -> str:
    """Empty where an input of that size shows it."""
    if len(initial) <= most:
        return ""
    return (
        f"It has {len(initial):,} characters now and {most:,} fit in here, so it is not shown; what you write replaces all of it."
    )


def number(initial: str = "", *, least: str = "") -> Payload:
    element: Payload = {"type": "number_input", "is_decimal_allowed": True}
    return element | ({"initial_value": initial} if initial else {}) | ({"min_value": least} if least else {})


def day(initial: str = "") -> Payload:
    """`initial`: ISO, of which the first ten characters count."""
    return {"type": "datepicker"} | ({"initial_date": initial[:10]} if initial else {})


def clock(initial: str) -> Payload:
    """`initial`: 22:00."""
    return {"type": "timepicker", "initial_time": initial}


def choice(options: Sequence[tuple[str, str]], initial: str | None = None, placeholder: str = "Choose") -> Payload:
    """`options`: value and what is read; at most 100."""
    shown = [_option(value, said) for value, said in options[:MOST_OPTIONS]]
    chosen = next((one for one in shown if one["value"] == initial), None)
    element: Payload = {"type": "static_select", "placeholder": plain(placeholder, PLACEHOLDER), "options": shown}
    return element | ({"initial_option": chosen} if chosen else {})


def several(options: Sequence[tuple[str, str]], placeholder: str) -> Payload:
    """All of them chosen at first; at most 100."""
    shown = [_option(value, said) for value, said in options[:MOST_OPTIONS]]
    return {
        "type": "multi_static_select", "placeholder": plain(placeholder, PLACEHOLDER), "options": shown, "initial_options": shown,
    }  # fmt: skip


def _option(value: str, said: str) -> Payload:
    return {"text": plain(said, OPTION), "value": words(value, VALUE)}
