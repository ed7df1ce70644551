"""A message taken apart without believing it."""

import email
import re
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

from agent.domain.mail import ParsedMail
from agent.domain.mail_files import BY_PARTS
from agent.errors import MailUnreadable
from integrations.email.files.found import ReadFile
from integrations.email.headers import addresses, decoded, message_id, message_ids, moment, raw_fields
from integrations.email.left_out import LEFT_OUT
from integrations.email.parts import MAX_DEPTH, read_body
from integrations.email.quotes import quoted_spans

MAX_BYTES = 40 * 1024 * 1024
_KNOWN = {
    "from", "to", "subject", "date", "message-id", "received", "return-path", "delivered-to", "sender", "reply-to", (
        "mime-version"
    ),
    "content-type", "authentication-results",
}  # fmt: skip
_OUTLOOK_FILE = b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_mail(path: Path) -> ParsedMail:
    """Read one message file. Raises MailUnreadable when it is missing, a directory, too large or no mail."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MailUnreadable(f"{path.name} is larger than 40 MiB; save the mail without its attachments and try again.")
        return parse_mail(path.read_bytes())
    except OSError as error:
        raise MailUnreadable(f"{path} cannot be read ({error.strerror}); name a saved mail (.eml file).") from error


def parse_mail(raw: bytes, read_file: ReadFile | None = None) -> ParsedMail:
    """Parse one RFC 5322 message, however broken. Raises MailUnreadable only for what is no mail at all, or over 40 MiB.

    `read_file` opens what is attached; without it, files are listed and stay closed.
    """
    message, problems = _tree(_checked(raw))
    fields = [(name, value) for name, value in raw_fields(message) if name not in (BY_PARTS, LEFT_OUT)]
    if not any(name.lower() in _KNOWN for name, _ in fields):
        if b"\0" in raw[:1024]:
            raise MailUnreadable("This is a binary file, not a mail message; save the mail as .eml.")
        raise MailUnreadable("This is not a mail message: it has no header lines such as From or Subject; save the mail as .eml.")
    body = read_body(message, read_file)
    values = {name.lower(): value for name, value in reversed(fields)}
    sender_name, sender = _sender(fields)
    text = body.text
    return ParsedMail(
        message_id=message_id(values.get("message-id")),
        sender=sender,
        sender_name=sender_name,
        to=tuple(address for _, address in addresses(values.get("to", ""))),
        subject=decoded(values.get("subject", "")),
        sent_at=moment(values.get("date")),
        in_reply_to=message_id(values.get("in-reply-to")),
        text=text,
        quoted=quoted_spans(text),
        hidden_text="\n".join(body.hidden).strip(),
        headers=tuple((decoded(name), decoded(value)) for name, value in fields),
        attachments=tuple(body.attachments),
        problems=tuple(dict.fromkeys([*problems, *body.problems])),
        reply_to=_reply_to(fields),
        thread=message_ids(values.get("references")) or message_ids(values.get("in-reply-to")),
    )


def _checked(raw: bytes) -> bytes:
    if not raw.strip():
        raise MailUnreadable("The mail is empty; save it again as .eml.")
    if len(raw) > MAX_BYTES:
        raise MailUnreadable("The mail is larger than 40 MiB; save it without its attachments and try again.")
    if raw.startswith(_OUTLOOK_FILE):
        raise MailUnreadable(
            "This is an Outlook .msg file; save the mail as .eml (or forward it as an attachment) and try again."
        )
    if raw.startswith(_UTF16):
        raw = raw.decode("utf-16", "replace").encode()
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ")


def _tree(raw: bytes) -> tuple[Message, list[str]]:
    """The parsed tree. A nest too deep for a real mail (and for the recursive parser) is read as its headers and raw text."""
    if (
        len(re.findall(rb"boundary\s*=", raw, re.IGNORECASE)) <= 10 * MAX_DEPTH
        and raw.lower().count(b"message/rfc822") <= MAX_DEPTH
    ):
        try:
            return email.message_from_bytes(raw, policy=compat32), []
        except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
            pass
    message = BytesHeaderParser(policy=compat32).parsebytes(raw)
    del message["Content-Type"], message["Content-Transfer-Encoding"]
    return message, ["structure_unread"]


def _sender(fields: list[tuple[str, str]]) -> tuple[str, str]:
    """Name and address of the one author; without exactly one From line and address there is no sender to believe."""
    froms = [value for name, value in fields if name.lower() == "from"]
    found = addresses(froms[0]) if len(froms) == 1 else []
    return found[0] if len(found) == 1 else ("", "")


def _reply_to(fields: list[tuple[str, str]]) -> tuple[str, ...]:
    """Of every such line, for it is not said which one a mail program takes."""
    named = (address for name, value in fields if name.lower() == "reply-to" for _, address in addresses(value))
    return tuple(dict.fromkeys(named))
