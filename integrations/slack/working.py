"""Works on what was stored before it was acknowledged: each delivery once, also after serve was killed in between."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from functools import partial
from typing import TypeVar

from agent.domain.messenger import Delivery, DeliveryKind
from agent.errors import DatabaseUnavailable, ExpediterError
from agent.ports.messenger import Deliveries
from integrations.slack.parsing import text_at
from integrations.slack.service import Bell

logger = logging.getLogger(__name__)

AT_ONCE = 3
MOST_TRIES = 8
_LOOK_ANYWAY_S = 1.0
_CALM_S, _BURST_S = 0.04, 1.0

Found = TypeVar("Found")
Worker = Callable[[Delivery], Awaitable[str]]
"""Returns in a few words what became of it."""


class DeliveryLoop:
    """In a loop of its own; several processes may do it at once, since what a delivery leads to is stored once."""

    def __init__(
        self,
        deliveries: Deliveries,
        workers: Mapping[DeliveryKind, Worker],
        given_up: Mapping[DeliveryKind, Worker],
        threads: Executor,
        bell: Bell,
    ) -> None:
        """`given_up`: tells whoever wrote that nothing became of it."""
        self._deliveries, self._workers, self._given_up = deliveries, workers, given_up
        self._threads, self._bell = threads, bell

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            # What comes is taken first: a burst is acknowledged in time, and worked on right after.
            await self._bell.silent(_CALM_S, _BURST_S)
            try:
                found = await self._in_thread(partial(self._deliveries.waiting, AT_ONCE))
            except DatabaseUnavailable as away:
                logger.warning("what Slack delivered waits: %s", away)
                found = []
            if found:
                await asyncio.gather(*map(self._in_order, _by_account(found)))
            else:
                await self._bell.heard(stop, _LOOK_ANYWAY_S)

    async def _in_order(self, deliveries: Sequence[Delivery]) -> None:
        """What one account sent, as it was sent: a second question may go on from the first."""
        for delivery in deliveries:
            await self._one(delivery)

    async def _one(self, delivery: Delivery) -> None:
        try:
            if outcome := await self._outcome(delivery):
                await self._in_thread(partial(self._deliveries.handled, delivery.id, outcome))
        except DatabaseUnavailable as away:
            logger.warning("delivery %s waits: %s", delivery.id, away)
            await asyncio.sleep(1)

    async def _outcome(self, delivery: Delivery) -> str:
        try:
            return await self._workers[delivery.kind](delivery)
        except DatabaseUnavailable:
            raise
        except Exception as failed:  # noqa: BLE001 - the edge of the process: one delivery must not hold up the others
            return await self._failed(delivery, failed)

    async def _failed(self, delivery: Delivery, failed: Exception) -> str:
        """Tried again after 2, 4, 8 … seconds; at last kept with the reason, and said to whoever wrote."""
        foreseen = isinstance(failed, ExpediterError)
        logger.log(logging.WARNING, "delivery %s failed: %s", delivery.id, failed, exc_info=None if foreseen else failed)
        if delivery.tries + 1 >= MOST_TRIES:
            logger.error("delivery %s is given up", delivery.id)
            await self._last_word(delivery)
            return f"given up: {failed}"
        await self._in_thread(partial(self._deliveries.put_off, delivery.id, timedelta(seconds=2 ** (delivery.tries + 1))))
        return ""

    async def _last_word(self, delivery: Delivery) -> None:
        try:
            if (tell := self._given_up.get(delivery.kind)) is not None:
                await tell(delivery)
        except DatabaseUnavailable:
            raise
        except Exception:
            # What kept it from being worked on may keep this from being told.
            logger.exception("that delivery %s is given up could not be said", delivery.id)

    async def _in_thread(self, function: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)


def _by_account(found: Iterable[Delivery]) -> list[list[Delivery]]:
    lanes: defaultdict[str, list[Delivery]] = defaultdict(list)
    for delivery in found:
        lanes[text_at(delivery.body, "event", "user") or text_at(delivery.body, "user")].append(delivery)
    return list(lanes.values())
