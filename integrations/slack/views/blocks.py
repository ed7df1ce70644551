"""Blocks, each within Slack's limits whatever it is given."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from agent.guardrails.untrusted_text import clean
from integrations.slack.interaction import Payload
from integrations.slack.text import cut

HEADER, SECTION, FIELD, BUTTON, OPTION, CONFIRM, MODAL_TITLE = 150, 3_000, 2_000, 75, 75, 300, 24
LONGEST_TEXT = 3_000
MOST_BLOCKS, MOST_IN_VIEW = 50, 100
#: Slack refuses messages whose blocks are somewhat longer in all, and says only `msg_blocks_too_long` (13,200 were measured).
MOST_CHARACTERS = 12_800
NOTHING = "none"


def words(text: str, limit: int) -> str:
    """For plain_text, rich text and raw_text: cleaned, never empty, at most `limit` characters."""
    whole = clean(text).strip()
    return (whole if len(whole) <= limit else whole[: limit - 1] + "…") or NOTHING


def mrkdwn(text: str, limit: int) -> str:
    """The same, escaped, for use within markup."""
    return cut(clean(text).strip() or NOTHING, limit)


def plain(text: str, limit: int = SECTION) -> Payload:
    return {"type": "plain_text", "text": words(text, limit), "emoji": True}


def marked(markup: str) -> Payload:
    """Markup of our own; what others wrote in it was escaped by `mrkdwn`."""
    return {"type": "mrkdwn", "text": markup, "verbatim": True}


def header(text: str) -> Payload:
    return {"type": "header", "text": plain(text, HEADER)}


def section(markup: str, accessory: Payload | None = None) -> Payload:
    block: Payload = {"type": "section", "text": marked(markup)}
    return block | ({"accessory": accessory} if accessory else {})


def fields(pairs: Iterable[tuple[str, str]]) -> Payload:
    """At most ten pairs of a name and markup, two a line."""
    return {"type": "section", "fields": [marked(f"*{name}*\n{markup}") for name, markup in list(pairs)[:10]]}


def context(*markup: str) -> Payload:
    return {"type": "context", "elements": [marked(one) for one in markup[:10]]}


def rich(*parts: Payload) -> Payload:
    return {"type": "rich_text", "elements": list(parts)}


def paragraph(*runs: Payload) -> Payload:
    return {"type": "rich_text_section", "elements": list(runs)}


def quote(text: str, limit: int) -> Payload:
    """What somebody else wrote, as they wrote it."""
    return {"type": "rich_text_quote", "elements": [run(text, limit)]}


def bullets(lines: Iterable[Payload]) -> Payload:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def run(text: str, limit: int = SECTION, **style: bool) -> Payload:
    """A piece of rich text. White space at its ends stays: pieces follow each other."""
    whole = clean(text)
    shown = (whole if len(whole) <= limit else whole[: limit - 1] + "…") or NOTHING
    return {"type": "text", "text": shown} | ({"style": style} if style else {})


def bold(text: str, limit: int = SECTION) -> Payload:
    return run(text, limit, bold=True)


def link(name: str, url: str | None, limit: int = 120) -> Payload:
    """A link where there is a page to open, else the name."""
    if url is None or not url.startswith(("https://", "http://")):
        return run(name, limit)
    return {"type": "link", "url": url, "text": words(name, limit)}


def cell(text: str, limit: int = 300) -> Payload:
    return {"type": "raw_text", "text": words(text, limit)}


def linked_cell(name: str, url: str | None) -> Payload:
    return rich(paragraph(link(name, url))) if url else cell(name)


def table(rows: Sequence[Sequence[Payload]], align: str) -> Payload:
    """`align`: a letter for each column, `l` or `r`; text wraps in all of them."""
    sides = {"l": "left", "r": "right"}
    settings = [{"align": sides[letter], "is_wrapped": True} for letter in align]
    return {"type": "table", "column_settings": settings, "rows": [list(row) for row in rows]}


def value(id: str, rev: str) -> str:
    """All that a button carries."""
    return json.dumps({"id": id, "rev": rev})


def button(text: str, action: str, carried: str, style: str | None = None, confirm: Payload | None = None) -> Payload:
    block: Payload = {"type": "button", "action_id": action, "text": plain(text, BUTTON), "value": carried}
    return block | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def confirmation(title: str, text: str, yes: str, no: str = "Not yet") -> Payload:
    return {"title": plain(title, 100), "text": plain(text, CONFIRM), "confirm": plain(yes, 30), "deny": plain(no, 30)}


def actions(*buttons: Payload) -> Payload:
    return {"type": "actions", "elements": list(buttons)[:25]}


def divider() -> Payload:
    return {"type": "divider"}


def message(text: str, blocks: Sequence[Payload]) -> Payload:
    """A message without its place. `text` is what notifications and screen readers say; what others wrote in it is escaped."""
    shown = stamped(blocks[:MOST_BLOCKS])
    return {"text": text[:LONGEST_TEXT], "blocks": shown, "unfurl_links": False, "unfurl_media": False}


def stamped(blocks: Sequence[Payload]) -> list[Payload]:
    """With block ids that change when anything in the message does: Slack wants new ones with every update."""
    digest = hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()[:12]
    return [block if "block_id" in block else {**block, "block_id": f"{index}.{digest}"} for index, block in enumerate(blocks)]


def characters(blocks: Any) -> int:
    """As long as Slack may count them."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
