"""Outages that people were told of, so that they are told of the end too, whoever runs by then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from agent.domain.outages import Neighbour, Outage


class Outages(Protocol):
    """The worker's. Raises DatabaseUnavailable."""

    def open(self) -> Sequence[Outage]:
        """Those that are not over; one of each part at most."""

    def begin(self, part: Neighbour, since: datetime) -> None:
        """Nothing happens while one of that part is open."""

    def end(self, outage_id: int, at: datetime) -> None: ...
