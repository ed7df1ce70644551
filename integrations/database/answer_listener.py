"""One listening connection for all who follow an answer."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

import psycopg

from integrations.database.pool import conninfo

logger = logging.getLogger(__name__)

_CHANNEL = "expediter_answer"
_RETRY_S = 1.0


class AnswerListener:
    """Wakes the followers of a question when a part of its answer was released.

    Connects with the first follower, in a thread of its own; a lost connection is made again and wakes everybody, so that nothing
    is missed. `close` ends the thread.
    """

    def __init__(self, url: str) -> None:
        self._conninfo = conninfo(url)
        self._followers: defaultdict[int, set[Event]] = defaultdict(set)
        self._lock, self._stop, self._thread = Lock(), Event(), None  # type: Lock, Event, Thread | None

    @contextmanager
    def subscribed(self, inbound_id: int) -> Iterator[Event]:
        """An event that is set whenever a part was released, and sometimes without reason."""
        released = Event()
        with self._lock:
            self._followers[inbound_id].add(released)
            self._start()
        try:
            yield released
        finally:
            with self._lock:
                self._followers[inbound_id].discard(released)
                if not self._followers[inbound_id]:
                    del self._followers[inbound_id]

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="answer-listener", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                logger.warning("listening for answers was interrupted: %s", error)
                self._stop.wait(_RETRY_S)

    def _listen(self) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            self._wake(None)
            while not self._stop.is_set():
                for notice in connection.notifies(timeout=0.5):
                    self._wake(_question(notice.payload))

    def _wake(self, inbound_id: int | None) -> None:
        with self._lock:
            for question, events in self._followers.items():
                if inbound_id in (None, question):
                    for event in events:
                        event.set()


def _question(payload: str) -> int | None:
    """None wakes everybody: any role can send a notice, with anything in it."""
    return int(payload) if re.fullmatch(r"[0-9]{1,18}", payload) else None
