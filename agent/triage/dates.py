"""Days named in a mail, in five languages. A day without a year is the nearest one that makes sense."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january januar janvier januari enero jan",
    "february februar fevrier februari febrero feb",
    "march marz maerz mars maart marzo mar mrt",
    "april avril abril apr abr avr",
    "may mai mei mayo",
    "june juni juin junio jun",
    "july juli juillet julio jul",
    "august aout augustus agosto aug ago",
    "september septembre septiembre sep sept",
    "october oktober octobre octubre oct okt",
    "november novembre noviembre nov",
    "december dezember decembre diciembre dec dez dic",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_DAYS = (
    "monday montag lundi maandag lunes",
    "tuesday dienstag mardi dinsdag martes",
    "wednesday mittwoch mercredi woensdag miercoles",
    "thursday donnerstag jeudi donderdag jueves",
    "friday freitag vendredi vrijdag viernes",
    "saturday samstag samedi zaterdag sabado",
    "sunday sonntag dimanche zondag domingo",
)
_DAY = {name: number for number, names in enumerate(_DAYS) for name in names.split()}
_NEAR = {"today": 0, "heute": 0, "aujourd'hui": 0, "vandaag": 0, "hoy": 0, "tomorrow": 1, "morgen": 1, "demain": 1, "manana": 1}
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_ISO = re.compile(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([./-])(\d{1,2})(?:\2(20\d\d|\d\d)\b|\.(?!\d)|(?=[\s,;)!?]|$))")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|er|e)?\.?\s*(?:of |de )?({_NAMES})\b\.?,?(?:\s*(?:de |del )?(20\d\d))?")
_MONTH_DAY = re.compile(rf"\b({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[:h])(?:,?\s*(20\d\d))?")
_WEEKDAYS = "|".join(_DAY)
_WEEK = re.compile(
    rf"\b(?:(?P<day>{_WEEKDAYS})[ ,]{{1,2}}(?:in |of |der |de |van )?"
    r"|(?P<begins>(?:beginning|start|early|anfang|debut|begin|principios|inicio)(?: of| der| de(?: la)?| van)? ))?"
    r"(?:week|wk|cw|kw|kalenderwoche|semaine|semana|sem)\.?\s*(?P<week>\d{1,2})\b(?:\s*[/ ]\s*(?P<year>20\d\d))?"
    rf"(?:[ ,]{{0,2}}\(?(?P<then>{_WEEKDAYS})\b\)?)?"
)
_WEEKDAY = re.compile(rf"\b({_WEEKDAYS})\b")
_SOON = re.compile(rf"\b({'|'.join(_NEAR)})\b")


@dataclass(frozen=True, slots=True)
class Day:
    """A day and where it is named."""

    day: date
    start: int
    end: int
    exact: bool
    """False for a week (its Friday, or Monday for its beginning), a weekday or an ambiguous order of day and month."""


def days_in(folded: str, today: date) -> list[Day]:
    """Days in reading order, the longest reading of each place."""
    taken: list[Day] = []
    for day in _all(folded, today):
        if all(day.end <= other.start or day.start >= other.end for other in taken):
            taken.append(day)
    return sorted(taken, key=lambda day: day.start)


def _all(text: str, today: date) -> Iterator[Day]:
    for match in _ISO.finditer(text):
        yield from _day(match, int(match[1]), int(match[2]), int(match[3]))
    for match in _DAY_MONTH.finditer(text):
        yield from _dated(match, match[3], _MONTH[match[2]], int(match[1]), today)
    for match in _MONTH_DAY.finditer(text):
        yield from _dated(match, match[3], _MONTH[match[1]], int(match[2]), today)
    for match in _NUMERIC.finditer(text):
        yield from _numeric(match, today)
    for match in _WEEK.finditer(text):
        yield from _week(match, today)
    for match in _SOON.finditer(text):
        yield Day(today + timedelta(_NEAR[match[1]]), *match.span(), exact=True)
    for match in _WEEKDAY.finditer(text):
        ahead = (_DAY[match[1]] - today.weekday()) % 7 or 7
        yield Day(today + timedelta(ahead), *match.span(), exact=False)


def _numeric(match: re.Match[str], today: date) -> Iterator[Day]:
    """Day before month, as in Europe; month first where the numbers allow nothing else."""
    first, second = int(match[1]), int(match[3])
    if match[2] == "-" and not match[4]:
        return
    day, month = (second, first) if second > 12 >= first else (first, second)
    exact = match[2] == "." or first > 12 or second > 12 or first == second
    yield from _dated(match, match[4], month, day, today, exact)


def _dated(match: re.Match[str], year: str | None, month: int, day: int, today: date, exact: bool = True) -> Iterator[Day]:
    if year:
        yield from _day(match, int(year) + (2000 if len(year) == 2 else 0), month, day, exact)
        return
    for candidate in (today.year, today.year + 1):
        found = list(_day(match, candidate, month, day, exact))
        if found and (found[0].day - today).days > -120:
            yield found[0]
            return


def _day(match: re.Match[str], year: int, month: int, day: int, exact: bool = True) -> Iterator[Day]:
    try:
        yield Day(date(year, month, day), match.start(), match.end(), exact)
    except ValueError:
        return


def _week(match: re.Match[str], today: date) -> Iterator[Day]:
    week, year = int(match["week"]), int(match["year"] or today.isocalendar().year)
    if not match["year"] and week < today.isocalendar().week - 12:
        year += 1
    named = match["day"] or match["then"]
    weekday = _DAY[named] + 1 if named else 1 if match["begins"] else 5
    try:
        yield Day(date.fromisocalendar(year, week, weekday), match.start(), match.end(), exact=bool(named))
    except ValueError:
        return
