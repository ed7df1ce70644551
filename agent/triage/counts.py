"""What the numbers beside a product are: ordered, sent, short, damaged, a price. By the nearest words, in five languages."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

QUANTITY, SHIPPED, SHORT, DAMAGED, PRICE = "quantity", "shipped", "short", "damaged", "price"
_LACKS = (SHORT, DAMAGED)
#: Characters of one statement that are looked at, and how far from a number its words may stand.
MOST_SAID, NEAR = 1_000, 120
#: The word of the list that tells it → what it is then.
_TOLD = {"short": SHORT, "damaged": DAMAGED, "shipped": SHIPPED, "ordered": QUANTITY}
#: What stands for the word `one`, written as nobody writes a number: it counts where something lacks, and nowhere else.
_ONE = "000001"
_UNIT = (
    r"(?:x|pcs?|pieces?|ea|units?|st|stk|stck|stuck|stuks?|m|mtr|kg|ctns?|boxes|box|uds?|u|unidades|unites?|vpe|karton|rollen?"
    r"|rolls?)"
)
_DIGITS = r"\d{1,3}(?:[.,']\d{3}){1,3}|\d{1,3}(?: \d{3}){1,3}(?= ?[a-z])|\d{1,6}"
_COUNT = re.compile(rf"(?<![\w.,/:-])(?:x ?)?({_DIGITS})(?:{_UNIT})?(?![\w/:-]|[.,]\d)")
_MONEY = r"(?:eur|€|euros?|usd|\$|gbp|£|chf)"
#: What stands behind a measure, a share, money or a stretch of time, which no goods are counted by.
_OTHER = re.compile(
    rf"\s*(?:{_MONEY}|mm|cm|inch|zoll|\"|%|°|h\b|uhr|o'?clock|days?|tagen?\b|tage|jours?|dias?|dagen|weeks?|wochen|semaines?|semanas?"
    r"|weken|hours?|stunden|heures?|horas?|months?|monaten?|mois|meses|maanden)(?!\w)"
)
_NOT_GOODS = re.compile(
    rf"(?:{_MONEY}|\b(?:pos|position|line|zeile|ligne|regel|linea|no|nr|kw|week|wk|semaine|semana|lot|batch|charge))\.? ?$"
)
_PRICE = re.compile(rf"(?:{_MONEY} ?)?(?<![\w.,/-])(\d{{1,6}}[.,](?:\d{{2}}(?![\w/-]|[.,]\d)|-))(?: ?{_MONEY}(?!\w))?")
_WHOLE_PRICE = re.compile(rf"{_MONEY} ?(\d{{1,6}})(?![\w.,])|(?<![\w.,])(\d{{1,6}}) ?{_MONEY}(?!\w)")


class _Number(NamedTuple):
    value: str
    start: int
    end: int
    role: str
    """Empty where no word tells."""


def usual_role(introduction: str) -> str:
    """What the numbers of a list are that is introduced so."""
    return next((role for role in (*_LACKS, SHIPPED) if _word(role).search(introduction)), QUANTITY)


def counts_in(said: str, usual: str = QUANTITY, *, came: bool = False, changes: bool = False) -> dict[str, Any]:
    """`quantity`, `shipped`, `short` and `damaged`, whole numbers as text, and `price` with two decimals; what is not said is not
    there. `said` is folded; product codes and dates in it are blanked out. A number without a telling word is the `usual`.

    `came`: the mail tells what came or went, so `12 instead of 40` are 12 of 40 ordered ones; else somebody wants 12 now.
    `changes`: it asks for a change, so what is to be left off counts 0.
    """
    found = dict[str, Any]()
    said = _in_digits(said[:MOST_SAID])
    if price := _price(said):
        found[PRICE] = price
        said = _PRICE.sub(lambda match: " " * len(match[0]), said)
    for role, value in _counted(said, usual, came=came):
        found.setdefault(role, value)
    if changes and not found and _word("cancelled").search(said):
        found[QUANTITY] = "0"
    return found | lacking(found)


def is_price(said: str, start: int, end: int) -> bool:
    """Whether what could be a day, like 5.10, stands beside a price that it is close to."""
    if not re.fullmatch(r"\d{1,2}\.\d{2}", said[start:end].strip()):
        return False
    amount = float(said[start:end])
    others = [
        float(match[1].replace(",", "."))
        for match in _PRICE.finditer(said)
        if not start <= match.start(1) < end and "-" not in match[1]
    ]
    return any(0.5 < amount / other < 2 for other in others if other)


def lacking(found: dict[str, Any]) -> dict[str, Any]:
    """What is short where less came than was ordered and nobody says by how much."""
    less = int(found.get(QUANTITY, 0)) - int(found.get(SHIPPED, 0))
    return {SHORT: str(less)} if SHIPPED in found and SHORT not in found and less > 0 else {}


def _in_digits(said: str) -> str:
    """`three hundred` → `300`. Nobody needs the places any more."""
    said = _word("numbers").sub(lambda match: _values()[match[0]], _word("one").sub(_ONE, said))
    return re.sub(r"\b(\d{1,2}) 100s?\b|\b100s\b", lambda match: f"{match[1] or 1}00", said)


def _price(said: str) -> str | None:
    """The one that holds from now on, else the first that is not the old one."""
    matches = list(_PRICE.finditer(said)) or list(_WHOLE_PRICE.finditer(said))
    new = [match for match in matches if not _ends(said, match.start(), "instead", "not")]
    told = [match for match in new if re.search(rf"{_word('now').pattern}[\s\w:,]{{0,12}}$", _before(said, match.start()))]
    number = (
        next((group for match in (*told, *new) for group in match.groups() if group), "").replace(",", ".").removesuffix(".-")
    )
    return number and (number if "." in number else f"{number}.00")


def _counted(said: str, usual: str, *, came: bool) -> Iterator[tuple[str, str]]:
    numbers = _numbers(said)
    roles = [number.role or usual for number in numbers]
    for place, number in enumerate(numbers):
        if place and (pair := _pair(said, numbers[place - 1], number, roles[place - 1], came)):
            roles[place - 1 : place + 1] = pair
    yield from ((role, number.value) for role, number in zip(roles, numbers, strict=True) if role)


def _numbers(said: str) -> list[_Number]:
    matches = [
        match
        for match in _COUNT.finditer(said)
        if not _OTHER.match(said, match.end()) and not _NOT_GOODS.search(_before(said, match.start()))
    ]
    found = [_Number(re.sub(r"\D", "", match[1]), *match.span(), _role(said, match)) for match in matches]
    return [number._replace(value=str(int(number.value))) for number in found if number.value != _ONE or number.role in _LACKS]


def _role(said: str, number: re.Match[str]) -> str:
    """Of the nearest telling word that is not another number's; empty where there is none."""
    after, *more = re.split(r"(?=\d)", said[number.end() :][:NEAR], maxsplit=1)
    *less, before = re.split(r"(?<=\d)(?=\D)", _before(said, number.start()))
    if more:
        after = re.split(r"[,;(](?=[^,;(]*$)", after)[0]
    if less and _ends(before, None, "of", "instead") and not re.search(r"[,;(]", before):
        before = ""
    if less:
        before = re.split(r"[,;(]", before, maxsplit=1)[-1]
    near = [
        (distance, role)
        for word, role in _TOLD.items()
        for distance in (
            *(match.start() for match in _word(word).finditer(after)),
            *(len(before) - match.end() + 0.5 for match in _word(word).finditer(before)),
        )
    ]
    return min(near)[1] if near else ""


def _pair(said: str, one: _Number, other: _Number, role: str, came: bool) -> Sequence[str] | None:
    """The roles of two numbers that a word puts against one another, like `12 instead of 40`, `12 of 40` and `from 40 to 12`."""
    between = said[one.end : other.start]
    if _ends(between, None, "instead"):
        went = came or role == SHIPPED or _ends(said, one.start, "only")
        return (SHIPPED, QUANTITY) if went else (role, "")
    if _ends(said, one.start, "not") and _ends(between, None, "but"):
        return "", role
    if _ends(between, None, "not"):
        return role, ""
    if re.search(r"\b(?:up|down) to\s*$", between):
        return "", QUANTITY
    if _ends(between, None, "to") and (_ends(said, one.start, "from") or re.search(r"[>→]", between)):
        return "", QUANTITY
    if not other.role and _ends(between, None, "of"):
        less = role if role != QUANTITY else SHIPPED if came or _ends(said, one.start, "only") else ""
        return (less, QUANTITY) if less else None
    return None


def _ends(said: str, end: int | None, *names: str) -> bool:
    """Whether the text up to there ends with one of these words."""
    before = _before(said, len(said) if end is None else end)
    return any(re.search(rf"(?:{_word(name).pattern})\s*(?:the|den|les|los|las)?\s*$", before) for name in names)


def _before(said: str, end: int) -> str:
    return said[max(0, end - NEAR) : end]


@cache
def _word(name: str) -> re.Pattern[str]:
    said: Any = _words()[name]
    alternatives = " ".join(said.values()) if isinstance(said, dict) else said
    words = sorted(alternatives.split(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)".replace("_", " "))


@cache
def _values() -> dict[str, str]:
    return {word: str(number) for number, words in _words()["numbers"].items() for word in words.split()}


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("counts.yaml").read_text(encoding="utf-8"))
    return words
