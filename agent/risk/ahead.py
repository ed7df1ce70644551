"""Readings that go on beside each other: the ERP works on one while another is taken apart."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

#: Enough that the ERP never waits for us, and few enough that its people do not wait for it.
AT_ONCE = 2


class Ahead:
    """Readings begun before anybody needs what they bring, `AT_ONCE` at a time and in the order of `read`."""

    def __init__(self) -> None:
        self._begun: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # daemons, as those of concurrent.futures are not: whoever interrupts does not wait for an ERP that hangs
        for _ in range(AT_ONCE):
            Thread(target=self._work, daemon=True, name="reading ahead").start()

    def read(self, ask: Callable[[], T]) -> Callable[[], T]:
        """What is returned waits until `ask` was answered, and returns or raises what it did."""
        answer: Future[T] = Future()
        self._begun.put(lambda: _answer(answer, ask))
        return answer.result

    def end(self) -> None:
        """What was not begun is not read any more."""
        with suppress(Empty):
            while True:
                self._begun.get_nowait()
        for _ in range(AT_ONCE):
            self._begun.put(None)

    def _work(self) -> None:
        while (reading := self._begun.get()) is not None:
            reading()


@contextmanager
def reading_ahead() -> Iterator[Ahead]:
    """Everything that is needed of it is asked for before the end."""
    ahead = Ahead()
    try:
        yield ahead
    finally:
        ahead.end()


def _answer(answer: Future[T], ask: Callable[[], T]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:  # noqa: BLE001 whoever waits for it raises it
        answer.set_exception(error)
