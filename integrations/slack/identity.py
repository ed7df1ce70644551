"""Who an account of Slack's is: a person of ours by a verified address, once they confirmed it, and never by a name."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError

from agent.domain.messenger import Link
from agent.errors import NotPermitted, PreconditionFailed
from agent.ports.clock import Clock
from agent.ports.messenger import Links
from integrations.slack.client import SlackClients, word_of
from integrations.slack.parsing import text_at

Found = TypeVar("Found")
logger = logging.getLogger(__name__)

#: An account is looked at again after this.
FRESH = timedelta(hours=24)
#: While Slack does not answer, what it said before counts for so long.
STALE = timedelta(hours=72)
_NOT_OURS = {
    "deleted": "This Slack account was deactivated.",
    "is_bot": "A bot neither asks nor decides.",
    "is_workflow_bot": "A bot neither asks nor decides.",
    "is_restricted": "Guests of the Slack workspace see nothing of the company's orders; ask an admin for a full account.",
    "is_ultra_restricted": "Guests of the Slack workspace see nothing of the company's orders; ask an admin for a full account.",
    "is_stranger": "This account belongs to another workspace; nothing of the company's orders is shown to it.",
}


class NotRecognised(NotPermitted):
    """Nobody we know, or not any more; the sentence is for whoever it is."""


class NotConfirmed(NotRecognised):
    """Their address is that of one person; they have to say that it is them."""

    def __init__(self, link: Link) -> None:
        super().__init__(f"Confirm once that you are {link.person.name} ({link.email}).")
        self.link = link


def refused_profile(user: Mapping[str, Any], team: str) -> str | None:
    """Why this account, as `users.info` describes it, is nobody's here; None when it may be somebody's."""
    if text_at(user, "id") == "USLACKBOT":
        return _NOT_OURS["is_bot"]
    if text_at(user, "team_id") != team:
        return _NOT_OURS["is_stranger"]
    if said := next((words for flag, words in _NOT_OURS.items() if user.get(flag)), None):
        return said
    if not text_at(user, "profile", "email"):
        return "Slack tells no mail address of this account; the app needs the scope users:read.email."
    if user.get("is_email_confirmed") is not True:
        return "The mail address of this Slack account is not confirmed; confirm it in Slack and try again."
    return None


class Identity:
    """Looks an account up: in our rows, and once a day at Slack."""

    def __init__(self, team: str, links: Links, clients: SlackClients, threads: Executor, clock: Clock) -> None:
        self._team, self._links, self._clients = team, links, clients
        self._threads, self._clock = threads, clock

    async def recognised(self, account: str) -> Link:
        """The confirmed link of this account. Raises NotRecognised, NotConfirmed, and as the database does."""
        link = await self._run(self._links.of_account, self._team, account)
        if link is None or self._age(link) > FRESH:
            link = await self._looked_up(account, link)
        if not link.confirmed:
            raise NotConfirmed(link)
        return link

    async def confirm(self, account: str, link_id: int) -> Link:
        """As whoever holds the account. Raises NotRecognised when the link is another's or lapsed."""
        link = await self._looked_up(account, await self._run(self._links.of_account, self._team, account))
        if link.id != link_id:
            raise NotRecognised("This request to confirm is not current any more; write to me again.")
        if not link.confirmed:
            await self._run(self._links.confirm, link.id)
        return link

    async def changed(self, account: str) -> None:
        """Slack says that the account is not as it was: look again, whatever is known."""
        link = await self._run(self._links.of_account, self._team, account)
        if link is not None:
            try:
                await self._looked_up(account, link)
            except NotRecognised as gone:
                logger.info("the link of %s ended or could not be checked: %s", link.person.handle, gone)

    async def zone(self, account: str) -> str:
        """The time zone in this account's profile; empty where Slack does not say."""
        try:
            answer = await self._clients.quick().users_info(user=account)
        except (SlackApiError, aiohttp.ClientError, TimeoutError):
            return ""
        return text_at(answer.data, "user", "tz")

    async def _looked_up(self, account: str, link: Link | None) -> Link:
        try:
            answer = await self._clients.quick().users_info(user=account)
        except SlackApiError as error:
            if word_of(error) in ("user_not_found", "user_not_visible"):
                await self._end(link, "Slack knows the account no longer")
                raise NotRecognised("Slack does not know this account.") from error
            return self._as_before(link)
        except (aiohttp.ClientError, TimeoutError):
            return self._as_before(link)
        user = answer.get("user")
        return await self._judged(account, user if isinstance(user, Mapping) else {}, link)

    async def _judged(self, account: str, user: Mapping[str, Any], link: Link | None) -> Link:
        if refused := refused_profile(user, self._team):
            await self._end(link, refused)
            raise NotRecognised(refused)
        email = text_at(user, "profile", "email", limit=320)
        if link is not None and link.email.casefold() == email.casefold():
            try:
                await self._run(self._links.verified, link.id)
                return link
            except PreconditionFailed as unclear:
                await self._end(link, str(unclear))
                raise NotRecognised("Your mail address is not that of exactly one active person here; ask an admin.") from unclear
        await self._end(link, "the address in Slack changed")
        made = await self._run(self._links.make, self._team, account, email)
        if made is None:
            raise NotRecognised(
                f"Nobody here has the mail address {email}, or their Slack account is another one; an admin adds people with "
                "`expediter person add`."
            )
        return made

    def _as_before(self, link: Link | None) -> Link:
        if link is None or self._age(link) > STALE:
            raise NotRecognised("Slack does not say who you are right now; try again in a minute, or use the command line.")
        return link

    async def _end(self, link: Link | None, why: str) -> None:
        if link is not None:
            await self._run(self._links.end, link.id, why)

    def _age(self, link: Link) -> timedelta:
        now: datetime = self._clock()
        return now - link.verified_at

    async def _run(self, function: Callable[..., Found], *arguments: object) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))
