"""Text that a model or a template worded, as Slack's markdown: it links only where we allow, loads nothing, and calls nobody."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_REFERENCE = re.compile(r"^[ \t]*\[[^\]]+\]:[ \t]*\S+.*$", re.MULTILINE)
_BARE = re.compile(r"(?<![`(\w])(?:https?|ftp|mailto|slack|javascript|data|file):\S+|\bwww\.\S+", re.IGNORECASE)
_CALL = re.compile(r"@(?=(?:channel|here|everyone|all)\b)", re.IGNORECASE)
_KEPT = "\x00{}\x00"
_MARK = re.compile("\x00(\\d+)\x00")


def safe_markdown(text: str, hosts: Collection[str]) -> str:
    """Whole sentences of an answer; a pattern must not straddle two calls. Links to other hosts stay as their words."""
    kept = list[str]()

    def link(found: re.Match[str]) -> str:
        label, url = found.group(1), found.group(2)
        if not allowed(url, hosts):
            return label
        kept.append(f"[{_plain(label)}]({url})")
        return _KEPT.format(len(kept) - 1)

    text = _IMAGE.sub(lambda found: found.group(1), text.replace("\x00", ""))
    text = _REFERENCE.sub("", text)
    text = _LINK.sub(link, text)
    text = _BARE.sub(lambda found: _quoted(found.group(0), hosts), text)
    text = _CALL.sub("@\u200b", text.replace("<", "&lt;").replace(">", "&gt;"))
    return _MARK.sub(lambda found: kept[int(found.group(1))], text)


def allowed(url: str, hosts: Collection[str]) -> bool:
    """An address over TLS on one of our hosts, without a login in it."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and "@" not in parts.netloc and parts.netloc in hosts and not set(url) & set("<>|`\"'\\ ")
    except ValueError:
        return False


def _plain(label: str) -> str:
    return label.replace("<", "&lt;").replace(">", "&gt;")


def _quoted(url: str, hosts: Collection[str]) -> str:
    """As code: it is read, and neither linked nor unfurled."""
    return url if allowed(url, hosts) else f"`{url.replace('`', '')}`"
