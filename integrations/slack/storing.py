"""Storing what comes, many at a time: a burst waits for the disk a few times and not five hundred."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

from agent.errors import PreconditionFailed
from agent.ports.messenger import Arrival, Deliveries

MOST_AT_ONCE = 64


class Store:
    """One for a loop. What comes while others are being written goes along with the next write."""

    def __init__(self, deliveries: Deliveries, threads: Executor) -> None:
        self._deliveries, self._threads = deliveries, threads
        self._waiting: list[tuple[Arrival, asyncio.Future[int | None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, arrival: Arrival) -> int | None:
        """The delivery's number once it is on disk, None when it was seen before. Raises as the database does."""
        stored: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, stored))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write())
        return await stored

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                for (_, stored), id in zip(batch, await self._received([one for one, _ in batch]), strict=True):
                    _settle(stored, id)
            except PreconditionFailed:
                await self._one_by_one(batch)
            except Exception as failed:  # noqa: BLE001 - handed to whoever waits for each of them
                for _, stored in batch:
                    _settle(stored, failed)

    async def _one_by_one(self, batch: Sequence[tuple[Arrival, "asyncio.Future[int | None]"]]) -> None:
        """One of them cannot be stored; the others can."""
        for arrival, stored in batch:
            try:
                _settle(stored, (await self._received([arrival]))[0])
            except Exception as failed:  # noqa: BLE001 - as above
                _settle(stored, failed)

    async def _received(self, came: Sequence[Arrival]) -> Sequence[int | None]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._deliveries.receive, came))


def _settle(stored: "asyncio.Future[int | None]", result: int | Exception | None) -> None:
    if stored.done():
        return
    if isinstance(result, Exception):
        stored.set_exception(result)
    else:
        stored.set_result(result)
