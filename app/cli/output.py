"""What commands print: tables and sentences for people, JSON for programs. Text from outside never controls the terminal."""

import csv
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

MARKS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}


#: Wide enough for tables in a file or a pipe, where there is no terminal to ask.
PIPED_WIDTH = 120
LONGEST_SENTENCE = 1_000


def console() -> Console:
    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


def errors() -> Console:
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def plain(text: object) -> str:
    """Without control and direction characters, which could rewrite what a terminal shows."""
    return "".join(sign if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf") else " " for sign in str(text))


def say(*parts: object, style: str = "") -> None:
    """Wrapped for a terminal; in a file or a pipe a line stays a line."""
    console().print(Text(plain(" ".join(map(str, parts))), style=style), soft_wrap=not sys.stdout.isatty())


def warn(sentence: str) -> None:
    """To stderr, so that standard output stays what was asked for; what is too long to be read loses its middle."""
    if len(sentence) > LONGEST_SENTENCE:
        sentence = f"{sentence[: LONGEST_SENTENCE // 2]} … {sentence[-LONGEST_SENTENCE // 2 :]}"
    errors().print(Text(plain(sentence), style="yellow"), soft_wrap=True)


def print_json(value: Any) -> None:
    print(_harmless(json.dumps(_jsonable(value), ensure_ascii=False, indent=2)))


def print_json_line(value: Any) -> None:
    print(_harmless(json.dumps(_jsonable(value), ensure_ascii=False)), flush=True)


def print_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """For a spreadsheet: nested values as JSON, and no cell that it would take for a formula."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = _harmless(plain(text))
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "\t", "\r")) else shown


def _harmless(text: str) -> str:
    """The same JSON with the control and direction characters escaped that the standard leaves to the terminal."""
    return "".join(sign if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf") else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    return json.dumps(sign)[1:-1] if ord(sign) > 0x7F else f"\\u{ord(sign):04x}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> None:
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        shown.add_column(name, justify="right" if name in right else "left", no_wrap=name in right or name == columns[0])
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell).replace("\n", " ")) for cell in row))
    console().print(shown)


def day(moment: datetime | str | None) -> str:
    """A date as people write it in tables, in the zone that it is told in: that of the warehouse it is about; a dash for none."""
    if moment is None:
        return "–"
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return read.strftime("%a %d %b")


def minute(moment: datetime) -> str:
    return moment.astimezone().strftime("%d %b %H:%M")


def money(amount: float | None, currency: str) -> str:
    return "–" if amount is None else f"{amount:,.0f} {currency}"


def severity(word: str) -> Text:
    return marked(word, word)


def marked(text: str, severity: str) -> Text:
    """In the colour of how grave it is."""
    return Text(plain(text), style=MARKS.get(severity, ""))


def shown(as_json: bool, value: Any, render: Callable[[], None]) -> None:
    """One or the other."""
    if as_json:
        print_json(value)
    else:
        render()


def _jsonable(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value
