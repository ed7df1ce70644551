"""Tables that somebody wrote into a mail's text: cells apart by bars, semicolons, tabs, or blanks under a heading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from agent.guardrails.untrusted_text import fold
from agent.triage.dates import days_in
from agent.triage.tables import columns_of, line_of

Span = tuple[int, int]
#: How cells are kept apart; the first that parts the heading is the table's.
_APART = (re.compile(r"[ \t]*\|[ \t]*"), re.compile(r"[ \t]*;[ \t]*"), re.compile(r"[ ]*\t[ \t]*"), re.compile(r",(?=\S)"))
_BY_BLANKS = re.compile(r"\S+(?: \S+)*")


class _Cell(NamedTuple):
    start: int
    end: int
    text: str


def lines_in_tables(text: str, today: date) -> tuple[list[dict[str, Any]], list[Span]]:
    """As `tables.table_lines` says it, and the places of the rows that were read. A row's days are all that stand in it."""
    found, places = list[dict[str, Any]](), list[Span]()
    for start, row, heading, columns in _rows(text):
        cells = _under(heading, row)
        if cells and (line := line_of(cells, columns, today)):
            days = [day.day.isoformat() for day in days_in(fold(row), today)]
            found.append(line | {"span": [start, start + len(row)]} | ({"dates": days} if days else {}))
            places.append((start, start + len(row)))
    return found, places


class _Heading(NamedTuple):
    cells: Sequence[_Cell]
    apart: re.Pattern[str] | None
    """None: by blanks."""


def _rows(text: str) -> Iterator[tuple[int, str, _Heading, Mapping[int, str]]]:
    """Each row with the heading that it stands under; an empty line ends a table whose rows have begun."""
    heading: _Heading | None = None
    columns: Mapping[int, str] = {}
    begun, start = False, 0
    for row in text.split("\n"):
        if named := _headed(row):
            (heading, columns), begun = named, False
        elif not row.strip():
            heading = None if begun else heading
        elif heading:
            begun = True
            yield start, row, heading, columns
        start += len(row) + 1


def _headed(row: str) -> tuple[_Heading, Mapping[int, str]] | None:
    for apart in (*_APART, None):
        heading = _Heading(_cells(row, apart), apart)
        if len(heading.cells) > 1 and (columns := columns_of([cell.text for cell in heading.cells])):
            return heading, columns
    return None


def _cells(row: str, apart: re.Pattern[str] | None) -> list[_Cell]:
    if apart is None:
        return [_Cell(*match.span(), match[0]) for match in _BY_BLANKS.finditer(row)]
    inside = row.strip().strip("|")
    return [_Cell(0, 0, cell.strip()) for cell in apart.split(inside)]


def _under(heading: _Heading, row: str) -> list[str]:
    """The row's cells, one for each column; none for a row that is no row of this table."""
    cells = _cells(row, heading.apart)
    if len(cells) == len(heading.cells):
        return [cell.text for cell in cells]
    if heading.apart or not 1 < len(cells) < 2 * len(heading.cells):
        return []
    found = [""] * len(heading.cells)
    for cell in cells:
        place = min(range(len(found)), key=lambda each: _distance(heading.cells[each], cell))
        found[place] = f"{found[place]} {cell.text}".strip()
    return found


def _distance(one: _Cell, other: _Cell) -> int:
    """Between columns; less than nothing where they stand above one another."""
    return max(one.start, other.start) - min(one.end, other.end)
