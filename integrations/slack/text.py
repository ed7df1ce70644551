"""Text that others wrote, made harmless for Slack: shown as they typed it, it never mentions, links or shouts."""

import re

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ELLIPSIS = "…"
#: What no database stores and no surface shows.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def escaped(text: str) -> str:
    """For mrkdwn and top-level `text`: Slack reads `<…>` as a mention or a link and nothing else needs escaping."""
    return "".join(_ENTITIES.get(character, character) for character in text)


def cut(text: str, limit: int) -> str:
    """Escaped and at most `limit` characters long; what is cut off shows as `…`, and never falls inside of an entity."""
    whole = escaped(text)
    if len(whole) <= limit:
        return whole
    kept, length = [], 0
    for character in text:
        entity = _ENTITIES.get(character, character)
        if length + len(entity) > limit - len(_ELLIPSIS):
            break
        kept.append(entity)
        length += len(entity)
    return "".join(kept) + _ELLIPSIS


def storable(text: str) -> str:
    """Without half characters and NUL."""
    return _UNSTORABLE.sub("", text)
