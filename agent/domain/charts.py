"""What is shown where people would rather look than read; how it is drawn is the adapter's."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Arrival:
    """A part of an order line's goods and the day it can ship."""

    at: datetime | None
    """None: nothing is in sight."""
    amount: Decimal
    label: str
    """`60 m · P00222, Kessler`."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One line's goods: what is needed and what comes when."""

    name: str
    needed: Decimal
    unit: str
    arrivals: tuple[Arrival, ...]
    """Earliest first, what is not in sight last; together they are what is needed."""


@dataclass(frozen=True, slots=True)
class SupplyTimeline:
    """An order's supply against its promise."""

    title: str
    as_of: datetime
    promise: datetime | None
    projected: datetime | None
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Ageing:
    """Orders at risk by warehouse and by how late they are."""

    title: str
    as_of: datetime
    buckets: tuple[str, ...]
    """Names, mildest first."""
    warehouses: tuple[tuple[str, tuple[int, ...]], ...]
    """Name → number of orders for each bucket; the one with the most first."""
