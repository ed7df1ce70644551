"""A large mail taken in by its parts: its texts, its files as far as there is room, and of the rest what it is and how large.

What is kept depends on the parts alone, so that the same mail is the same one however it was delivered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from imapclient.response_types import BodyData

from agent.domain.mail_files import BY_PARTS
from integrations.email.left_out import LEFT_OUT
from integrations.email.parts import MAX_DEPTH, MAX_PARTS

#: A mail up to this size is taken in whole; texts of a larger one are kept up to this size together.
WHOLE = MOST_TEXT = 1 << 20
#: Files of a mail are kept, in their order, while they fit into this together; encoded, as they lie in the mail.
MOST_FILES = 4 << 20
MOST_HEAD, MOST_PART_HEAD = 1 << 19, 1 << 14
_AT_ONCE = 1 << 20
TEXTS = ((b"text", b"plain"), (b"text", b"html"))

Ask = Callable[[Sequence[str]], Mapping[bytes, Any]]
"""FETCH items of one mail → their values."""


@dataclass(frozen=True, slots=True)
class _Border:
    line: bytes


@dataclass(frozen=True, slots=True)
class _Head:
    section: str


@dataclass(frozen=True, slots=True)
class _Leaf:
    """Its head is the last one before it."""

    section: str
    size: int
    is_text: bool


_Step = _Border | _Head | _Leaf


def by_parts(ask: Ask) -> bytes:
    """The mail as a message that says of each part what was left out of it.

    Raises LookupError, TypeError, ValueError or AttributeError when the server's description of the mail makes no sense, and
    what `ask` raises.
    """
    top = f"BODY.PEEK[HEADER]<0.{MOST_HEAD}>"
    told = ask(["BODYSTRUCTURE", top])
    steps = list(islice(_steps(told[b"BODYSTRUCTURE"], "", 0), 3 * MAX_PARTS))
    heads = {step.section: f"BODY.PEEK[{step.section}]<0.{MOST_PART_HEAD}>" for step in steps if isinstance(step, _Head)}
    found = ask(list(heads.values())) if heads else {}
    taking = Taking(told[b"BODY[HEADER]<0>"])
    for step in steps:
        match step:
            case _Leaf(section, size, is_text):
                taking.leaf(size, is_text, partial(_content, ask, section))
            case _Head(section):
                taking.head(found[f"BODY[{section}]<0>".encode()])
            case _Border(line):
                taking.border(line)
    return taking.whole()


def _content(ask: Ask, section: str, size: int) -> Iterator[bytes]:
    for start in range(0, size, _AT_ONCE):
        item = f"BODY.PEEK[{section}]<{start}.{min(_AT_ONCE, size - start)}>"
        yield ask([item])[f"BODY[{section}]<{start}>".encode()] or b""


class Taking:
    """The message so far, and the room that is left."""

    def __init__(self, head: bytes | None) -> None:
        self._pieces = [_ended(head)]
        self._head = 0
        self._room = {True: MOST_TEXT, False: MOST_FILES}

    def border(self, line: bytes) -> None:
        self._pieces.append(line)

    def head(self, head: bytes | None) -> None:
        """Of the part that follows."""
        self._head = len(self._pieces)
        self._pieces.append(_ended(head))

    def leaf(self, size: int, is_text: bool, content: Callable[[int], Iterable[bytes]]) -> None:
        """A text is cut where the room ends, a file is left out. Its mark comes before all that the sender wrote there.

        `content`: its first so many bytes.
        """
        room = self._room[is_text]
        taken = size if size <= room else room if is_text else 0
        self._room[is_text] -= taken
        mark = "-" if taken == size else str(size)
        self._pieces[self._head] = f"{LEFT_OUT}: {mark}\r\n".encode() + self._pieces[self._head]
        self._pieces += content(taken)

    def whole(self) -> bytes:
        return f"{BY_PARTS}: yes\r\n".encode() + b"".join(self._pieces)


def _steps(part: BodyData, number: str, depth: int) -> Iterator[_Step]:
    """What follows the part's own head."""
    if depth > MAX_DEPTH:
        return
    if part.is_multipart:
        border = b"\r\n--" + _parameters(part[2])[b"boundary"]
        for place, child in enumerate(part[0], 1):
            section = f"{number}.{place}".lstrip(".")
            yield _Border(border + b"\r\n")
            yield _Head(f"{section}.MIME")
            yield from _steps(child, section, depth + 1)
        yield _Border(border + b"--\r\n")
    elif (part[0].lower(), part[1].lower()) == (b"message", b"rfc822") and isinstance(part[8], tuple):
        yield from _steps_within(BodyData.create(part[8]), number or "1", depth)
    else:
        yield _Leaf(number or "1", int(part[6]), (part[0].lower(), part[1].lower()) in TEXTS)


def _steps_within(inner: BodyData, number: str, depth: int) -> Iterator[_Step]:
    """A mail inside the mail: its parts are numbered below its own number, also when it has but one (RFC 3501, 6.4.5)."""
    yield _Head(f"{number}.HEADER")
    yield from _steps(inner, number if inner.is_multipart else f"{number}.1", depth + 1)


def _parameters(listed: Sequence[bytes]) -> dict[bytes, bytes]:
    return {name.lower(): value for name, value in zip(listed[::2], listed[1::2], strict=True)}


def _ended(head: bytes | None) -> bytes:
    """A head that was cut ends all the same."""
    head = head or b""
    return head if head.endswith(b"\r\n\r\n") or head == b"\r\n" else head.rstrip(b"\r\n") + b"\r\n\r\n"
