"""What Expediter needs from others and did not get for a while."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Neighbour(StrEnum):
    ERP = "erp"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Reach:
    """How one process finds a neighbour; neither is known before it asked."""

    away_since: datetime | None = None
    """None while it answers."""
    answered_at: datetime | None = None
    """Last."""


@dataclass(frozen=True, slots=True)
class Outage:
    id: int
    part: Neighbour
    since: datetime
