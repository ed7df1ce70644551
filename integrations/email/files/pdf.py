"""The text of a PDF, with the cells of a row beside each other."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

from pypdf import PageObject, PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from integrations.email.files.found import Unreadable

MOST_PAGES = 60
_GAP = re.compile(r" {2,}")


def read(content: bytes) -> Iterator[str]:
    try:
        found = False
        for row in _rows(content):
            found = found or bool(row.strip())
            yield row
    except FileNotDecryptedError:
        raise Unreadable("it is encrypted") from None
    if not found:
        raise Unreadable("it holds pictures of pages, as a scanner makes them, and no text")


def _rows(content: bytes) -> Iterator[str]:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("it is encrypted")
    for page in islice(reader.pages, MOST_PAGES):
        for line in _text(page).splitlines():
            if line.strip():
                yield _GAP.sub("\t", line.strip())
    if len(reader.pages) > MOST_PAGES:
        raise Unreadable(f"it has more than {MOST_PAGES} pages; the first {MOST_PAGES} were read")


def _text(page: PageObject) -> str:
    """As it is laid out; where that fails, as it is stored."""
    try:
        return page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
    except FileNotDecryptedError:
        raise
    except (PyPdfError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return page.extract_text()
