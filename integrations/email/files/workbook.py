"""The rows of a workbook's visible sheets (XLSX, XLS, XLSB, ODS)."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from integrations.email.files.found import Unreadable

MOST_UNPACKED = 64 << 20
MOST_SHEETS = 20


def read(content: bytes) -> Iterator[str]:
    """What a formula last came to; numbers without an empty fraction, days as `2026-11-16`."""
    _refuse_a_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError:
        raise Unreadable("it is encrypted") from None
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    for name in visible[:MOST_SHEETS]:
        for row in book.get_sheet_by_name(name).iter_rows():
            if any(cell != "" for cell in row):
                yield "\t".join(_cell(cell) for cell in row)


def _refuse_a_bomb(content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    with zipfile.ZipFile(BytesIO(content)) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
    if unpacked > MOST_UNPACKED:
        raise Unreadable(f"unpacked it would be {unpacked >> 20} MB")


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())
