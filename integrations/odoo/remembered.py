"""What was read once and is remembered for a while, by all threads together."""

import time
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from agent.errors import ErpRefused

T = TypeVar("T")

#: Units, currencies, places, operation types, people and tags may be this old. They are set up once; what is new in them is
#: always found, for it is asked for by its id, and what changes in between is a name.
SET_UP_AGE_S = 600.0


class Remembered(Generic[T]):
    """Things by id, read in batches when first asked for and forgotten together when they are too old.

    Of threads that want the same, one asks and the others wait for what it finds.
    """

    def __init__(self, what: str, load: Callable[[Iterable[int]], dict[int, T]], max_age_s: float = SET_UP_AGE_S) -> None:
        self._what = what
        self._load = load
        self._max_age_s = max_age_s
        self._known: dict[int, T] = {}
        self._since = time.monotonic()
        self._lock = Lock()

    def by_id(self, ids: Iterable[int]) -> dict[int, T]:
        """All of these, and maybe more. Raises ErpRefused when one is not visible: without its unit a number would be wrong."""
        found, missing = self.visible(ids)
        if missing:
            raise ErpRefused(
                f"The login may not see {self._what} {sorted(missing)[0]}, which an order or move uses; widen its rights."
            )
        return found

    def visible(self, ids: Iterable[int]) -> tuple[dict[int, T], set[int]]:
        """Those that can be read, and the ids of the others."""
        wanted = {each for each in ids if each}
        with self._lock:
            known = self._fresh()
            if absent := wanted - known.keys():
                # replaced, not filled: another thread may be iterating over the old one
                self._known = known = {**known, **self._load(absent)}
        return known, wanted - known.keys()

    def learn(self, found: dict[int, T]) -> None:
        """What was just read on another way."""
        if found:
            with self._lock:
                self._known = {**self._fresh(), **found}

    def forget(self) -> None:
        """Read everything again when it is asked for."""
        with self._lock:
            self._forget()

    def _fresh(self) -> dict[int, T]:
        if time.monotonic() - self._since > self._max_age_s:
            self._forget()
        return self._known

    def _forget(self) -> None:
        self._known, self._since = {}, time.monotonic()


class Table(Generic[T]):
    """A whole table that is set up once, read when first asked for and again when it is too old."""

    def __init__(self, load: Callable[[], Sequence[T]]) -> None:
        self._load = load
        self._known: Sequence[T] | None = None
        self._since = time.monotonic()
        self._lock = Lock()

    def rows(self) -> Sequence[T]:
        with self._lock:
            if self._known is None or time.monotonic() - self._since > SET_UP_AGE_S:
                self._known = self._load()
                self._since = time.monotonic()
            return self._known
