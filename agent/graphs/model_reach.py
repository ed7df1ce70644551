"""Whether the language model answers, as all who ask it in one process find it."""

from datetime import datetime

from agent.domain.outages import Reach


class ModelReach:
    """Away once it failed twice in a row, whoever asked."""

    def __init__(self) -> None:
        self._failed: list[datetime] = []
        """Since it last answered."""
        self._answered_at: datetime | None = None

    def __call__(self) -> Reach:
        return Reach(self._failed[0] if len(self._failed) > 1 else None, self._answered_at)

    def failed(self, at: datetime) -> None:
        self._failed = [*self._failed[:1], at]

    def answered(self, at: datetime) -> None:
        self._failed, self._answered_at = [], at
