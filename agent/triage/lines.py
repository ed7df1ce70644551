"""What a mail says of single lines: a product code with the quantities, money and days that stand beside it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from agent.domain.mail import Attachment, MailClass, ParsedMail, Reference, ReferenceKind
from agent.guardrails.untrusted_text import fold
from agent.triage.body_tables import lines_in_tables
from agent.triage.counts import counts_in, is_price, usual_role
from agent.triage.dates import Day, days_in
from agent.triage.reading import MOST_TEXT
from agent.triage.statements import Statement, introduction, statements
from agent.triage.tables import table_lines

C = MailClass
MOST_LINES = 60
#: A position number in front of the code, where more is said behind it.
_MARKS = " \t*•·|-"
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s")
_POSITION = re.compile(r"^[\s*•·|-]*\d{1,6}[.):]?\s+(?=[^\w\s]*\s*$)")
#: `sku` and `span`.
_BARE = 2
_OF_WHAT_CAME = (C.DAMAGE_SHORTAGE_CLAIM, C.DISPATCH_ADVICE, C.DELIVERY_EXCEPTION, C.PROOF_OF_DELIVERY)
_Line = dict[str, Any]


def lines_of(mail: ParsedMail, references: Sequence[Reference], kind: MailClass, today: date) -> list[_Line]:
    """One entry for each statement on a product, first of the new text, then of the attached files: `sku`, `span`, and what is
    said in it of `quantity`, `shipped`, `short`, `damaged`, `price`, `dates`; of a file also `source` and `file`.

    In a table of the text, headings say what a number is; `kind` decides what `12 instead of 40` means. A product that is only
    mentioned has an entry where nothing else is said of it.
    """
    codes = [one for one in references if one.kind is ReferenceKind.PRODUCT and not one.in_subject]
    said = [one for one in codes if not one.second_hand]
    text = _new(mail)
    found, read = lines_in_tables(text, today)
    mentions = [one for one in _mentions(text, said) if not any(start <= one.span[0] < end for start, end in read)]
    found += [line for each in statements(text, mentions) for line in _lines(text, each, today, kind)]
    for file in mail.attachments:
        found += islice(_lines_in(file, [one for one in codes if one.file == file.name], today), MOST_LINES)
    return _telling(found)[:MOST_LINES]


def _lines_in(file: Attachment, codes: Sequence[Reference], today: date) -> Iterator[_Line]:
    """Of its tables, where it has some with headings; else of its rows."""
    under_headings = list(islice(table_lines(file, today), MOST_LINES))
    yield from under_headings
    for each in () if under_headings else statements(file.text, codes):
        for line in _lines(file.text.replace("\t", " "), each, today):
            yield line | {"source": "attachment", "file": file.name}


def _new(mail: ParsedMail) -> str:
    text = mail.text[:MOST_TEXT]
    for start, end in mail.quoted:
        text = text[:start] + " " * len(text[start:end]) + text[end:]
    return text


def _mentions(text: str, codes: Sequence[Reference]) -> list[Reference]:
    """Every place where one of these codes stands, not its first alone."""
    return [
        replace(code, span=match.span())
        for code in {code.value: code for code in codes}.values()
        for match in islice(re.finditer(rf"(?<![\w/-]){re.escape(code.value)}(?![\w/-])", text), MOST_LINES)
    ]


def _lines(text: str, statement: Statement, today: date, kind: MailClass = C.OTHER) -> Iterator[_Line]:
    said = fold(text[statement.start : statement.end]).replace("\n", " ")
    spans = [(code.span[0] - statement.start, code.span[1] - statement.start) for code in statement.codes]
    before = fold(introduction(text, statement.start))
    days = [day for day in days_in(said, today) if not is_price(said, day.start, day.end)]
    begins = not text[: statement.start].rpartition("\n")[2].strip(_MARKS)
    facts = counts_in(
        _blanked(said, spans, days, begins=begins), usual_role(before), came=kind in _OF_WHAT_CAME, changes=kind is C.ORDER_CHANGE
    )
    if named := days or days_in(before, today):
        facts["dates"] = [day.day.isoformat() for day in named]
    for code in statement.codes:
        yield {"sku": code.value, "span": [statement.start, statement.end], **facts}


def _blanked(said: str, spans: Sequence[tuple[int, int]], days: Sequence[Day], *, begins: bool) -> str:
    """A code's own digits are no quantity, nor is a day, nor the position of a row where more is said behind it.

    `begins`: at the beginning of a row.
    """
    left = list(said)
    for first, last in (*spans, *((day.start, day.end) for day in days)):
        left[first:last] = " " * (last - first)
    blanked = "".join(left)
    numbered = begins and (_NUMBERED.match(said) or _POSITION.match(said[: spans[0][0]]))
    if not numbered or not re.search(r"\d", blanked[numbered.end() :]):
        return blanked
    return " " * numbered.end() + blanked[numbered.end() :]


def _telling(found: Sequence[_Line]) -> list[_Line]:
    """Those that say something; a product of which nothing is said stands once."""
    told = {line["sku"] for line in found if len(line) > _BARE}
    bare = dict[str, _Line]()
    for line in found:
        if len(line) <= _BARE and line["sku"] not in told:
            bare.setdefault(line["sku"], line)
    return [line for line in found if len(line) > _BARE or bare.get(line["sku"]) is line]
