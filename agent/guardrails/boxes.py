"""Exact reasoning about which facts which rules match.

The conditions of some rules cut each fact's values into finitely many atoms: within one, no condition tells two values apart. A
rule is then a box, one set of atoms for each fact, and everything said about boxes holds for every value there is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor

from agent.guardrails.vocabulary import Fact

Value = Decimal | str | tuple[str, ...] | None
#: For each axis a set of its atoms, as bits.
Box = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """Values that no condition tells apart."""

    sample: Value
    """One of them; None: the fact is not known."""
    words: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    """Of numbers; None: no end on this side."""
    closed: bool = False
    """Whether the ends belong to it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One fact, cut into atoms; the first is that it is not known."""

    name: str
    atoms: tuple[Atom, ...]
    number: bool

    @property
    def whole(self) -> int:
        return (1 << len(self.atoms)) - 1

    def meeting(self, holds: Callable[[Value], bool]) -> int:
        return sum(1 << index for index, atom in enumerate(self.atoms) if holds(atom.sample))

    def words(self, mask: int) -> str:
        """`days_slipped is below 0, above 60 or not known`."""
        inside = [atom for index, atom in enumerate(self.atoms) if mask >> index & 1]
        known = [atom for atom in inside if atom.sample is not None]
        names = self._ranges(mask) if self.number else self._names(known)
        if len(known) == len(self.atoms) - 1:
            names = ["anything known"]
        if self.atoms[0] in inside:
            names.append("not known")
        return f"{self.name} is {', '.join(names[:-1])}{' or ' if names[1:] else ''}{names[-1]}"

    def _names(self, known: Sequence[Atom]) -> list[str]:
        if not any(atom.words == "" for atom in known):
            return [atom.words for atom in known]
        others = [atom.words for atom in self.atoms[1:] if atom not in known]
        return [f"none of {', '.join(others)}" if others else "anything"]

    def _ranges(self, mask: int) -> list[str]:
        runs: list[list[Atom]] = []
        for index, atom in enumerate(self.atoms[1:], 1):
            if not mask >> index & 1:
                continue
            if index > 1 and mask >> (index - 1) & 1:
                runs[-1].append(atom)
            else:
                runs.append([atom])
        return [_range(run[0], run[-1]) for run in runs]


def _range(first: Atom, last: Atom) -> str:
    if first.low is not None and first.low == last.high:
        return f"{first.low}"
    below = None if last.high is None else f"{'up to' if last.closed else 'below'} {last.high}"
    above = None if first.low is None else f"{'from' if first.closed else 'above'} {first.low}"
    return " and ".join(end for end in (above, below) if end) or "any number"


def number_axis(name: str, cuts: Iterable[Decimal], whole: bool) -> Axis:
    """`cuts` are the numbers the conditions speak of; `whole`: the fact has no other values than whole numbers."""
    points = sorted(set(cuts))
    parts = [_beyond(None, points[0] if points else None, whole)]
    for point, following in pairwise([*points, None]):
        assert point is not None
        parts += [Atom(point, low=point, high=point, closed=True), _beyond(point, following, whole)]
    kept = [atom for atom in parts if atom is not None and not (whole and isinstance(atom.sample, Decimal) and atom.sample % 1)]
    return Axis(name, (Atom(None), *kept), number=True)


def _beyond(low: Decimal | None, high: Decimal | None, whole: bool) -> Atom | None:
    """The numbers strictly between; None where there is none."""
    if whole:
        low = None if low is None else Decimal(floor(low) + 1)
        high = None if high is None else Decimal(ceil(high) - 1)
        if low is not None and high is not None and low > high:
            return None
    if low is not None and high is not None:
        sample = low if whole else (low + high) / 2
    else:
        sample = low + 1 if low is not None else high - 1 if high is not None else Decimal(0)
    return Atom(sample, low=low, high=high, closed=whole)


def text_axis(name: str, fact: Fact, named: Iterable[frozenset[str]]) -> Axis:
    """`named` are the sets of texts the conditions speak of."""
    sets = list(named)
    texts = sorted(fact.values if fact.values is not None else frozenset().union(*sets))
    samples: list[tuple[str, ...]] = [(text,) for text in texts]
    if fact.values is None:
        samples.append((_another(texts),))
    if fact.several:
        return Axis(name, (Atom(None), *_several(samples, sets, texts)), number=False)
    atoms = (Atom(sample[0], sample[0] if sample[0] in texts else "") for sample in samples)
    return Axis(name, (Atom(None), *atoms), number=False)


def _several(samples: Sequence[tuple[str, ...]], sets: Sequence[frozenset[str]], texts: Sequence[str]) -> list[Atom]:
    """One for each combination of conditions that some collection of texts meets: a collection meets what all in it meet."""
    found = {tuple(sample[0] in wanted for wanted in sets): sample for sample in reversed(samples)}
    added = True
    while added:
        both = {
            tuple(a and b for a, b in zip(one, other, strict=True)): found[one] + found[other] for one in found for other in found
        }
        added = not both.keys() <= found.keys()
        found = both | found
    return [Atom(sample, " with ".join(text if text in texts else "others" for text in sample)) for sample in found.values()]


def _another(texts: Sequence[str]) -> str:
    return "another" + "".join(f", not {text}" for text in texts)


# Boxes


def empty(box: Box) -> bool:
    return 0 in box


def meet(one: Box, other: Box) -> Box:
    return tuple(a & b for a, b in zip(one, other, strict=True))


def within(inner: Box, outer: Box) -> bool:
    return all(a & ~b == 0 for a, b in zip(inner, outer, strict=True))


def without(boxes: Iterable[Box], taken: Box) -> list[Box]:
    """What is left of `boxes` outside `taken`, as boxes; those of one box are disjoint."""
    return [part for box in boxes for part in _cut(box, taken)]


def left_of(box: Box, taken: Iterable[Box]) -> list[Box]:
    rest = [] if empty(box) else [box]
    for one in taken:
        rest = without(rest, one)
    return rest


def largest_outside(whole: Box, taken: Iterable[Box]) -> list[Box]:
    """Every box of `whole` that meets none of `taken` and lies in no bigger such box. Together they are all that is outside."""
    rest = [whole]
    for one in taken:
        parts = {part for box in rest for part in _pieces(box, one)}
        rest = [part for part in parts if not any(part != other and within(part, other) for other in parts)]
    return sorted(rest)


def _cut(box: Box, taken: Box) -> Iterable[Box]:
    if empty(meet(box, taken)):
        yield box
        return
    head: Box = ()
    for index, (mine, its) in enumerate(zip(box, taken, strict=True)):
        if mine & ~its:
            yield (*head, mine & ~its, *box[index + 1 :])
        head = (*head, mine & its)


def _pieces(box: Box, taken: Box) -> Iterable[Box]:
    if empty(meet(box, taken)):
        yield box
        return
    for index, (mine, its) in enumerate(zip(box, taken, strict=True)):
        if mine & ~its:
            yield (*box[:index], mine & ~its, *box[index + 1 :])
