"""The one clock that deadlines are judged by."""

import time
from datetime import datetime, timedelta

from integrations.database.pool import Pool, statements

FRESH_S = 10.0


class DatabaseClock:
    """What time PostgreSQL says it is, aware and UTC: it judges deadlines, so a process whose own clock is wrong sets none that
    is over at once or lasts too long.

    Asked for at most every 10 seconds; in between, time is counted on, whatever becomes of the clock of this machine.
    Raises DatabaseUnavailable.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: tuple[datetime, float] | None = None
        """A moment of the database's, and the monotonic second it was told at."""

    def __call__(self) -> datetime:
        known = self._known
        if known is None or time.monotonic() - known[1] > FRESH_S:
            self._known = known = self._told()
        return known[0] + timedelta(seconds=time.monotonic() - known[1])

    def _told(self) -> tuple[datetime, float]:
        asked = time.monotonic()
        with statements(self._pool) as connection:
            row = connection.execute("SELECT clock_timestamp() AS now").fetchone()
        assert row is not None
        return row["now"], asked
