"""`/expediter …`: answers from rows, without a model and without a turn of the worker."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from agent.domain.decisions import Person
from agent.domain.messenger import Delivery
from agent.errors import DatabaseUnavailable, ExpediterError
from agent.ports.messenger import Outbox
from integrations.slack import plain_views
from integrations.slack.chat import SHARED
from integrations.slack.client import SlackClients
from integrations.slack.identity import Identity, NotConfirmed
from integrations.slack.interaction import Interaction, Payload, Reaction
from integrations.slack.sharing import is_shared
from integrations.slack.text import escaped

HELP = "\n".join(
    [
        "*What you can ask for here; nobody else sees the answer*",
        "`/expediter risk [warehouse]`  the orders that will miss their promise, most urgent first",
        "`/expediter why S00042`  why an order is at risk, and what can be done",
        "`/expediter approvals`  what waits for your approval",
        "`/expediter mail`  what waits in the shared inbox",
        "`/expediter help`  this list",
        "In a direct message, or where you mention me, ask in your own words.",
    ]
)

AS_BEFORE = "Nothing has changed since: this is still the newest there is."

Found = TypeVar("Found")
Command = Callable[[Person, str], Payload]
"""Given who asks and the rest of the line: a message for them alone. Raises ExpediterErrors."""


class CommandAnswers:
    """What a command says, for whoever gives it, also when it is asked for again."""

    def __init__(self, identity: Identity, clients: SlackClients, commands: Mapping[str, Command], threads: Executor) -> None:
        self._identity, self._clients, self._commands, self._threads = identity, clients, commands, threads

    async def answer(self, account: str, channel: str, line: str) -> Payload:
        """Raises DatabaseUnavailable."""
        try:
            return await self._found(account, channel, line.strip())
        except NotConfirmed as asks:
            return plain_views.confirm_who(asks.link)
        except DatabaseUnavailable:
            raise
        except ExpediterError as refused:
            return plain_views.sentence(escaped(str(refused)))

    async def _found(self, account: str, channel: str, line: str) -> Payload:
        name, _, rest = line.partition(" ")
        link = await self._identity.recognised(account)
        if name.lower() in ("", "help"):
            return plain_views.sentence(HELP)
        if (command := self._commands.get(name.lower())) is None:
            return plain_views.sentence(f"There is no `/expediter {escaped(name[:40])}`.\n{HELP}")
        if await is_shared(self._clients, channel):
            return plain_views.sentence(SHARED)
        work = partial(command, link.person, rest.strip())
        found = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        return plain_views.refreshable(found, line)

    async def again(self, interaction: Interaction) -> Reaction:
        """In the place of what was shown before; where nothing changed since, that is said. Raises DatabaseUnavailable."""
        answer = await self.answer(interaction.user, interaction.place.channel or "", plain_views.line_in(interaction.value))
        if plain_views.looks_as(answer, interaction.value):
            return Reaction(private=AS_BEFORE)
        return Reaction(replace=answer)


class CommandDesk:
    """Commands, of the delivery loop."""

    def __init__(self, answers: CommandAnswers, outbox: Outbox, threads: Executor, own_address: str) -> None:
        self._answers, self._outbox, self._threads, self._own_address = answers, outbox, threads, own_address

    async def command(self, delivery: Delivery) -> str:
        body = delivery.body
        return await self._told(delivery, await self._answers.answer(str(body["user"]), str(body["channel"]), str(body["text"])))

    async def given_up(self, delivery: Delivery) -> str:
        return await self._told(delivery, plain_views.sentence(plain_views.GIVEN_UP))

    async def _told(self, delivery: Delivery, payload: Payload) -> str:
        body = delivery.body
        given = payload | {"response_type": "ephemeral", "replace_original": False}
        once = f"delivery:{delivery.id}"
        if str(body["response_url"]).startswith(self._own_address):
            await self._run(partial(self._outbox.respond, body["response_url"], given, once))
        else:
            await self._run(partial(self._outbox.post, body["user"], payload, dedupe=once))
        return "answered"

    async def _run(self, function: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)
