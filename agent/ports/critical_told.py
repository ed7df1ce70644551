"""What the operations channel was told of as critical, kept across restarts."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Untold:
    findings: frozenset[int]
    as_of: int
    """How far telling had come then: who tells later, of the same moment, tells nothing."""


class CriticalTold(Protocol):
    """Raises DatabaseUnavailable."""

    def new(self) -> Untold:
        """Findings that became critical within a day, at first or again, and were not told of in the day before or since."""

    def tell(self, new: Untold, finding_ids: Collection[int], channel: str, payload: dict[str, Any]) -> None:
        """Leave the message to be sent and note of which findings it tells: both, or nothing where another was told of since."""
