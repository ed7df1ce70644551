"""Whether what an answer says was found: numbers, dates, record names, and claims that something was done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from agent.guardrails.deeds import unsupported_deeds
from agent.guardrails.statements import Kind, Statement, statements

#: Tools whose texts came from whoever asked, or from the model: they back no claim that something was done.
_ECHOING = ("propose_", "waiting_approvals")
_ORDINALS = frozenset(Decimal(number) for number in range(1, 11))


@dataclass(slots=True)
class Facts:
    """What was found out in one turn, and what the person said themselves."""

    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)
    open_dates: list[Statement] = field(default_factory=list)
    """Dates that were said without a year."""
    times: set[Decimal] = field(default_factory=set)
    numbers: dict[str | None, set[Decimal]] = field(default_factory=dict)
    """By unit: `%`, a currency, or None for every number whatever its unit."""
    states: dict[str, str] = field(default_factory=dict)
    """Proposal label → state."""
    told: str = ""
    """All texts of the records and documents, for claims about the past."""

    def add_question(self, question: str, now: datetime) -> None:
        self._add_text(question)
        self.dates.add(now.date())

    def add_result(self, tool: str, result: Mapping[str, Any]) -> None:
        texts: list[str] = []
        self._add(result, None, texts)
        if not tool.startswith(_ECHOING):
            self.told += "\n" + " ".join(" ".join(texts).casefold().split())

    def _add(self, value: Any, currency: str | None, texts: list[str]) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("label"), str) and isinstance(value.get("state"), str):
                self.states[value["label"]] = value["state"]
            for key, item in value.items():
                if key != "url":
                    self._add(item, value.get("currency") if key == "amount" else None, texts)
                elif item:
                    self.addresses.add(item.casefold())
        elif isinstance(value, list):
            self._add_number(Decimal(len(value)), None)
            for item in value:
                self._add(item, currency, texts)
        elif isinstance(value, str):
            texts.append(value)
            self._add_text(f"{value} {currency}" if currency else value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._add_number(Decimal(str(value)), currency)

    def _add_text(self, text: str) -> None:
        for said in statements(text):
            if said.kind is Kind.NAME:
                self.names.add(said.name)
            elif said.kind is Kind.ADDRESS:
                self.addresses.add(said.name)
            elif said.kind is Kind.TIME:
                self.times.add(said.value)
            elif said.kind is Kind.NUMBER:
                self._add_number(said.value, said.unit)
            elif said.kind is Kind.DATE:
                self._add_date(said)

    def _add_date(self, said: Statement) -> None:
        try:
            self.dates.add(date(said.year, said.month, said.day))
        except ValueError:
            self.open_dates.append(said)

    def _add_number(self, value: Decimal, unit: str | None) -> None:
        self.numbers.setdefault(None, set()).add(abs(value))
        if unit:
            self.numbers.setdefault(unit, set()).add(abs(value))

    def supports(self, said: Statement) -> bool:
        match said.kind:
            case Kind.NAME:
                return self._knows_name(said.name)
            case Kind.ADDRESS:
                return said.name in self.addresses
            case Kind.TIME:
                return said.value in self.times
            case Kind.NUMBER:
                return self._knows_number(said)
            case _:
                return self._knows_date(said)

    def _knows_name(self, name: str) -> bool:
        """`S00042/S00043` is two names; a bare number is never one."""
        parts = [part for part in name.replace("-", "/").split("/") if any(char.isdigit() for char in part)]
        return name in self.names or (len(parts) > 1 and all(part in self.names for part in parts))

    def _knows_date(self, said: Statement) -> bool:
        return any(said.fits(day) for day in self.dates) or (
            said.kind is Kind.DATE
            and any((one.day, one.month) == (said.day, said.month) and not said.year for one in self.open_dates)
        )

    def _knows_number(self, said: Statement) -> bool:
        found = self.numbers.get(said.unit, set())
        if said.value in found:
            return True
        if said.unit is None and any(day.year == said.value for day in self.dates):
            return True
        return any(_rounds_to(value, said) for value in found)


def _rounds_to(value: Decimal, said: Statement) -> bool:
    """Only what is given more exactly may be rounded, and only to the precision that is stated."""
    scaled, wanted = value / said.step, said.value / said.step
    return any(scaled.quantize(Decimal(1), rounding) == wanted for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN))


def unsupported(sentence: str, facts: Facts) -> tuple[str, ...]:
    """What the sentence says without support, as it was written; empty when all of it was found."""
    missing = [said.text for said in _checked(sentence) if not facts.supports(said)]
    return (*missing, *unsupported_deeds(sentence, facts.states, facts.told))


def _checked(sentence: str) -> Iterable[Statement]:
    """The statements without the number that counts a list item, and with weekdays bound to the sentence's dates."""
    body = sentence.lstrip(" \t\n-*•>#")
    ordinal = next(
        (
            mark
            for number in _ORDINALS
            for mark in (f"{number}.", f"{number})")
            if body.startswith(f"{mark} ") or body.strip() == mark
        ),
        "",
    )
    return statements(body.removeprefix(ordinal))
