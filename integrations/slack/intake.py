"""What happens before Slack hears that we have it: checked, stored or, for a click, done; then acknowledged."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from slack_bolt import BoltResponse

from agent.domain.messenger import DeliveryKind
from agent.errors import ExpediterError, PreconditionFailed
from agent.ports.messenger import Arrival, Deliveries
from integrations.slack.parsing import Parsed, parsed
from integrations.slack.storing import Store

logger = logging.getLogger(__name__)

OK = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a click is acknowledged, and what is still to be done once it is."""

    body: Mapping[str, Any] | None = None
    afterwards: Callable[[], Awaitable[None]] | None = None


class Clicks(Protocol):
    """Does what was clicked; decisions are in the database when it returns."""

    async def clicked(self, body: Mapping[str, Any], came_at: float) -> Answered:
        """`came_at`: of the monotonic clock; Slack gives three seconds from then."""


class Intake:
    """One for each way in."""

    def __init__(self, team: str, deliveries: Deliveries, clicks: Clicks, threads: Executor, came: Callable[[], None]) -> None:
        """`threads` run what waits for the database; `came` is told that something is to be worked on."""
        self._team, self._deliveries, self._clicks = team, deliveries, clicks
        self._threads, self._came = threads, came
        self._store = Store(deliveries, threads)
        self._afterwards: set[asyncio.Task[None]] = set()

    async def take(self, body: Mapping[str, Any], mode: str) -> BoltResponse:
        """200 when it is stored, or was before. 403: not ours. 503: it could not be stored, and Slack will send it again."""
        came_at, delivery = time.monotonic(), parsed(body)
        if delivery.teams != {self._team}:
            logger.warning("a delivery by %s from another workspace was refused", mode)
            return BoltResponse(status=403, body="", headers={"X-Slack-No-Retry": "1"})
        try:
            return await self._taken(delivery, body, came_at)
        except PreconditionFailed as unfit:
            logger.warning("a delivery cannot be stored: %s", unfit)
            return BoltResponse(status=400, body="", headers={"X-Slack-No-Retry": "1"})
        except ExpediterError as refusal:
            logger.error("a delivery was not taken: %s", refusal)
            return BoltResponse(status=503, body="")
        except Exception:
            # The edge of the process. Nothing was acknowledged, so Slack sends events again and tells people of lost clicks.
            logger.exception("a delivery was not taken")
            return BoltResponse(status=503, body="")

    async def _taken(self, delivery: Parsed, body: Mapping[str, Any], came_at: float) -> BoltResponse:
        if delivery.kind is None:
            return BoltResponse(status=200, body=OK)
        id = await self._store.put(Arrival(delivery.kind, delivery.identities, delivery.body))
        if id is None:
            return BoltResponse(status=200, body=OK)
        if delivery.kind is not DeliveryKind.CLICK:
            self._came()
            return BoltResponse(status=200, body=OK)
        return await self._clicked(id, body, came_at)

    async def _clicked(self, id: int, body: Mapping[str, Any], came_at: float) -> BoltResponse:
        answered = await self._clicks.clicked(body, came_at)
        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._threads, partial(self._settle, id))
        if answered.afterwards is not None:
            task = loop.create_task(_quietly(answered.afterwards))
            self._afterwards.add(task)
            task.add_done_callback(self._afterwards.discard)
        return BoltResponse(status=200, body=dict(answered.body) if answered.body else OK)

    def _settle(self, id: int) -> None:
        try:
            self._deliveries.handled(id, "clicked")
        except ExpediterError as away:
            logger.warning("click %s was done and stays open in the list: %s", id, away)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception:
        logger.exception("what a click was to show could not be shown")
