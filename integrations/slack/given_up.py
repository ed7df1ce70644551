"""Cards that were given up, after a day without Slack or in a channel we were not in, are shown again as things are then."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

LOOK_EVERY_S = 60.0
#: After the first time; what can never be shown is tried ever less often.
AGAIN_AFTER = timedelta(minutes=15)


class Failures(Protocol):
    """The outbox, as far as this needs it."""

    def given_up(self, prefix: str, again_after: timedelta) -> Sequence[str]: ...


class GivenUp:
    def __init__(self, outbox: Failures, *prefixes: str) -> None:
        """`prefixes`: how the keys of the cards begin."""
        self._outbox, self._prefixes = outbox, prefixes
        self._looked_at: float | None = None

    def keys(self) -> set[str]:
        """Of the cards that are due again; none while they were looked for just now."""
        now = time.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY_S:
            return set()
        found = {key for prefix in self._prefixes for key in self._outbox.given_up(prefix, AGAIN_AFTER)}
        self._looked_at = now
        return found
