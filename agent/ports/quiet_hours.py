"""What each person says of when they are not to be written to."""

from typing import Protocol

from agent.domain.quiet_hours import QuietHours


class QuietTimes(Protocol):
    """Raises DatabaseUnavailable."""

    def of(self, person_id: int) -> QuietHours | None: ...

    def keep(self, person_id: int, hours: QuietHours) -> None:
        """In the place of those that were."""

    def drop(self, person_id: int) -> None: ...
