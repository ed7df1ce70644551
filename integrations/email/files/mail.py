"""A saved mail (EML) and what is attached to it."""

from collections.abc import Iterator
from functools import partial

from agent.errors import MailUnreadable
from integrations.email.files import appointments, pdf, table, workbook
from integrations.email.files.child import Read, text_of
from integrations.email.files.found import FileText, Unreadable
from integrations.email.files.kinds import Kind, kind_of
from integrations.email.message import parse_mail

MOST_DEEP = 3
READERS: dict[Kind, Read] = {
    Kind.PDF: pdf.read,
    Kind.TABLE: table.read,
    Kind.TEXT: table.read,
    Kind.WORKBOOK: workbook.read,
    Kind.APPOINTMENTS: appointments.read,
}


def read(content: bytes, depth: int = 1) -> Iterator[str]:
    if depth > MOST_DEEP:
        raise Unreadable(f"it lies {MOST_DEEP} mails deep in other mails")
    try:
        mail = parse_mail(content, partial(_read_file, depth))
    except MailUnreadable:
        raise Unreadable("it is no mail") from None
    yield f"From: {mail.sender}"
    yield f"Subject: {mail.subject}"
    yield from mail.text.splitlines()
    for file in mail.attachments:
        yield f"Attachment: {file.name}"
        yield from file.text.splitlines()
    if troubled := [file for file in mail.attachments if file.trouble]:
        raise Unreadable(f"in it {troubled[0].name} {troubled[0].trouble}")


def _read_file(depth: int, name: str, content_type: str, content: bytes) -> FileText:
    """In this same process, which has the limits of a file."""
    kind = kind_of(name, content_type, content)
    if kind is Kind.MAIL:
        return FileText(kind, *text_of(partial(read, depth=depth + 1), content))
    return FileText(kind, *text_of(READERS[kind], content)) if kind in READERS else FileText()


READERS[Kind.MAIL] = read
"""Whatever is opened, by its kind."""
