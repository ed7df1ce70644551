"""What later facts say of findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent.domain.sales import Delivery
from agent.domain.scorecard import Scorecard


@dataclass(frozen=True, slots=True)
class Unsettled:
    beginning: datetime
    """Of the first scan: who shipped before it could not have been named."""
    settled_until: datetime | None
    order_ids: tuple[int, ...]
    """Orders that findings named, that are not at risk any more and whose end is not known."""


class ScoreReading(Protocol):
    def scorecard(self, since: datetime | None = None) -> Scorecard:
        """Of findings raised, and orders shipped, since then; an aware moment."""


class Scorebook(ScoreReading, Protocol):
    """The worker's."""

    def unsettled(self) -> Unsettled | None:
        """None before the first scan."""

    def settle(self, endings: Sequence[Delivery], until: datetime) -> int:
        """Note how orders ended, once each, and up to when that was looked for; how many endings are new."""
