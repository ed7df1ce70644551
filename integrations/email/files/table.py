"""The rows of a CSV file, or the lines of a plain text."""

import csv
from collections.abc import Iterator
from statistics import mode

from integrations.email.charset import decode

_SEPARATORS = ";\t|,"
_LOOKED_AT = 30
_BYTE_ORDERS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def read(content: bytes) -> Iterator[str]:
    """The separator makes most of the first lines equally many cells; a comma comes last, as it stands in numbers too."""
    text = _decoded(content)
    lines = text.splitlines()
    separator = _separator([line for line in lines[:_LOOKED_AT] if line.strip()])
    if separator is None:
        yield from lines
        return
    for row in csv.reader(text.splitlines(keepends=True), delimiter=separator):
        if any(row):
            yield "\t".join(" ".join(cell.split()) for cell in row)


def _decoded(content: bytes) -> str:
    for mark, charset in _BYTE_ORDERS.items():
        if content.startswith(mark):
            return content.decode(charset, "replace")
    return decode(content, None)


def _separator(lines: list[str]) -> str | None:
    for separator in _SEPARATORS if len(lines) > 1 else "":
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        usual = mode(widths)
        if usual > 1 and widths.count(usual) >= 0.8 * len(widths):
            return separator
    return None
