"""Header fields read tolerantly. Addresses are taken apart before encoded words are decoded: a decoded name may hold a comma."""

import base64
import binascii
import quopri
import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from agent.guardrails.untrusted_text import clean
from integrations.email.charset import decode

_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_NOT_IN_ADDRESS = r"\s\x00-\x1f\x7f-\x9f\ud800-\udfff@<>\"(),:;\\"
_ADDRESS = re.compile(rf"[^{_NOT_IN_ADDRESS}]{{1,64}}@[^{_NOT_IN_ADDRESS}]{{1,255}}")
_ID = re.compile(r"<\s*([^<>]{1,900}?)\s*>")
_MAX_VALUE = 16_384


def raw_fields(message: Message) -> list[tuple[str, str]]:
    """Names and unfolded values, bytes outside ASCII decoded, encoded words left as they are."""
    return [(name, _unfold(value)) for name, value in message.raw_items()]


def _unfold(value: object) -> str:
    data = str(value)[:_MAX_VALUE].encode("utf-8", "surrogateescape")
    return re.sub(r"\r?\n[ \t]*|\r", " ", decode(data, "utf-8")).strip()


def decoded(value: str) -> str:
    """A value for reading: encoded words decoded, one line, no control characters."""
    return clean(_decode_words(value)).replace("\n", " ").strip()


def _decode_words(value: str) -> str:
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        if pending and (between.strip() or match[1].lower() != charset):
            pieces.append(decode(pending, charset))
            pending = b""
        # White space between two encoded words is not part of the text (RFC 2047, 6.2).
        pieces.append(between if between.strip() or end == 0 else "")
        pending, charset, end = pending + _word_bytes(match[2], match[3]), match[1].lower(), match.end()
    if pending:
        pieces.append(decode(pending, charset))
    return "".join(pieces) + value[end:]


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(data.replace(b"_", b"=20"), header=False)
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return data


def addresses(value: str) -> list[tuple[str, str]]:
    """Display name and lower-case address of each mailbox named in a raw value."""
    found = []
    for name, address in getaddresses([value]):
        match = _ADDRESS.fullmatch(address.strip())
        if match:
            found.append((decoded(name), match[0].lower()))
    return found


def message_id(value: str | None) -> str | None:
    """`<…>` without the blanks that folding leaves, or the bare value where a program forgot the brackets."""
    if not value:
        return None
    match = _ID.search(value)
    bare = "".join((match[1] if match else value).split())[:900]
    return f"<{clean(bare)}>" if bare.strip("<>") else None


def message_ids(value: str | None) -> tuple[str, ...]:
    """All that a References field names, in its order, each once."""
    named = (message_id(match[0]) for match in _ID.finditer(value or ""))
    return tuple(dict.fromkeys(one for one in named if one))


def moment(value: str | None) -> datetime | None:
    """The Date field in UTC; None when it makes no sense."""
    try:
        parsed = parsedate_to_datetime(value or "")
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
