"""What people write: who it is, where it may be answered, and the question that becomes of it."""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from agent.domain.decisions import Person
from agent.domain.messenger import AskedAt, Delivery, Link
from agent.errors import NotPermitted
from agent.ports.messenger import Deliveries, Outbox
from integrations.slack import plain_views
from integrations.slack.audience import Audience
from integrations.slack.identity import Identity, NotConfirmed, NotRecognised
from integrations.slack.interaction import Payload
from integrations.slack.parsing import text_at
from integrations.slack.text import escaped

Found = TypeVar("Found")
logger = logging.getLogger(__name__)

LONGEST_QUESTION = 4_000
LONGEST_TITLE = 60
SHARED = (
    "This channel is shared with another company, so I say nothing here. Write to me directly, or use `/expediter` in a channel "
    "of ours."
)
TOO_LONG = "That is too long for a question; at most 4,000 characters are taken."
GREETING = "Ask me about orders at risk, an order, a product or a purchase, or try `/expediter help`."
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_LINK = re.compile(r"<(https?://[^|>]+|mailto:[^|>]+)(?:\|([^>]*))?>")
_WRITTEN = ("", "thread_broadcast", "file_share")


class ChatDesk:
    """Events, of the delivery loop. Each method returns in a few words what became of a delivery."""

    def __init__(
        self,
        team: str,
        identity: Identity,
        audience: Audience,
        deliveries: Deliveries,
        outbox: Outbox,
        home: Callable[[Person], Payload],
        prompts: Callable[[Person | None], list[tuple[str, str]]],
        threads: Executor,
    ) -> None:
        """`home`: a person's Home; `prompts`: what to suggest to somebody now (None: a stranger), as title and question."""
        self._team, self._identity, self._audience = team, identity, audience
        self._deliveries, self._outbox = deliveries, outbox
        self._home, self._prompts, self._threads = home, prompts, threads

    async def event(self, delivery: Delivery) -> str:
        kind = text_at(delivery.body, "event", "type")
        match kind:
            case "message" | "app_mention":
                return await self._written(delivery)
            case "app_home_opened":
                return await self._opened_home(delivery)
            case "assistant_thread_started":
                return await self._began(delivery)
            case "user_change":
                await self._identity.changed(text_at(delivery.body, "event", "user"))
                return "looked at again"
            case "tokens_revoked" | "app_uninstalled":
                logger.error("Slack took the app's access away (%s); install it again with `expediter slack setup`", kind)
                return "access is gone"
            case _:
                return f"{kind[:60]} is not handled"

    async def given_up(self, delivery: Delivery) -> str:
        """What was written to us and could not be worked on; of everything else nobody waits for an answer."""
        written = text_at(delivery.body, "event", "type") in ("message", "app_mention")
        return await self._tell(delivery, plain_views.GIVEN_UP) if written else ""

    async def _written(self, delivery: Delivery) -> str:
        event = delivery.body["event"]
        direct = event["channel_type"] == "im"
        addressed = direct or event["type"] == "app_mention" or f"<@{delivery.body['bot']}>" in event["text"]
        if event["bot"] or event["subtype"] not in _WRITTEN or event["user"] in ("", delivery.body["bot"]) or not addressed:
            return "not for us"
        if delivery.body["ext_shared"]:
            return await self._tell(delivery, SHARED)
        try:
            link = await self._identity.recognised(event["user"])
        except NotConfirmed as asks:
            await self._privately(delivery, plain_views.confirm_who(asks.link))
            return "asked who it is"
        except NotRecognised as unknown:
            return await self._tell(delivery, escaped(str(unknown)))
        return await self._asked(delivery, link, direct)

    async def _asked(self, delivery: Delivery, link: Link, direct: bool) -> str:
        event = delivery.body["event"]
        question = plain(event["text"])
        if not question:
            return await self._tell(delivery, GREETING)
        if len(question) > LONGEST_QUESTION:
            return await self._tell(delivery, TOO_LONG)
        channel, thread = event["channel"], event["thread_ts"] or event["ts"]
        private = not direct and not await self._audience.may_all_see(channel, link.person, delivery.body["bot"])
        where = AskedAt(self._team, link.account, channel, thread, private)
        conversation = conversation_id(channel, thread, link.person)
        try:
            ask = partial(self._deliveries.ask, delivery.id, link.person.id, conversation, question, where)
            await self._run(ask)
        except NotPermitted as refused:
            return await self._tell(delivery, escaped(str(refused)))
        if direct:
            await self._run(partial(self._outbox.title, channel, thread, title_of(question)))
        return ""

    async def _opened_home(self, delivery: Delivery) -> str:
        account = text_at(delivery.body, "event", "user")
        if text_at(delivery.body, "event", "tab") == "messages":
            return "not the Home"
        try:
            link = await self._identity.recognised(account)
            view = await self._run(partial(self._home, link.person))
        except NotConfirmed as asks:
            view = {"type": "home", "blocks": plain_views.confirm_who(asks.link)["blocks"]}
        except NotRecognised as unknown:
            view = {"type": "home", "blocks": plain_views.sentence(escaped(str(unknown)))["blocks"]}
        await self._run(partial(self._outbox.publish_home, account, view))
        return "Home published"

    async def _began(self, delivery: Delivery) -> str:
        event = delivery.body["event"]
        offered = await self._run(partial(self._prompts, await self._beginner(event["user"])))
        given = {
            "title": "What would you like to know?",
            "prompts": [{"title": title, "message": text} for title, text in offered],
        }
        await self._run(partial(self._outbox.prompts, event["channel"], event["thread_ts"], given))
        return "suggested questions"

    async def _beginner(self, account: str) -> Person | None:
        """Who opened the conversation; nobody we know until they confirmed who they are, as they are asked when they write."""
        try:
            return (await self._identity.recognised(account)).person
        except NotRecognised:
            return None

    async def _tell(self, delivery: Delivery, words: str) -> str:
        await self._privately(delivery, plain_views.sentence(words))
        return "told them"

    async def _privately(self, delivery: Delivery, payload: Payload) -> None:
        """To whoever wrote alone; in their own channel with us that is everybody."""
        event, once = delivery.body["event"], f"delivery:{delivery.id}"
        thread = {"thread_ts": event["thread_ts"]} if event["thread_ts"] else {}
        if event["channel_type"] == "im":
            await self._run(partial(self._outbox.post, event["channel"], payload | thread, dedupe=once))
        else:
            await self._run(partial(self._outbox.private, event["channel"], event["user"], payload | thread, once))

    async def _run(self, function: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)


def conversation_id(channel: str, thread_ts: str, person: Person) -> str:
    """One for each person of a thread: what we remember of a conversation belongs to whoever had it."""
    return f"slack-{channel}-{thread_ts}-{person.handle}"


def title_of(question: str) -> str:
    """For the list of conversations: the beginning, up to a word's end."""
    line = " ".join(question.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[:LONGEST_TITLE].rpartition(' ')[0] or line[:LONGEST_TITLE]}…"


def plain(text: str) -> str:
    """What was written, without the mention of us and Slack's own markup."""
    without = _MENTION.sub("", text)
    linked = _LINK.sub(lambda found: found.group(2) or found.group(1).removeprefix("mailto:"), without)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        linked = linked.replace(entity, character)
    return " ".join(linked.split(" ")).strip()
