"""Who reads along: an answer is for everybody in a channel only when each of them may see what whoever asks may."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from enum import StrEnum
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


class Alone(StrEnum):
    """Why an answer is not for everybody in its channel, in the words that are told."""

    SEES_LESS = "somebody here may see less than whoever asked"
    STRANGER = "there is somebody here whom I do not know"
    MANY = f"this channel has more than {MOST_MEMBERS} members"
    UNTOLD = "Slack does not tell me who is in this channel"
    UNLINKED = "whoever asked is not linked to me any more"


class Audience:
    """People join channels, links end and roles change, so it is asked anew: each time, or after `fresh_s` seconds."""

    def __init__(self, team: str, clients: SlackClients, links: Links, threads: Executor, fresh_s: float = 0.0) -> None:
        self._team, self._clients, self._links, self._threads = team, clients, links, threads
        self._fresh_s = fresh_s
        self._known: dict[str, tuple[float, Sequence[str] | Alone]] = {}
        self._ourselves = ""

    async def may_all_see(self, channel: str, asker: Person, bot: str) -> bool:
        """Whether everybody in the channel may see what whoever asks may; where that cannot be known, they may not.

        `bot`: our own account, which reads nothing; empty where it is not known, and then it counts as a stranger.
        """
        try:
            members = await self._members(channel)
        except SlackUnavailable:
            return False
        return await self._do(self._why_alone, members, (bot,), asker) is None

    async def why_alone(self, channel: str, account: str) -> Alone | None:
        """Why not everybody there may see what `account` asked there a while ago, as things are now; None: they may.

        In a direct channel with them, or told to them alone (`channel` is the account), only their own link may have ended.
        Raises SlackUnavailable.
        """
        asker = await self._do(self._links.of_account, self._team, account)
        if asker is None or not asker.confirmed:
            return Alone.UNLINKED
        if channel[:1] not in ("C", "G"):
            return None
        members, bot = await self._members(channel), await self._bot()
        return await self._do(self._why_alone, members, (bot, account), asker.person)

    async def _members(self, channel: str) -> Sequence[str] | Alone:
        """Why they are not known, where Slack does not tell them all. Raises SlackUnavailable where it does not now."""
        at_, known = self._known.get(channel, (0.0, ()))
        if known and time.monotonic() - at_ < self._fresh_s:
            return known
        found = await self._asked(channel)
        if self._fresh_s:
            self._known = {name: told for name, told in self._known.items() if time.monotonic() - told[0] < self._fresh_s}
            self._known[channel] = (time.monotonic(), found)
        return found

    async def _asked(self, channel: str) -> Sequence[str] | Alone:
        try:
            answer = await self._clients.quick().conversations_members(channel=channel, limit=MOST_MEMBERS)
        except SlackApiError as error:
            if passes(error):
                raise SlackUnavailable("Slack does not say now who is in this channel.") from error
            logger.warning("the members of a channel are not told, so its answers are private: %s", refusal(error))
            return Alone.UNTOLD
        except (aiohttp.ClientError, TimeoutError, OSError) as away:
            raise SlackUnavailable("Slack does not say now who is in this channel.") from away
        members = answer.get("members")
        if text_at(answer.data, "response_metadata", "next_cursor"):
            return Alone.MANY
        return members if isinstance(members, list) and members else Alone.UNTOLD

    async def _bot(self) -> str:
        if not self._ourselves:
            try:
                self._ourselves = text_at((await self._clients.quick().auth_test()).data, "user_id")
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as away:
                raise SlackUnavailable("Slack does not say now who we are.") from away
        return self._ourselves

    def _why_alone(self, members: Sequence[str] | Alone, but: Collection[str], asker: Person) -> Alone | None:
        if isinstance(members, Alone):
            return members
        accounts = {one for one in members if one not in but}
        links = self._links.of_accounts(self._team, accounts)
        if len(links) < len(accounts) or not all(one.confirmed for one in links):
            return Alone.STRANGER
        return None if all(seen_alike(asker, one.person) for one in links) else Alone.SEES_LESS

    async def _do(self, function: Callable[..., Found], *arguments: object) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))


def seen_alike(asker: Person, other: Person) -> bool:
    """Whether `other` may see all that `asker` may."""
    needed = [one for one in (Permission.READ, Permission.READ_PRICES, Permission.READ_AUDIT) if may(asker, one)]
    return all(may(other, one) for one in needed)
