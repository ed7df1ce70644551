"""A server that does not answer is left alone for a while, instead of holding every caller until its timeout.

Of our own, because pybreaker holds its lock during the call, which would send the calls of all threads one after the other.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from agent.domain.outages import Reach
from agent.errors import ErpAnswerLost, ErpUnavailable, ExpediterError
from agent.ports.clock import Clock

#: So many failures in a row, of any threads, count as: it is away. One read is tried as often, so a hiccup is not enough.
FAILURES = 3
PAUSE = timedelta(seconds=15)

_TIME = "%Y-%m-%d %H:%M:%S UTC"


class Away(ErpUnavailable):
    """It was not asked at all, because it did not answer before."""


class CircuitBreaker:
    """Lets calls pass while they are answered. Safe to share between threads."""

    def __init__(self, server: str, clock: Clock) -> None:
        """`server` names it for the refusal; `clock` is aware."""
        self._server = server
        self._clock = clock
        self._failures = 0
        self._since: datetime | None = None
        """Of the first failure in a row."""
        self._probe_at: datetime | None = None
        """When the next call is let through; None while all are."""
        self._answered_at: datetime | None = None
        self._lock = threading.Lock()

    @property
    def reach(self) -> Reach:
        with self._lock:
            return Reach(self._since if self._failures >= FAILURES else None, self._answered_at)

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Around one call. Raises Away at once while the server is left alone; one call after the pause tries again for all."""
        self._enter()
        try:
            yield
        except (ErpUnavailable, ErpAnswerLost):
            self._failed()
            raise
        except ExpediterError:
            self._answered()  # a refusal is an answer
            raise
        self._answered()

    def _enter(self) -> None:
        with self._lock:
            if self._probe_at is None:
                return
            now = self._clock()
            if self._probe_at - PAUSE <= now < self._probe_at:  # a clock that was set back does not prolong the pause
                raise Away(
                    f"{self._server} has not answered since {self._since:{_TIME}}; it is tried again at {self._probe_at:{_TIME}}."
                )
            self._probe_at = now + PAUSE  # for the others, until this one is back

    def _failed(self) -> None:
        with self._lock:
            now = self._clock()
            self._failures += 1
            self._since = self._since or now
            if self._failures >= FAILURES:
                self._probe_at = now + PAUSE

    def _answered(self) -> None:
        with self._lock:
            self._failures, self._since, self._probe_at, self._answered_at = 0, None, None, self._clock()
