"""The few things the wire itself shows: a sentence, a sentence in a modal, and the question who somebody is."""

import hashlib
import json

from agent.domain.messenger import Link
from integrations.slack.interaction import Payload
from integrations.slack.text import cut, escaped

CONFIRM = "link_confirm"
NOT_ME = "link_not_me"
COMMAND_AGAIN = "command_again"
LONGEST_LINE = 220
GIVEN_UP = "I could not take this on in several tries, and nothing became of it; write it again in a few minutes."


def sentence(words: str) -> Payload:
    """A message of one paragraph; `words` is mrkdwn with what others wrote escaped."""
    return {"text": words[:3_000], "blocks": [_section(words)]}


def modal_saying(words: str, title: str = "Expediter") -> Payload:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title[:24]},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [_section(words)],
    }


def confirm_who(link: Link) -> Payload:
    """Asks the holder of an account, alone, whether they are this person."""
    who = f"{cut(link.person.name, 200)} ({escaped(link.email)})"
    words = (
        f"Your address in Slack is that of *{who}*. Is that you? What you ask and decide here is written down under that name."
    )
    buttons = [_button("Yes, that is me", CONFIRM, link.id, "primary"), _button("No", NOT_ME, link.id)]
    return {
        "text": f"Are you {who}?",
        "blocks": [_section(words), {"type": "actions", "block_id": f"link-{link.id}", "elements": buttons}],
    }


def refreshable(payload: Payload, line: str) -> Payload:
    """A command's answer with a button that asks the same again; it carries the command, and a digest of what was shown."""
    shown = hashlib.sha256(json.dumps(payload["blocks"], sort_keys=True).encode()).hexdigest()[:16]
    carried = json.dumps({"id": line[:LONGEST_LINE], "rev": shown}, ensure_ascii=False)
    button = {"type": "button", "action_id": COMMAND_AGAIN, "value": carried, "text": {"type": "plain_text", "text": "Refresh"}}
    return payload | {"blocks": [*payload["blocks"], {"type": "actions", "block_id": f"again-{shown}", "elements": [button]}]}


def looks_as(payload: Payload, value: str) -> bool:
    """Whether a command's answer shows what the one did whose button carries this."""
    last = payload["blocks"][-1]
    return last["type"] == "actions" and bool(last["elements"][0]["value"] == value)


def line_in(value: str) -> str:
    """The command in a button's value; empty when there is none."""
    return _in(value, "id")[:LONGEST_LINE]


def value_of(id: int, rev: str = "") -> str:
    """What a button carries: a row and what it showed."""
    return json.dumps({"id": str(id), "rev": rev})


def id_in(value: str) -> int:
    """The row's number in a button's value; 0 when there is none."""
    text = _in(value, "id")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def rev_in(value: str) -> str:
    """What the button showed; empty when it says nothing."""
    return _in(value, "rev")


def _in(value: str, name: str) -> str:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return ""
    text = found.get(name) if isinstance(found, dict) else None
    return text if isinstance(text, str) else ""


def _button(words: str, action: str, link_id: int, style: str | None = None) -> Payload:
    button: Payload = {
        "type": "button",
        "action_id": action,
        "value": value_of(link_id),
        "text": {"type": "plain_text", "text": words},
    }
    return button | ({"style": style} if style else {})


def _section(words: str) -> Payload:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words[:3_000], "verbatim": True}}
