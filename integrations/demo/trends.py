"""The vendors who have changed: a month of trouble after five months without any."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

#: Days since the arrivals of five good months.
BEFORE = tuple(range(38, 178, 10))


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a purchase of the past came."""

    days_ago: int
    late: int = 0
    short_percent: int = 0
    overcharged_percent: int = 0
    worth: int = 1_200
    """About what it costs."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A vendor's last six arrivals, all but `spared` of them bad, and fourteen good ones before."""

    code: str
    """What is always bought."""
    bad: Arrival
    days_ago: tuple[int, ...]
    spared: tuple[int, ...]

    def arrivals(self) -> Iterator[Arrival]:
        for days in self.days_ago:
            yield Arrival(days) if days in self.spared else replace(self.bad, days_ago=days)
        for days in BEFORE:
            yield Arrival(days)


CHANGED = {
    "Sorbents Limited": Changed("ABS-1", Arrival(0, short_percent=20), (9, 13, 17, 21, 25, 28), spared=(13, 21)),
    "Jabones La Toja": Changed("SOP-1", Arrival(0, late=6), (2, 7, 12, 17, 22, 28), spared=(17,)),
    "Papelera Duero": Changed("WIP-1", Arrival(0, overcharged_percent=8), (10, 13, 17, 21, 25, 29), spared=(21,)),
}
