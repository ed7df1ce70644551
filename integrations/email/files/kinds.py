"""What kind of file is attached: by how it begins, else by its name, last by what the sender says of it."""

from enum import StrEnum
from pathlib import PurePath


class Kind(StrEnum):
    """As people call them."""

    PDF = "PDF"
    TABLE = "CSV table"
    TEXT = "text file"
    WORKBOOK = "spreadsheet"
    APPOINTMENTS = "calendar entry"
    MAIL = "mail"
    CLOSED = "file"
    """Text may stand in it, and it is not opened."""
    PICTURE = ""
    """Or anything else in which no text is looked for."""


_BEGINS = ((b"%PDF-", Kind.PDF), (b"BEGIN:VCALENDAR", Kind.APPOINTMENTS))
_SUFFIXES = {
    ".pdf": Kind.PDF, ".csv": Kind.TABLE, ".tsv": Kind.TABLE, ".txt": Kind.TEXT, ".ics": Kind.APPOINTMENTS, ".eml": Kind.MAIL,
    ".xlsx": Kind.WORKBOOK, ".xlsm": Kind.WORKBOOK, ".xlsb": Kind.WORKBOOK, ".xls": Kind.WORKBOOK, ".ods": Kind.WORKBOOK,
}  # fmt: skip
_CLOSED = frozenset(
    (
        ".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx", ".zip", ".7z", ".rar", ".gz", ".tar", ".msg", ".xml", ".htm", ".html",
        ".edi", ".pages", ".numbers",
    )
)  # fmt: skip
_TYPES = {
    "application/pdf": Kind.PDF,
    "text/csv": Kind.TABLE,
    "text/tab-separated-values": Kind.TABLE,
    "text/plain": Kind.TEXT,
    "text/calendar": Kind.APPOINTMENTS,
    "message/rfc822": Kind.MAIL,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind.WORKBOOK,
    "application/vnd.ms-excel": Kind.WORKBOOK,
    "application/vnd.oasis.opendocument.spreadsheet": Kind.WORKBOOK,
}


def kind_of(name: str, content_type: str, content: bytes) -> Kind:
    head = content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ")
    for begin, kind in _BEGINS:
        if begin in head if kind is Kind.PDF else head.startswith(begin):
            return kind
    suffix = PurePath(name.lower()).suffix
    if suffix in _CLOSED:
        return Kind.CLOSED
    return _SUFFIXES.get(suffix) or _TYPES.get(content_type.lower(), Kind.PICTURE)
