"""Slack's own thread in serve: it works on what was stored, and keeps the Socket Mode connection."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from types import TracebackType
from typing import Self

from agent.errors import ExpediterError

logger = logging.getLogger(__name__)

Work = Callable[[asyncio.Event], Awaitable[None]]


class SlackService:
    """Runs coroutines in a loop of its own until closed. Each is given the event that ends it."""

    def __init__(self, *works: Work) -> None:
        self._works = works
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="slack", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._started.set()
        await asyncio.gather(*(self._kept_going(work, self._stop) for work in self._works))

    async def _kept_going(self, work: Work, stop: asyncio.Event) -> None:
        """The edge of the process: what fails is tried again, and the reason is in the log."""
        while not stop.is_set():
            try:
                await work(stop)
            except Exception as failed:
                logger.exception("Slack's thread goes on after: %s", failed)
                await pause(stop, 5)


def every(seconds: float, function: Callable[[], object], threads: Executor) -> Work:
    """Calls it in a thread again and again; what it refuses or lacks is logged, and the next time it is called all the same."""

    async def again(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await asyncio.get_running_loop().run_in_executor(threads, function)
            except ExpediterError as refused:
                logger.warning("not this time: %s", refused)
            await pause(stop, seconds)

    return again


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Until the end, or for so long."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


class Bell:
    """Rung from any thread and loop; heard in one."""

    def __init__(self) -> None:
        self._rung: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last = 0.0

    def ring(self) -> None:
        self._last = time.monotonic()
        if self._loop is not None and self._rung is not None:
            self._loop.call_soon_threadsafe(self._rung.set)

    async def silent(self, seconds: float, most: float) -> None:
        """Returns when it has not rung for so long, and after `most` seconds anyway."""
        give_up = time.monotonic() + most
        while (now := time.monotonic()) < give_up and now - self._last < seconds:
            await asyncio.sleep(seconds / 2)

    async def heard(self, stop: asyncio.Event, seconds: float) -> None:
        """Returns when it rings, at the end, and after so many seconds anyway."""
        if self._rung is None:
            self._loop, self._rung = asyncio.get_running_loop(), asyncio.Event()
        waiting = [asyncio.ensure_future(event.wait()) for event in (self._rung, stop)]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()
        self._rung.clear()
