"""Who reads along: an answer is for everybody in a channel only when each of them may see what whoever asks may."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError

from agent.domain.decisions import Person
from agent.guardrails.permissions import Permission, may
from agent.ports.messenger import Links
from integrations.slack.client import SlackClients, SlackUnavailable, passes, refusal
from integrations.slack.parsing import text_at

Found = TypeVar("Found")
logger = logging.getLogger(__name__)

#: A channel with more members is not looked through: answers there are for whoever asked alone.
MOST_MEMBERS = 200
#: While an answer grows, its readers are looked at no more often.
FRESH_S = 5.0


class Audience:
    """People join channels, links end and roles change, so it is asked anew: each time, or after `fresh_s` seconds."""

    def __init__(self, team: str, clients: SlackClients, links: Links, threads: Executor, fresh_s: float = 0.0) -> None:
        self._team, self._clients, self._links, self._threads = team, clients, links, threads
        self._fresh_s = fresh_s
        self._known: dict[str, tuple[float, Sequence[str]]] = {}
        self._ourselves = ""

    async def may_all_see(self, channel: str, asker: Person, bot: str) -> bool:
        """Whether everybody in the channel may see what whoever asks may; where that cannot be known, they may not.

        `bot`: our own account, which reads nothing; empty where it is not known, and then it counts as a stranger.
        """
        try:
            members = await self._members(channel)
        except SlackUnavailable:
            return False
        return await self._do(self._see_alike, [one for one in members if one != bot], asker)

    async def may_still_see(self, channel: str, account: str) -> bool:
        """The same a while after `account` asked there, as things are now. Raises SlackUnavailable."""
        if channel[:1] not in ("C", "G"):
            return True
        members, bot = await self._members(channel), await self._bot()
        asker = await self._do(self._links.of_account, self._team, account)
        if asker is None or not asker.confirmed:
            return False
        return await self._do(self._see_alike, [one for one in members if one not in (bot, account)], asker.person)

    async def _members(self, channel: str) -> Sequence[str]:
        """A stranger where Slack does not tell them all. Raises SlackUnavailable where it does not now."""
        at_, known = self._known.get(channel, (0.0, ()))
        if known and time.monotonic() - at_ < self._fresh_s:
            return known
        found = await self._asked(channel)
        if self._fresh_s:
            self._known = {name: told for name, told in self._known.items() if time.monotonic() - told[0] < self._fresh_s}
            self._known[channel] = (time.monotonic(), found)
        return found

    async def _asked(self, channel: str) -> Sequence[str]:
        try:
            answer = await self._clients.quick().conversations_members(channel=channel, limit=MOST_MEMBERS)
        except SlackApiError as error:
            if passes(error):
                raise SlackUnavailable("Slack does not say now who is in this channel.") from error
            logger.warning("the members of a channel are not told, so its answers are private: %s", refusal(error))
            return ("",)
        except (aiohttp.ClientError, TimeoutError, OSError) as away:
            raise SlackUnavailable("Slack does not say now who is in this channel.") from away
        members = answer.get("members")
        if not isinstance(members, list) or text_at(answer.data, "response_metadata", "next_cursor"):
            return ("",)
        return members or ("",)

    async def _bot(self) -> str:
        if not self._ourselves:
            try:
                self._ourselves = text_at((await self._clients.quick().auth_test()).data, "user_id")
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as away:
                raise SlackUnavailable("Slack does not say now who we are.") from away
        return self._ourselves

    def _see_alike(self, accounts: Collection[str], asker: Person) -> bool:
        links = self._links.of_accounts(self._team, accounts)
        return len(links) == len(set(accounts)) and all(one.confirmed and seen_alike(asker, one.person) for one in links)

    async def _do(self, function: Callable[..., Found], *arguments: object) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))


def seen_alike(asker: Person, other: Person) -> bool:
    """Whether `other` may see all that `asker` may."""
    needed = [one for one in (Permission.READ, Permission.READ_PRICES, Permission.READ_AUDIT) if may(asker, one)]
    return all(may(other, one) for one in needed)
