"""Who reads along: an answer is for everybody in a channel only when each of them may see what whoever asks may."""

import asyncio
import logging
from concurrent.futures import Executor
from functools import partial

import aiohttp
from slack_sdk.errors import SlackApiError

from agent.domain.decisions import Person
from agent.guardrails.permissions import Permission, may
from agent.ports.messenger import Links
from integrations.slack.client import SlackClients, refusal
from integrations.slack.parsing import text_at

logger = logging.getLogger(__name__)

#: A channel with more members is not looked through: answers there are for whoever asked alone.
MOST_MEMBERS = 200


class Audience:
    """Asked anew each time: people join channels, links end and roles change."""

    def __init__(self, team: str, clients: SlackClients, links: Links, threads: Executor) -> None:
        self._team, self._clients, self._links, self._threads = team, clients, links, threads

    async def may_all_see(self, channel: str, asker: Person, bot: str) -> bool:
        """Whether everybody in the channel may see what whoever asks may; where that cannot be known, they may not.

        `bot`: our own account, which reads nothing; empty where it is not known, and then it counts as a stranger.
        """
        try:
            answer = await self._clients.quick().conversations_members(channel=channel, limit=MOST_MEMBERS)
        except SlackApiError as error:
            logger.warning("the members of a channel are not told, so its answers are private: %s", refusal(error))
            return False
        except (aiohttp.ClientError, TimeoutError):
            return False
        members = answer.get("members")
        if not isinstance(members, list) or text_at(answer.data, "response_metadata", "next_cursor"):
            return False
        others = [one for one in members if one != bot]
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._see_alike, others, asker))

    def _see_alike(self, accounts: list[str], asker: Person) -> bool:
        for account in accounts:
            link = self._links.of_account(self._team, account)
            if link is None or not link.confirmed or not seen_alike(asker, link.person):
                return False
        return True


def seen_alike(asker: Person, other: Person) -> bool:
    """Whether `other` may see all that `asker` may."""
    needed = [one for one in (Permission.READ, Permission.READ_PRICES, Permission.READ_AUDIT) if may(asker, one)]
    return all(may(other, one) for one in needed)
