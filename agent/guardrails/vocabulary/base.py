"""What a fact is."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.domain.sales import Segment


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an action: a number that can have bounds, or a text. `values` lists the only texts there are."""

    number: bool = False
    values: frozenset[str] | None = None
    whole: bool = False
    """A number that has no fractions."""
    several: bool = False
    """A collection of texts, like the categories of an order's products: a condition has to hold for each of them."""


NUMBER = Fact(number=True)
WHOLE = Fact(number=True, whole=True)
TEXT = Fact()
TEXTS = Fact(several=True)
SEGMENT = Fact(values=frozenset(Segment))

#: In place of a segment: no customer is harmed.
NOBODY = "nobody"

SEGMENT_OR_NOBODY = Fact(values=frozenset({*Segment, NOBODY}))

#: Whose orders get something later.
HARM: Mapping[str, Fact] = {
    "orders_harmed": WHOLE,
    "value_harmed": NUMBER,
    "segment_harmed": SEGMENT_OR_NOBODY,
    "currency": TEXT,
}
