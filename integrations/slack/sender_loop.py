"""Sends what waits: channels side by side, each in order and no faster than Slack likes, one worker at a time."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError

from agent.domain.messenger import SendMethod
from agent.errors import DatabaseUnavailable, ExpediterError
from agent.ports.clock import Clock
from agent.ports.messenger_sending import Sending, Waiting
from integrations.slack.answers import AnswerDesk
from integrations.slack.audience import Audience
from integrations.slack.client import SlackClients, SlackUnavailable
from integrations.slack.parsing import text_at
from integrations.slack.sending import MOST_TRIES, Ended, Result, backoff, find, send
from integrations.slack.service import pause
from integrations.slack.sharing import Door, Gate
from integrations.slack.uploading import Picture, upload

Found = TypeVar("Found")
logger = logging.getLogger(__name__)

AT_ONCE = 20
LOOK_EVERY_S = 0.3
TURN_EVERY_S = 4.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages follow each other, and how long what is unclear is left alone."""

    channel_s: float = 1.0
    """Slack takes about a message a second in a channel."""
    settles_after: timedelta = timedelta(seconds=12)
    """A message whose answer was lost may still appear; it is looked for only after this."""
    locked_out: timedelta = timedelta(seconds=5)
    """While our token is no good, until somebody changes it."""
    kept_back: timedelta = timedelta(minutes=1)
    """While a channel is shared with another company, until it is looked at again."""


#: What is the same however often it arrives.
_IDEMPOTENT = (SendMethod.HOME, SendMethod.PROMPTS, SendMethod.TITLE)
#: What nobody can look up: sent once more at most.
_FLEETING = (SendMethod.PRIVATE, SendMethod.RESPOND)
#: What is older would be no news when its channel is ours alone again.
_READ_BY_ALL = (SendMethod.MESSAGE, SendMethod.PICTURE)
Draw = Callable[[Mapping[str, Any]], Picture]
"""Raises ExpediterErrors."""
KEPT_FOR = timedelta(days=1)
SHARED = "its channel is shared with another company"


class SenderLoop:
    """In a loop of its own."""

    def __init__(
        self,
        sending: Sending,
        answers: AnswerDesk,
        clients: SlackClients,
        gate: Gate,
        audience: Audience,
        threads: Executor,
        clock: Clock,
        pace: Pace = Pace(),
        draw: Draw | None = None,
    ) -> None:
        self._sending, self._answers, self._clients = sending, answers, clients
        self._gate, self._audience = gate, audience
        self._threads, self._clock, self._pace = threads, clock, pace
        self._draw = draw
        self._holder = uuid.uuid4().hex
        self._next: dict[str, float] = {}
        self._direct: dict[str, str] = {}
        self._flying: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; what is on its way then is finished first."""
        asked = 0.0
        while not stop.is_set():
            try:
                if time.monotonic() - asked > TURN_EVERY_S:
                    mine = await self._do(self._sending.take_turn, self._holder)
                    asked = time.monotonic() if mine else 0.0
                if asked:
                    await self._look()
            except DatabaseUnavailable as away:
                logger.warning("what is to be sent to Slack waits: %s", away)
                asked = 0.0
            await pause(stop, LOOK_EVERY_S if asked else TURN_EVERY_S)
        await asyncio.gather(*self._flying.values(), return_exceptions=True)

    async def _look(self) -> None:
        for waiting in await self._do(self._sending.waiting, AT_ONCE):
            lane = waiting.outgoing.channel
            if time.monotonic() >= self._next.get(lane, 0.0):
                self._start(f"message:{lane}", partial(self._one, waiting))
        for answer in await self._answers.open():
            self._start(f"answer:{answer.inbound_id}", partial(self._answers.go_on, answer))

    def _start(self, lane: str, work: Callable[[], Awaitable[None]]) -> None:
        if lane in self._flying or len(self._flying) >= AT_ONCE:
            return
        task = asyncio.ensure_future(self._guarded(lane, work))
        self._flying[lane] = task
        task.add_done_callback(lambda _: self._flying.pop(lane, None))

    async def _guarded(self, lane: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except DatabaseUnavailable as away:
            logger.warning("%s waits: %s", lane, away)
        except Exception:
            # The edge of the process: one message must not hold up the others.
            logger.exception("%s could not be sent now", lane)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _one(self, waiting: Waiting) -> None:
        out = waiting.outgoing
        # What Slack refused for now, or while it or our token was away, is not there and is kept for a day.
        if out.tries >= MOST_TRIES and (waiting.may_be_there or self._clock() - out.made_at > KEPT_FOR):
            await self._settle(waiting, Result(Ended.FAILED, why=f"given up after {out.tries} tries"))
            return
        channel = await self._channel(out.channel, out.method)
        if out.method in _READ_BY_ALL and (door := await self._gate.door(channel)) is not Door.OPEN:
            await self._kept_back(waiting, door)
            return
        if waiting.may_be_there and (known := await self._looked_up(waiting, channel)) is not None:
            await self._settle(waiting, known)
            return
        if not await self._do(self._sending.begin, out.id, out.tries + 1, self._holder):
            return
        if out.method is SendMethod.PICTURE:
            result = await self._drawn(waiting, channel)
        else:
            result = await send(self._clients, out, waiting.shown_ts, waiting.parent_ts, channel)
        self._next[out.channel] = time.monotonic() + (self._pace.channel_s if out.method is SendMethod.MESSAGE else 0.0)
        await self._settle(waiting, result)

    async def _drawn(self, waiting: Waiting, channel: str) -> Result:
        """A picture that cannot be drawn now is left out: the answer says it in words."""
        out = waiting.outgoing
        if self._draw is None:
            return Result(Ended.FAILED, why="nobody draws here")
        try:
            if alone := await self._audience.why_alone(channel, out.payload.get("asked_by") or ""):
                return Result(Ended.FAILED, why=alone)
            picture = await self._do(self._draw, out.payload["wanted"])
        except SlackUnavailable as away:
            return Result(Ended.AGAIN, why=str(away), wait=backoff(out.tries))
        except ExpediterError as undrawn:
            return Result(Ended.FAILED, why=str(undrawn))
        return await upload(self._clients, picture, channel, out.payload.get("thread_ts"), out.tries)

    async def _kept_back(self, waiting: Waiting, door: Door) -> None:
        out = waiting.outgoing
        if door is Door.SHARED and self._clock() - out.made_at > KEPT_FOR:
            await self._settle(waiting, Result(Ended.FAILED, why=SHARED))
        else:
            await self._do(self._sending.put_off, out.id, self._pace.kept_back if door is Door.SHARED else backoff(0))

    async def _looked_up(self, waiting: Waiting, channel: str) -> Result | None:
        """What became of a try without an answer; None: it is to be sent (again)."""
        out = waiting.outgoing
        if out.method in _IDEMPOTENT or (out.method is SendMethod.MESSAGE and waiting.shown_ts is not None):
            return None
        if out.method is SendMethod.PICTURE:
            return Result(Ended.UNKNOWN, why="it may have been shown when the process ended")
        if out.method in _FLEETING:
            return None if out.tries < 2 else Result(Ended.UNKNOWN, why="two tries had no answer")
        assert waiting.tried_at is not None
        if (settled := waiting.tried_at + self._pace.settles_after - self._clock()) > timedelta(0):
            return Result(Ended.DOUBT, why="its try may still arrive", wait=settled)
        known, ts = await find(self._clients, out, waiting.parent_ts, channel, waiting.tried_at)
        if ts is not None:
            return Result(Ended.SENT, ts)
        return None if known else Result(Ended.UNKNOWN, why="a try had no answer, and the channel's history cannot be read")

    async def _settle(self, waiting: Waiting, result: Result) -> None:
        out = waiting.outgoing
        match result.how:
            case Ended.SENT:
                await self._do(self._sending.sent, out.id, result.ts or waiting.shown_ts)
            case Ended.AGAIN:
                await self._do(self._sending.refused, out.id)
                await self._do(self._sending.put_off, out.id, result.wait)
            case Ended.LOCKED_OUT:
                await self._do(self._sending.refused, out.id)
                await self._do(self._sending.put_off, out.id, self._pace.locked_out)
            case Ended.DOUBT:
                wait = result.wait or self._pace.settles_after + backoff(out.tries - 1)
                await self._do(self._sending.put_off, out.id, wait)
            case _:
                logger.error("message %s for %s was not sent: %s", out.id, out.channel, result.why)
                await self._do(partial(self._sending.failed, unknown=result.how is Ended.UNKNOWN), out.id, result.why)

    async def _channel(self, channel: str, method: SendMethod) -> str:
        """An account's direct channel with us; every other one as it is."""
        if channel[:1] not in ("U", "W") or method is SendMethod.HOME:
            return channel
        if channel not in self._direct:
            try:
                answer = await self._clients.patient().conversations_open(users=channel)
                self._direct[channel] = text_at(answer.data, "channel", "id") or channel
            except (SlackApiError, aiohttp.ClientError, TimeoutError):
                return channel
        return self._direct[channel]

    async def _do(self, function: Callable[..., Found], *arguments: object) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))
