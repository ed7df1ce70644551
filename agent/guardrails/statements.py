"""What a text states that can be checked: record names, dates, times, amounts, addresses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CURRENCIES = frozenset({
    "AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY", "MXN", "NOK", "NZD",
    "PLN", "RON", "SAR", "SEK", "SGD", "TRY", "USD", "ZAR",
})  # fmt: skip
PERCENT = "%"
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP"}
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_SMALL = f"two three four five six seven eight nine {_TEENS}"
_WORDS = {word: value for value, word in enumerate(_SMALL.split(" "), start=2)} | {
    "dozen": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000, "million": 1_000_000,
}  # fmt: skip


class Kind(StrEnum):
    NAME = "name"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    WEEKDAY = "weekday"
    MONTH = "month"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Statement:
    """One checkable thing. Which of the other fields are filled depends on the kind."""

    kind: Kind
    text: str
    """As it was written."""
    value: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    """A number's stated precision: 0.01 for `1.25`, 1000 for `12k`."""
    unit: str | None = None
    """`%`, a currency code, or None."""
    day: int = 0
    month: int = 0
    year: int = 0
    """0 when the text does not say."""
    weekday: int | None = None

    @property
    def name(self) -> str:
        return self.text.casefold()

    def fits(self, day: date) -> bool:
        """Whether a stated date, weekday or month is, or may be, this day."""
        parts = ((self.day, day.day), (self.month, day.month), (self.year, day.year))
        return all(not stated or stated == actual for stated, actual in parts) and self.weekday in (None, day.weekday())


_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?P<weekday>(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)"
_LEAD = rf"(?:\b{_WEEKDAY}\b\.?,?\s+(?:the\s+)?)?"
_NUMBER = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d+)?"
)


def _date(match: re.Match[str]) -> Statement:
    found = match.groupdict()
    month = found["month"]
    return Statement(
        Kind.DATE,
        match.group().rstrip("."),
        day=int(found["day"]),
        month=int(month) if month.isdigit() else _month(month),
        year=int(found.get("year") or 0),
        weekday=_weekday(found.get("weekday")),
    )


def _month(word: str) -> int:
    return MONTHS.index(word[:3].lower()) + 1


def _time(match: re.Match[str]) -> Statement:
    """Minutes since midnight; the offset is not looked at, as results are in UTC and answers say UTC."""
    return Statement(Kind.TIME, match.group(), value=Decimal(int(match["hour"]) * 60 + int(match["minute"])))


def _weekday(word: str | None) -> int | None:
    return next((index for index, name in enumerate(WEEKDAYS) if word and name.startswith(word.lower()[:3])), None)


def _decimal(text: str) -> Decimal:
    text = re.sub(r"[ \u00a0\u202f]", "", text)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", text):
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", "."))


def _number(match: re.Match[str]) -> Statement:
    value, scale = _decimal(match["number"]), {"k": 3, "t": 3, "m": 6}.get((match["scale"] or "").lower()[:1], 0)
    exponent = value.as_tuple().exponent
    unit = match["after"] or match["before"]
    unit = _SYMBOLS.get(unit, unit) if unit else None
    if unit and unit != PERCENT and unit.upper() not in CURRENCIES:
        unit = None
    step = Decimal(1).scaleb(int(exponent) + scale)
    return Statement(Kind.NUMBER, match.group().strip(), value=value.scaleb(scale), step=step, unit=unit and unit.upper())


def _word_number(match: re.Match[str]) -> Statement:
    return Statement(Kind.NUMBER, match.group(), value=Decimal(_WORDS[match.group().lower()]))


_ISO = rf"{_LEAD}\b(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?=\b|T)"
_DOTTED = rf"{_LEAD}\b(?P<day>\d\d?)\.(?P<month>0?[1-9]|1[0-2])\.(?P<year>\d{{4}})\b"
_DAY_MONTH = rf"{_LEAD}\b(?P<day>\d\d?)(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}})\b)?"
_MONTH_DAY = rf"{_LEAD}\b{_MONTH}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}})\b)?(?![,.]?\d)"
_ADDRESS = r"(?:https?://|www\.|mailto:)[^\s)>\]\"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_TIME = r"(?:T|\b)(?P<hour>\d\d?):(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
_NAME = r"\b(?=[A-Za-z0-9/_.-]*\d)(?:[A-Z][A-Za-z0-9]*|[a-z]{1,2}\d[A-Za-z0-9]*)(?:[/_.-][A-Za-z0-9]+)*\b"
_AMOUNT = (
    rf"(?P<before>[€$£]|\b[A-Z]{{3}}(?=\s?\d))?\s?(?P<number>{_NUMBER})"
    r"(?:\s?(?P<scale>[kK]\b|[mM]\b|thousand\b|million\b))?(?:\s?(?P<after>%|[€$£]|[A-Z]{3}\b))?"
)
_DAY_NAME = r"\b(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
_MONTH_NAME = r"\b(?P<month>January|February|April|June|July|August|September|October|November|December)\b"

#: The most specific first: what one has read, the next ones do not see.
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Statement]], ...] = (
    (re.compile(_ADDRESS, re.I), lambda match: Statement(Kind.ADDRESS, match.group().rstrip(".,;:"))),
    (re.compile(_ISO, re.I), _date),
    (re.compile(_DOTTED, re.I), _date),
    (re.compile(_DAY_MONTH, re.I), _date),
    (re.compile(_MONTH_DAY, re.I), _date),
    (re.compile(_TIME), _time),
    (re.compile(_NAME), lambda match: Statement(Kind.NAME, match.group())),
    (re.compile(_AMOUNT), _number),
    (re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.I), _word_number),
    (re.compile(_DAY_NAME, re.I), lambda match: Statement(Kind.WEEKDAY, match.group(), weekday=_weekday(match["weekday"]))),
    (re.compile(_MONTH_NAME), lambda match: Statement(Kind.MONTH, match.group(), month=_month(match["month"]))),
)


def statements(text: str) -> Iterator[Statement]:
    """Everything checkable in the text. Each stretch of text is read once, by the most specific reader."""
    for pattern, read in _READERS:
        found = list(pattern.finditer(text))
        for match in reversed(found):
            text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
        yield from map(read, found)
