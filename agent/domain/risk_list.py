"""Orders at risk as they are told: from the last scan, or read anew."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agent.domain.money import Money

Row = dict[str, Any]
"""One order at risk as the JSON contract has it (agent.risk.rows.order_row)."""


@dataclass(frozen=True, slots=True)
class RiskFilter:
    """Every part narrows."""

    warehouse: str | None = None
    """Code, name or a part of the name that no other has; case ignored."""
    promised_by: date | None = None
    """Promised up to this day (UTC), missed promises included; orders without a promise are left out then."""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RiskList:
    as_of: datetime
    fresh: bool
    """Read for this answer; else it is what the last scan said."""
    open_orders: int
    """Of all warehouses and dates."""
    at_risk: int
    """That the filter finds; `rows` has the first of them."""
    already_missed: int
    """Of these, whose promise is past."""
    values: tuple[Money, ...]
    """At risk in all of them, one sum for each currency, the largest first."""
    rows: tuple[Row, ...]
    """Most urgent first."""
    not_seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOrder:
    as_of: datetime
    fresh: bool
    row: Row | None
    """None when it is not at risk."""
    not_seen: tuple[str, ...]
