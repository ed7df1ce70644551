"""What a mail says of single lines: a product code with the quantities, money and days that stand beside it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from agent.domain.mail import ParsedMail, Reference, ReferenceKind
from agent.triage.dates import Day, days_in
from agent.triage.reading import Reading

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
    """One entry for each row of the new text that names a product: `sku`, `span`, and what stands in it of `quantity`, `short`,
    `damaged`, `price`, `dates`. A row ends with its line; a code's own digits are no quantity."""
    codes = [one for one in references if one.kind is ReferenceKind.PRODUCT and not one.in_subject and not one.quoted]
    return [_line(mail, reading, start, end, codes, today) for start, end in _rows(mail.text, codes)][:MOST_LINES]


def _rows(text: str, codes: Sequence[Reference]) -> Iterator[tuple[int, int]]:
    seen: set[int] = set()
    for code in sorted(codes, key=lambda one: one.span):
        start = text.rfind("\n", 0, code.span[0]) + 1
        end = text.find("\n", code.span[1])
        if start not in seen:
            seen.add(start)
            yield start, len(text) if end < 0 else end


def _line(mail: ParsedMail, reading: Reading, start: int, end: int, codes: Sequence[Reference], today: date) -> dict[str, Any]:
    own = [code for code in codes if start <= code.span[0] < end]
    row = reading.text[start:end]
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
