"""What a mail says of single lines: a product code with the quantities, money and days that stand beside it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from agent.domain.mail import Attachment, ParsedMail, Reference, ReferenceKind
from agent.guardrails.untrusted_text import fold
from agent.triage.dates import Day, days_in
from agent.triage.reading import Reading
from agent.triage.tables import table_lines

MOST_LINES = 60
#: What a number beside a code is, by the nearest word before or after it.
_ROLES = (
    ("short", r"short|missing|only got|fehl\w*|zu wenig|manqu\w*|te weinig|ontbre\w*|mankeer\w*|faltan?|de menos"),
    (
        "damaged",
        r"damag\w*|broken|crushed|leak\w*|beschadig\w*|kaputt|defekt"
        r"|cass\w*|abim\w*|ecras\w*|kapot|rot[oa]s?|aplastad\w*|danad\w*",
    ),
)
_ROLE = tuple((role, re.compile(rf"\b(?:{words})")) for role, words in _ROLES)
#: A position number in front of the code, where more is said behind it.
_POSITION = re.compile(r"^[\s*•-]*(\d{1,4})[.):]?\s+(?=\S*\s*$)")
_COUNT = re.compile(r"(?<![\w.,/:-])(\d{1,6})(?![\w/:-]|[.,]\d)")
_PRICE = re.compile(r"(?<![\w.,/-])(\d{1,6}[.,]\d{2})(?![\w.,/-])")


def lines_of(mail: ParsedMail, reading: Reading, references: Sequence[Reference], today: date) -> list[dict[str, Any]]:
    """One entry for each row that names a product, first of the new text, then of the attached files: `sku`, `span`, and what
    stands in it of `quantity`, `short`, `damaged`, `price`, `dates`; of a file also `source` and `file`. A row ends with its
    line; a code's own digits are no quantity."""
    codes = [one for one in references if one.kind is ReferenceKind.PRODUCT and not one.in_subject]
    said = [one for one in codes if not one.second_hand]
    found = [_line(reading.text[start:end], (start, end), said, today) for start, end in _rows(mail.text, said)]
    for file in mail.attachments:
        found += islice(_lines_in(file, [one for one in codes if one.file == file.name], today), MOST_LINES)
    return found[:MOST_LINES]


def _lines_in(file: Attachment, codes: Sequence[Reference], today: date) -> Iterator[dict[str, Any]]:
    """Of its tables, where it has some with headings; else of its rows."""
    under_headings = list(islice(table_lines(file, today), MOST_LINES))
    yield from under_headings
    for start, end in () if under_headings else _rows(file.text, codes):
        row = fold(file.text[start:end]).replace("\t", " ")
        yield _line(row, (start, end), codes, today) | {"source": "attachment", "file": file.name}


def _rows(text: str, codes: Sequence[Reference]) -> Iterator[tuple[int, int]]:
    seen: set[int] = set()
    for code in sorted(codes, key=lambda one: one.span):
        start = text.rfind("\n", 0, code.span[0]) + 1
        end = text.find("\n", code.span[1])
        if start not in seen:
            seen.add(start)
            yield start, len(text) if end < 0 else end


def _line(row: str, span: tuple[int, int], codes: Sequence[Reference], today: date) -> dict[str, Any]:
    """`row` is folded, `span` its place in the text that the codes' spans are in too."""
    start, end = span
    own = [code for code in codes if start <= code.span[0] < end]
    days = days_in(row, today)
    left = _blanked(row, [(code.span[0] - start, code.span[1] - start) for code in own], days)
    found: dict[str, Any] = {"sku": own[0].value, "span": [start, end]}
    for match in _COUNT.finditer(left):
        found.setdefault(_role_of(left, match), match[1])
    if price := _PRICE.search(left):
        found["price"] = price[1].replace(",", ".")
    if days:
        found["dates"] = [day.day.isoformat() for day in days]
    return found


def _blanked(row: str, spans: Sequence[tuple[int, int]], days: Sequence[Day]) -> str:
    left = list(row)
    position = _POSITION.match(row[: spans[0][0]])
    numbered = [position.span(1)] if position and re.search(r"\d", row[spans[0][1] :]) else []
    for first, last in (*spans, *numbered, *((day.start, day.end) for day in days)):
        left[first:last] = " " * (last - first)
    return "".join(left)


def _role_of(row: str, number: re.Match[str]) -> str:
    """Of what follows the number up to the next one, else of what precedes it."""
    after = re.split(r"\d", row[number.end() :])[0]
    before = re.split(r"\d", row[: number.start()])[-1]
    for said in (after, before):
        for role, pattern in _ROLE:
            if pattern.search(said):
                return role
    return "quantity"
