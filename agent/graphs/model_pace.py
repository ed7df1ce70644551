"""So that no mail waits for a language model that is away or slow."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from threading import Thread
from typing import TypeVar

from agent.errors import ModelUnavailable

#: Who failed is left alone for so long.
REST = timedelta(minutes=1)
#: Of each span of time so much is for asking; mails that come faster than it answers are read without it.
SPAN, ASKING = timedelta(minutes=15), timedelta(minutes=5)
T = TypeVar("T")


class ModelPace:
    """When a model may be asked about one more mail; of each `SPAN` `asking` is for it."""

    def __init__(self, asking: timedelta = ASKING) -> None:
        self._asking = asking
        self._rests_until: datetime | None = None
        self._failure = ""
        self._span_began: datetime | None = None
        self._spent = timedelta()

    def demand(self, now: datetime) -> None:
        """Raises ModelUnavailable while it is not to be asked."""
        if self._rests_until is not None and now < self._rests_until:
            raise ModelUnavailable(self._failure)
        if self._span_began is None or now >= self._span_began + SPAN:
            self._span_began, self._spent = now, timedelta()
        if self._spent >= self._asking:
            raise ModelUnavailable("More mails come than the language model can read in time.")

    def spent(self, begun: datetime, now: datetime) -> None:
        self._spent += now - begun

    def failed(self, now: datetime, why: str) -> None:
        self._rests_until, self._failure = now + REST, why


def within(seconds: float, ask: Callable[[], T]) -> T:
    """What `ask` returns or raises; ModelUnavailable when that takes longer.

    The client's own limit begins anew with every byte, and some servers send blanks while they think.
    """
    said: Future[T] = Future()

    def run() -> None:
        try:
            said.set_result(ask())
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is raised below
            said.set_exception(failure)

    Thread(target=run, name="asks a language model", daemon=True).start()
    try:
        return said.result(seconds)
    except TimeoutError:
        raise ModelUnavailable("The language model did not answer in time.") from None
