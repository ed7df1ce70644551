"""The parts of a message: readable text, hidden text, attachments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import PurePosixPath, PureWindowsPath

from agent.domain.mail import Attachment
from agent.guardrails.untrusted_text import clean, smuggled
from integrations.email.charset import decode
from integrations.email.files.found import FileText, ReadFile
from integrations.email.headers import decoded
from integrations.email.html import read_html
from integrations.email.left_out import is_by_parts, size_left_out

MAX_PARTS = 500
MAX_DEPTH = 30
_MAX_TEXT = 2_000_000
_MISREAD = (LookupError, ValueError, TypeError, AttributeError, AssertionError)
#: What the standard library raises on broken parameters and encodings.


@dataclass(slots=True)
class Body:
    """What was found so far; `texts` are in reading order."""

    texts: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    read_file: ReadFile | None = None
    """None: files stay closed."""
    by_parts: bool = False
    """We took the mail in by its parts, and say of each what we left out."""

    def apart(self) -> "Body":
        """An empty one for a part of the same mail."""
        return Body(read_file=self.read_file, by_parts=self.by_parts)

    @property
    def text(self) -> str:
        return clean("\n\n".join(text for text in self.texts if text.strip())).strip()


def read_body(message: Message, read_file: ReadFile | None = None) -> Body:
    """Take a message apart; beyond 500 parts or 30 levels the rest is left unread and named as a problem."""
    body = Body(read_file=read_file, by_parts=is_by_parts(message))
    for count, (part, depth) in enumerate(_leaves(message, 0)):
        if count >= MAX_PARTS or depth > MAX_DEPTH:
            body.problems.append("parts_unread")
            break
        _read_part(part, body)
    return body


def _leaves(part: Message, depth: int) -> Iterator[tuple[Message, int]]:
    """Parts that hold something, a multipart/alternative as one."""
    children = part.get_payload() if part.is_multipart() else None
    if depth > MAX_DEPTH or not isinstance(children, list) or part.get_content_type() == "multipart/alternative":
        yield part, depth
        return
    if part.get_content_type() == "message/delivery-status":
        return
    for child in children:
        if isinstance(child, Message):
            if part.get_content_maintype() == "message":
                yield _forwarded_heading(child), depth
            yield from _leaves(child, depth + 1)


def _forwarded_heading(message: Message) -> Message:
    """A divider that the quote reader knows: what follows was written in another mail."""
    heading = Message()
    subject = decoded(str(message.get("Subject", "")))
    heading.set_payload(f"---------- Forwarded message ----------\n{subject}", "utf-8")
    return heading


def _read_part(part: Message, body: Body) -> None:
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        _read_alternative(part, body)
    elif _is_attachment(part, kind):
        body.attachments.append(_attachment(part, kind, body))
    elif kind == "text/html":
        _add_html(part, body)
    else:
        body.texts.append(_text(part, body))


def _attachment(part: Message, kind: str, body: Body) -> Attachment:
    name, left_out = _file_name(part, kind), size_left_out(part) if body.by_parts else None
    if left_out is not None:
        return Attachment(name, kind, left_out, trouble="was left in the mailbox: with it the mail is too large to be taken in")
    content = _content(part)
    found = body.read_file(name, kind, content) if body.read_file else FileText()
    return Attachment(name, kind, len(content), found.kind, found.text, found.trouble)


def _read_alternative(part: Message, body: Body) -> None:
    """The plain version, unless it says something else than the HTML that people see."""
    plain, page = body.apart(), body.apart()
    for leaf, _ in _flat(part):
        kind = leaf.get_content_type()
        if _is_attachment(leaf, kind):
            _read_part(leaf, body)
        elif kind == "text/html":
            _add_html(leaf, page)
        else:
            plain.texts.append(_text(leaf, plain))
    body.problems += plain.problems + page.problems
    body.hidden += plain.hidden + page.hidden
    same = _says_the_same(plain.text, page.text)
    if plain.text and page.text and not same:
        body.problems.append("alternatives_differ")
    body.texts += plain.texts if plain.text and same else page.texts


def _flat(part: Message) -> Iterator[tuple[Message, int]]:
    children = part.get_payload()
    for child in children if isinstance(children, list) else []:
        if isinstance(child, Message) and child.get_content_type() == "multipart/alternative":
            continue
        if isinstance(child, Message):
            yield from _leaves(child, 1)


def _says_the_same(plain: str, page: str) -> bool:
    plain_words, page_words = (set(re.findall(r"\w{3,}", text.lower())) for text in (plain, page))
    return not page_words or len(plain_words & page_words) >= 0.6 * len(page_words)


def _is_attachment(part: Message, kind: str) -> bool:
    named = _parameter(part, "filename") or _parameter(part, "name", "content-type")
    disposed = str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")
    return disposed or kind not in ("text/plain", "text/html") or bool(named)


def _add_html(part: Message, body: Body) -> None:
    visible, hidden = read_html(_text(part, body))
    body.texts.append(visible)
    if hidden:
        body.hidden.append(clean(hidden))


def _text(part: Message, body: Body) -> str:
    try:
        declared = part.get_content_charset()
    except _MISREAD:
        declared = None
    text = decode(_content(part), declared)
    if len(text) > _MAX_TEXT or (body.by_parts and size_left_out(part) is not None):
        body.problems.append("text_cut")
        text = text[:_MAX_TEXT]
    if secret := smuggled(text):
        body.hidden.append(secret)
    return text


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except _MISREAD:
        content = None
    if isinstance(content, bytes):
        return content
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _parameter(part: Message, name: str, header: str = "content-disposition") -> str:
    try:
        value = part.get_param(name, None, header)
        return str(value[2] if isinstance(value, tuple) else value or "")
    except _MISREAD:
        return ""


def _file_name(part: Message, kind: str) -> str:
    raw = _parameter(part, "filename") or _parameter(part, "name", "content-type")
    name = PurePosixPath(PureWindowsPath(decoded(raw)).name).name.strip(" .")
    return name[:200] or f"unnamed.{kind.partition('/')[2] or 'bin'}"[:60]
