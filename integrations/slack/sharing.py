"""Channels that another company reads too: asked of Slack when something is to be posted, and nothing is then."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from agent.ports.messenger_sending import SharedChannels
from integrations.slack.client import SlackClients, SlackUnavailable, passes, refusal, word_of
from integrations.slack.parsing import at, text_at

logger = logging.getLogger(__name__)

#: What Slack said of a channel counts for so long.
FRESH_S = 60.0


class Door(StrEnum):
    OPEN = "open"
    SHARED = "shared"
    """With another company, or Slack does not say that it is not."""
    UNKNOWN = "unknown"
    """Slack does not answer now."""


class Gate:
    """Of the sender's loop."""

    def __init__(
        self,
        clients: SlackClients,
        threads: Executor,
        shared: SharedChannels,
        tell: Callable[[int, str, str], None],
        fresh_s: float = FRESH_S,
    ) -> None:
        """`tell`: whoever has to know, once for each number it is given with a channel and the channel's name."""
        self._clients, self._threads, self._shared, self._tell = clients, threads, shared, tell
        self._fresh_s = fresh_s
        self._known: dict[str, tuple[float, Door]] = {}

    async def door(self, channel: str) -> Door:
        """Whether something of ours may be posted there. Raises as the database does."""
        if channel[:1] not in ("C", "G"):
            return Door.OPEN
        at_, door = self._known.get(channel, (0.0, Door.UNKNOWN))
        if door is not Door.UNKNOWN and time.monotonic() - at_ < self._fresh_s:
            return door
        if (asked := await self._asked(channel)) is None:
            return Door.OPEN
        door, name = asked
        if door is not Door.UNKNOWN:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._noted, channel, door, name)
            self._known[channel] = (time.monotonic(), door)
        return door

    async def _asked(self, channel: str) -> tuple[Door, str] | None:
        """None: Slack knows no such channel, which posting to it says too. A sharing that was noted has not ended by that."""
        try:
            answer = await self._clients.quick().conversations_info(channel=channel)
        except SlackApiError as error:
            return None if word_of(error) == "channel_not_found" else (_refused(channel, error), "")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Door.UNKNOWN, ""
        found: Mapping[str, Any] = at(answer.data, "channel") or {}
        return Door.SHARED if _others_read(found) else Door.OPEN, text_at(found, "name")

    def _noted(self, channel: str, door: Door, name: str) -> None:
        if door is Door.SHARED:
            self._tell(self._shared.begin(channel), channel, name)
        else:
            self._shared.end(channel)


async def is_shared(clients: SlackClients, channel: str) -> bool:
    """Whether people of other companies are in this channel; where Slack does not tell, they may be. Raises SlackUnavailable."""
    if channel.startswith("D"):
        return False
    try:
        answer = await clients.quick().conversations_info(channel=channel)
    except SlackApiError as error:
        logger.warning("a channel is not described, so it is treated as shared: %s", refusal(error))
        return True
    except (aiohttp.ClientError, TimeoutError) as away:
        raise SlackUnavailable("Slack does not say what kind of channel this is; try again in a minute.") from away
    return _others_read(at(answer.data, "channel") or {})


def _refused(channel: str, error: SlackApiError) -> Door:
    if passes(error):
        return Door.UNKNOWN
    logger.error("%s is not described, so nothing is posted there: %s", channel, refusal(error))
    return Door.SHARED


def _others_read(channel: Mapping[str, Any]) -> bool:
    return not (channel.get("is_ext_shared") is False and not channel.get("is_pending_ext_shared"))
