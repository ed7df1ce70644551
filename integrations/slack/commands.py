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
from integrations.slack.interaction import Payload
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

Found = TypeVar("Found")
Command = Callable[[Person, str], Payload]
"""Given who asks and the rest of the line: a message for them alone. Raises ExpediterErrors."""


class CommandDesk:
    """Commands, of the delivery loop."""

    def __init__(
        self,
        identity: Identity,
        clients: SlackClients,
        outbox: Outbox,
        commands: Mapping[str, Command],
        threads: Executor,
        own_address: str,
    ) -> None:
        self._identity, self._clients, self._outbox = identity, clients, outbox
        self._commands, self._threads, self._own_address = commands, threads, own_address

    async def command(self, delivery: Delivery) -> str:
        body = delivery.body
        payload = await self._answer(str(body["user"]), str(body["channel"]), str(body["text"]))
        given = payload | {"response_type": "ephemeral", "replace_original": False}
        once = f"delivery:{delivery.id}"
        if str(body["response_url"]).startswith(self._own_address):
            await self._run(partial(self._outbox.respond, body["response_url"], given, once))
        else:
            await self._run(partial(self._outbox.post, body["user"], payload, dedupe=once))
        return "answered"

    async def _answer(self, account: str, channel: str, text: str) -> Payload:
        name, _, rest = text.strip().partition(" ")
        try:
            link = await self._identity.recognised(account)
            if name.lower() in ("", "help"):
                return plain_views.sentence(HELP)
            if (command := self._commands.get(name.lower())) is None:
                return plain_views.sentence(f"There is no `/expediter {escaped(name[:40])}`.\n{HELP}")
            if await is_shared(self._clients, channel):
                return plain_views.sentence(SHARED)
            return await self._run(partial(command, link.person, rest.strip()))
        except NotConfirmed as asks:
            return plain_views.confirm_who(asks.link)
        except DatabaseUnavailable:
            raise
        except ExpediterError as refused:
            return plain_views.sentence(escaped(str(refused)))

    async def _run(self, function: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)
