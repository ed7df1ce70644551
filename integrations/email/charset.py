"""Bytes to text, whatever the sender claims."""

from charset_normalizer import from_bytes

#: What mail programs say and what they mean.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "windows-1252": "cp1252",
}
_GUESS_FROM = 16_384


def decode(data: bytes, declared: str | None) -> str:
    """The declared charset if it fits, else UTF-8, else a guess, else Windows-1252. Never raises, never drops a byte silently."""
    name = (declared or "").strip().strip("\"'").lower()
    for charset in (_MEANT.get(name, name), "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode(_guess(data), errors="replace")


def _guess(data: bytes) -> str:
    best = from_bytes(data[:_GUESS_FROM]).best()
    try:
        data.decode(best.encoding if best else "cp1252")
    except (LookupError, UnicodeError):
        return "cp1252"
    return best.encoding if best else "cp1252"
