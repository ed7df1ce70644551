"""A large mail that lies in a file, taken in by its parts, like one whose server describes them (by_parts). A line at a time."""

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from functools import partial
from typing import BinaryIO, NamedTuple

from integrations.email.by_parts import MOST_HEAD, MOST_PART_HEAD, TEXTS, Taking
from integrations.email.parts import MAX_DEPTH, MAX_PARTS

_LONGEST_LINE = 1 << 16
_AT_ONCE = 1 << 20
_PLAIN = ("", "7bit", "8bit", "binary")
_END = -1


class _Line(NamedTuple):
    start: int
    text: bytes


class _Stop(NamedTuple):
    """Where a part ends: before the line break that its border begins with."""

    end: int
    boundary: int
    """Whose border it is, by depth; `_END` at the end of the file."""
    last: bool
    """It was the last part of that depth."""


def by_parts_of_file(file: BinaryIO) -> bytes:
    """The mail as a message that says of each part what was left out of it. Raises ValueError when it cannot be taken apart."""
    return _Scan(file).taken()


class _Scan:
    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._file, self._boundaries, self._parts = file, list[bytes](), 0

    def taken(self) -> bytes:
        head = self._head(MOST_HEAD)
        self._taking = Taking(head)
        self._part(head, 0)
        return self._taking.whole()

    def _head(self, most: int) -> bytes:
        """Up to and with its empty line; of a very long one the beginning."""
        kept, size = list[bytes](), 0
        while line := self._file.readline(_LONGEST_LINE):
            if size + len(line) <= most:
                kept.append(line)
            size += len(line)
            if line in (b"\r\n", b"\n"):
                break
        return b"".join(kept)

    def _part(self, head: bytes, depth: int) -> _Stop:
        """What follows a head, and where it stopped."""
        said = BytesHeaderParser().parsebytes(head)
        self._parts += 1
        if depth > MAX_DEPTH or self._parts > MAX_PARTS:
            raise ValueError("the mail has too many parts")
        if said.get_content_maintype() == "multipart":
            return self._multipart(said, depth)
        if said.get_content_type() == "message/rfc822" and _encoding(said) in _PLAIN:
            inner = self._head(MOST_PART_HEAD)
            self._taking.head(inner)
            return self._part(inner, depth + 1)
        return self._leaf(said)

    def _multipart(self, said: Message, depth: int) -> _Stop:
        boundary = said.get_boundary()
        if not boundary:
            raise ValueError("a part has parts and no border")
        border = b"\r\n--" + boundary.encode("ascii", "surrogateescape")
        self._boundaries.append(border[2:])
        mine, parts = len(self._boundaries) - 1, 0
        stop = self._skipped()
        while stop.boundary == mine and not stop.last:
            self._taking.border(border + b"\r\n")
            head = self._head(MOST_PART_HEAD)
            self._taking.head(head)
            stop, parts = self._part(head, depth + 1), parts + 1
        self._taking.border(border + b"--\r\n")
        self._boundaries.pop()
        if not parts:
            raise ValueError("a part has none of the parts that it announces")
        return self._skipped() if stop.boundary == mine else stop

    def _leaf(self, said: Message) -> _Stop:
        start = self._file.tell()
        stop = self._skipped()
        after = self._file.tell()
        kind = (said.get_content_maintype().encode(), said.get_content_subtype().encode())
        self._taking.leaf(max(0, stop.end - start), kind in TEXTS, partial(self._content, start))
        self._file.seek(after)
        return stop

    def _content(self, start: int, size: int) -> list[bytes]:
        self._file.seek(start)
        return list(iter(partial(self._some, start + size), b""))

    def _some(self, end: int) -> bytes:
        return self._file.read(min(_AT_ONCE, end - self._file.tell()))

    def _skipped(self) -> _Stop:
        """To the next border of any part that is open."""
        before = b"\r\n"
        for line in self._lines():
            if before.endswith(b"\n") and line.text.startswith(b"--") and (found := self._border(line.text)):
                return _Stop(line.start - (2 if before.endswith(b"\r\n") else 1), *found)
            before = line.text
        return _Stop(self._file.tell(), _END, True)

    def _lines(self) -> Iterator[_Line]:
        at = self._file.tell()
        while text := self._file.readline(_LONGEST_LINE):
            yield _Line(at, text)
            at += len(text)

    def _border(self, text: bytes) -> tuple[int, bool] | None:
        """The outermost that it is: an inner part that has no end of its own ends with the outer one."""
        shown = text.rstrip(b" \t\r\n")
        for depth, boundary in enumerate(self._boundaries):
            if shown in (boundary, boundary + b"--"):
                return depth, shown != boundary
        return None


def _encoding(said: Message) -> str:
    return str(said.get("Content-Transfer-Encoding", "")).strip().lower()
