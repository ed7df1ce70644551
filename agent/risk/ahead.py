"""Readings that go on beside each other: the ERP works on one while another is taken apart."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: Enough that the ERP never waits for us, and few enough that its people do not wait for it.
AT_ONCE = 2


class Ahead:
    """Readings begun before anybody needs what they bring, `AT_ONCE` at a time and in the order of `read`."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[_Reading[Any] | None] = SimpleQueue()
        # daemons, as those of concurrent.futures are not: whoever interrupts does not wait for an ERP that hangs
        for _ in range(AT_ONCE):
            Thread(target=self._work, daemon=True, name="reading ahead").start()

    def read(self, ask: Callable[[], T]) -> Callable[[], T]:
        """What is returned waits until `ask` was answered, and returns or raises what it did; CancelledError after `end`."""
        reading = _Reading(ask)
        self._waiting.put(reading)
        return reading.answer.result

    def end(self) -> None:
        """What was not begun is not read any more."""
        with suppress(Empty):
            while reading := self._waiting.get_nowait():
                reading.answer.cancel()
        for _ in range(AT_ONCE):
            self._waiting.put(None)

    def _work(self) -> None:
        while (reading := self._waiting.get()) is not None:
            reading.go()


class _Reading(Generic[T]):
    def __init__(self, ask: Callable[[], T]) -> None:
        self.answer: Future[T] = Future()
        self._ask = ask

    def go(self) -> None:
        try:
            self.answer.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001 whoever waits for it raises it
            self.answer.set_exception(error)


@contextmanager
def reading_ahead() -> Iterator[Ahead]:
    """Everything that is needed of it is asked for before the end."""
    ahead = Ahead()
    try:
        yield ahead
    finally:
        ahead.end()
