"""Amounts of money that a text names, for messages that may offer no more than was approved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agent.domain.money import Money
from agent.guardrails.statements import CURRENCIES

_NAMED = {"€": "EUR", "£": "GBP", "euro": "EUR", "euros": "EUR", "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF"} | {
    "franc": "CHF", "francs": "CHF", "sterling": "GBP",
}  # fmt: skip
_DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD"})
_CURRENCY = (
    rf"(?:\b(?:{'|'.join(sorted(CURRENCIES))})(?![A-Za-z])|[€$£]"
    r"|\b(?i:euros?|eur|usd|gbp|chf|dollars?|francs?|(?:pounds? )?sterling)\b)"
)
_SCALES = {"hundred": 100, "k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000}
_SPACE = r"[ \t\u00a0\u202f]"
_AMOUNT = (
    rf"(?<![\w.,])(?:\d{{1,3}}(?:(?:{_SPACE}|['\u2019])\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)|\d[\d.,]*)"
    rf"(?:[-\u2013](?!{_SPACE}?\d))?(?:{_SPACE}?(?i:hundred|thousand|million|k|m)\b)?"
)
_RANGE = rf"{_AMOUNT}(?:{_SPACE}?(?:[-\u2013/]|to\b|or\b){_SPACE}?{_AMOUNT})?"
_MONEY = re.compile(rf"(?P<before>{_CURRENCY}){_SPACE}*(?P<after>{_RANGE})|(?P<first>{_RANGE}){_SPACE}*(?P<last>{_CURRENCY})")
_CODE = rf"(?:{'|'.join(sorted(CURRENCIES))}|(?i:eur|usd|gbp|chf))"
_JOINED = re.compile(rf"(?<![A-Za-z]){_CODE}(?=\d)|(?<=\d)(?={_CODE}(?![A-Za-z]))")
_IN_WORDS = re.compile(
    rf"\b(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|thousand|million)"
    rf"(?:{_SPACE}|-)*{_CURRENCY}"
)


@dataclass(frozen=True, slots=True)
class Named:
    """An amount as it was written. A number that can be read in two ways is the greater one: `1.500 EUR` is 1500."""

    text: str
    amount: Decimal
    currency: str | None
    """None for dollars of any country."""

    def within(self, most: Money) -> bool:
        same = most.currency == self.currency or (self.currency is None and most.currency in _DOLLARS)
        return same and self.amount <= most.amount


def money_named(text: str) -> Iterator[Named]:
    """Each amount that a currency stands next to, before or after it; of a range, the greater end."""
    spaced = _JOINED.sub(lambda match: f"{match.group()} ", text)
    for match in _MONEY.finditer(spaced):
        sign, numbers = match["before"] or match["last"], match["after"] or match["first"]
        yield Named(match.group().strip(" .,"), max(map(_value, re.findall(_AMOUNT, numbers))), _currency(sign))


def in_words(text: str) -> str | None:
    """The first amount whose number is written in words; no value can be read from it."""
    found = _IN_WORDS.search(text)
    return found.group() if found else None


def _currency(sign: str) -> str | None:
    word = sign.casefold().split()[-1]
    return None if word in ("$", "dollar", "dollars") else _NAMED.get(word, sign)


def _value(written: str) -> Decimal:
    scale = next((times for word, times in _SCALES.items() if re.search(rf"(?i)(?<![a-z]){word}$", written)), 1)
    digits = re.sub(r"[^\d.,]", "", written).strip(".,")
    whole, mark, rest = _parted(digits)
    fraction = f".{rest}" if mark else ""
    return Decimal(f"{re.sub(r'[.,]', '', whole)}{fraction}") * scale


def _parted(digits: str) -> tuple[str, str, str]:
    """Around the decimal mark: the last one, unless three digits follow it as they do a thousand."""
    found = re.fullmatch(r"(.*\d)([.,])(\d+)", digits)
    if not found or (len(found[3]) == 3 and not re.fullmatch(r"0+", found[1])):
        return digits, "", ""
    return found[1], found[2], found[3]
