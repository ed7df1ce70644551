"""A mail's text taken apart by product: which words are said of which code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.domain.mail import Reference

#: A longer line whose sentence goes on below was broken by the mail program, not by who wrote it.
_WRAPPED = 55
_LONGEST_LIST = 40
#: What stands further from a code, in characters, is not said of it: nobody writes such sentences but to use up our time.
_NEAR = 400
#: As far as `_ABBREVIATED` looks back.
_ABBREVIATION = 6
_LISTED = re.compile(r"[ \t]*(?:[*•·+–-]|\d{1,4}[.):]?[ \t])")
_ABBREVIATED = re.compile(r"\b\w{1,4}\.$|\d\.$")
_SENTENCE_END = re.compile(r"(?<=[^.\s][.!?])[ \t\n]+(?=\S)")
_JOINED = re.compile(
    r"[\s,&/+()]*(?:and|und|et|y|e|en|sowie|as well as|ainsi que|the|die|der|das|le|la|les|de|het|el|los|las|[\s,&/+()])*"
)
_PART = re.compile(r"[/|()]|,(?!\d)|\s(?:and|und|et|y|en|but|aber|mais|maar|pero|while|whereas|sowie)\s|\s[–-]\s|->|→")
_WHOLE_PART = re.compile(r";|\s\|\s")


@dataclass(frozen=True, slots=True)
class Statement:
    """`text[start:end]` is about these codes."""

    codes: tuple[Reference, ...]
    start: int
    end: int


def statements(text: str, codes: Sequence[Reference]) -> Iterator[Statement]:
    """In reading order, each code in one of them. `codes` have spans in `text`; sentences go on over broken lines."""
    waiting = sorted(codes, key=lambda one: one.span)
    for start, end in _sentences(text, waiting):
        own = [code for code in waiting if start <= code.span[0] < end]
        if own:
            yield from _parted(text, start, end, own)


def _sentences(text: str, codes: Sequence[Reference]) -> Iterator[tuple[int, int]]:
    begun = {code.span[0] for code in codes}
    for start, end in _paragraphs(text):
        for match in _SENTENCE_END.finditer(text, start, end):
            short = _ABBREVIATED.search(text[max(start, match.start() - _ABBREVIATION) : match.start()])
            if not (match[0].isspace() and short and (match.end() in begun or not text[match.end()].isupper())):
                yield start, match.start()
                start = match.end()
        yield start, end


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Lines, those that were broken put together again."""
    start = 0
    for match in re.finditer(r"\n|\Z", text):
        row, after = text[start : match.start()], text[match.end() : match.end() + 40]
        last = row.rpartition("\n")[2]
        goes_on = len(last) >= _WRAPPED and last[-1:] not in ".:;!?" and after.strip() and not after.startswith("\n")
        if goes_on and not _LISTED.match(after) and not _LISTED.match(last) and "  " not in last.strip():
            continue
        yield start, match.start()
        start = match.end()


def _parted(text: str, start: int, end: int, codes: Sequence[Reference]) -> Iterator[Statement]:
    groups: list[list[Reference]] = [[codes[0]]]
    for before, code in pairwise(codes):
        if _JOINED.fullmatch(text[before.span[1] : code.span[0]].lower()):
            groups[-1].append(code)
        else:
            groups.append([code])
    number_first = bool(re.search(r"\d", text[start : codes[0].span[0]]))
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        stop = _boundary(text, group[-1].span[1], following[0].span[0], number_first) if following else end
        first = group[0].span[0]
        yield Statement(tuple(group), max(start, first - _NEAR), min(stop, first + _NEAR))
        start = stop


def _boundary(text: str, after: int, before: int, number_first: bool) -> int:
    """Where what is said of one code ends, between it and the next."""
    between = text[after:before]
    whole = [match.end() for match in _WHOLE_PART.finditer(between)]
    parts = whole or [match.end() for match in _PART.finditer(between)]
    if number_first:
        parts = [place for place in parts if re.search(r"\d", between[place:])] or parts
    return after + (parts[-1] if parts else len(between))


def introduction(text: str, start: int) -> str:
    """The line above a list that says what the list is about; empty where there is none. `start` is within the list."""
    above, blank = text[:start].rpartition("\n")[0].split("\n")[-_LONGEST_LIST:], 0
    for row in reversed(above):
        blank += not row.strip()
        if row.rstrip().endswith(":") and blank < 2:
            return row
        if blank > 1 or (row.strip() and not _LISTED.match(row) and not re.search(r"[A-Z]-?\d", row)):
            return ""
    return ""
