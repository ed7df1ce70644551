"""From a click to what is shown: who clicked, what it does, and the answer they see, whoever they are."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from agent.domain.decisions import Person
from agent.errors import ExpediterError
from agent.ports.messenger import Outbox, Ratings
from integrations.slack import plain_views, rating
from integrations.slack.audience import Audience
from integrations.slack.client import QUICK_S, SlackClients
from integrations.slack.commands import CommandAnswers
from integrations.slack.identity import Identity, NotConfirmed
from integrations.slack.intake import Answered
from integrations.slack.interaction import Deeds, Interaction, Kind, Payload, Reaction
from integrations.slack.parsing import in_modal, interaction_of, text_at
from integrations.slack.text import escaped
from integrations.slack.views.answer import AGAIN as ANSWER_AGAIN
from integrations.slack.views.home import QUIET

logger = logging.getLogger(__name__)

#: Slack waits three seconds, of which a busy machine takes some; what takes longer is done all the same, and shown when it is.
PATIENCE_S = 2.0
LATE = "This takes longer than usual; what came of it is shown here in a moment."
FAULT = "Something went wrong inside Expediter; look at the card before you click again. The server's log has more."
AGAIN = "That took too long for Slack to open it; please click once more."

Handle = Callable[[Interaction, Person, Deeds], Reaction]
Redraw = Callable[[Reaction], None]


class ClickDesk:
    """Clicks, of the intake."""

    def __init__(
        self,
        identity: Identity,
        audience: Audience,
        commands: CommandAnswers,
        clients: SlackClients,
        outbox: Outbox,
        deeds: Deeds,
        ratings: Ratings,
        handle: Handle,
        redraw: Redraw,
        threads: Executor,
        drawing: Executor,
        own_address: str,
    ) -> None:
        """`drawing`: threads of what nobody waits for; `own_address`: what an address to respond to begins with."""
        self._identity, self._audience, self._commands = identity, audience, commands
        self._clients, self._outbox, self._ratings = clients, outbox, ratings
        self._deeds, self._handle, self._redraw, self._threads = deeds, handle, redraw, threads
        self._drawing, self._own_address = drawing, own_address

    async def clicked(self, body: Mapping[str, Any], came_at: float) -> Answered:
        interaction = interaction_of(body)
        if interaction.kind is Kind.VIEW_CLOSED:
            return Answered()
        work = asyncio.ensure_future(self._reaction(interaction, bot=text_at(body, "message", "user")))
        try:
            reaction = await asyncio.wait_for(asyncio.shield(work), max(0.1, came_at + PATIENCE_S - time.monotonic()))
        except TimeoutError:
            return self._answered(body, Reaction(private=LATE), then=lambda: self._late(body, work))
        return self._answered(body, reaction)

    async def _late(self, body: Mapping[str, Any], work: Awaitable[Reaction]) -> None:
        reaction = await work
        await self._drawn_anew(reaction)
        if reaction.replace is not None:
            await self._say(body, reaction)
        elif reaction.private:
            await self._direct(body, reaction)

    async def _reaction(self, interaction: Interaction, bot: str) -> Reaction:
        """`bot`: whose message it was clicked on."""
        try:
            if interaction.action in (plain_views.CONFIRM, plain_views.NOT_ME):
                return await self._linking(interaction)
            if interaction.action == plain_views.COMMAND_AGAIN:
                return await self._commands.again(interaction)
            link = await self._identity.recognised(interaction.user)
            known = await self._asked_of_slack(interaction, link.person, bot)
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._done, known, link.person)
        except NotConfirmed as asks:
            card = plain_views.confirm_who(asks.link)
            return Reaction(private=card["text"], private_blocks=card["blocks"])
        except ExpediterError as refusal:
            return Reaction(private=escaped(str(refusal)))
        except Exception:
            logger.exception("a click could not be handled")
            return Reaction(private=FAULT)

    async def _asked_of_slack(self, interaction: Interaction, person: Person, bot: str) -> Interaction:
        """With what only Slack knows, for the few clicks that need it."""
        channel = interaction.place.channel
        if interaction.action == ANSWER_AGAIN and channel is not None:
            return replace(interaction, all_may_see=await self._audience.may_all_see(channel, person, bot))
        if interaction.action == QUIET:
            return replace(interaction, zone=await self._identity.zone(interaction.user))
        return interaction

    def _done(self, interaction: Interaction, person: Person) -> Reaction:
        if interaction.action in (rating.BUTTONS, rating.WHY):
            return rating.rated(interaction, person, self._ratings)
        return self._handle(interaction, person, self._deeds)

    async def _drawn_anew(self, reaction: Reaction) -> None:
        """After the acknowledgement: a card that stays as it was is brought up to date by the next sweep, Home by opening it."""
        if not reaction.redraw and not reaction.redraw_groups and reaction.redraw_home is None:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(self._drawing, self._redraw, reaction)
        except ExpediterError as away:
            logger.warning("a card or Home could not be queued to be drawn anew: %s", away)

    async def _linking(self, interaction: Interaction) -> Reaction:
        if interaction.action == plain_views.NOT_ME:
            return Reaction(private="Nothing was linked. Ask an admin to look at the mail address in your Slack profile.")
        link = await self._identity.confirm(interaction.user, plain_views.id_in(interaction.value))
        name = escaped(link.person.name)
        return Reaction(private=f"Thank you. You are {name} here; ask me anything, or try `/expediter help`.")

    def _answered(
        self, body: Mapping[str, Any], reaction: Reaction, then: Callable[[], Awaitable[None]] | None = None
    ) -> Answered:
        if text_at(body, "type") == Kind.VIEW_SUBMISSION:
            return Answered(_modal_answer(reaction), partial(self._after_modal, reaction, then))
        return Answered(None, partial(self._show, body, reaction, then))

    async def _after_modal(self, reaction: Reaction, then: Callable[[], Awaitable[None]] | None) -> None:
        await self._drawn_anew(reaction)
        if then is not None:
            await then()

    async def _show(self, body: Mapping[str, Any], reaction: Reaction, then: Callable[[], Awaitable[None]] | None) -> None:
        if reaction.open_view is not None:
            if not await self._open(body, reaction.open_view):
                await self._say(body, Reaction(private=AGAIN), modal=False)
        elif reaction.private is not None or reaction.replace is not None:
            await self._say(body, reaction)
        await self._drawn_anew(reaction)
        if then is not None:
            await then()

    async def _open(self, body: Mapping[str, Any], view: Payload) -> bool:
        client, trigger = self._clients.quick(), text_at(body, "trigger_id")
        try:
            await (client.views_push if in_modal(body) else client.views_open)(trigger_id=trigger, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as failed:
            logger.warning("a modal could not be opened: %s", failed)
            return False
        return True

    async def _say(self, body: Mapping[str, Any], reaction: Reaction, modal: bool = True) -> None:
        """Where it was clicked and to them alone; where there is no such place, in a modal, else in a direct message."""
        address = text_at(body, "response_url", limit=1_000)
        if address.startswith(self._own_address) and await self._responded(address, reaction):
            return
        in_a_modal = modal and not address and not reaction.private_blocks and reaction.replace is None
        if in_a_modal and await self._open(body, plain_views.modal_saying(reaction.private or "")):
            return
        await self._direct(body, reaction)

    async def _direct(self, body: Mapping[str, Any], reaction: Reaction) -> None:
        say = partial(self._outbox.post, text_at(body, "user", "id"), _message(reaction))
        await asyncio.get_running_loop().run_in_executor(self._threads, say)

    async def _responded(self, address: str, reaction: Reaction) -> bool:
        given = _message(reaction) | {"response_type": "ephemeral", "replace_original": reaction.replace is not None}
        try:
            answer = await AsyncWebhookClient(address, timeout=QUICK_S, trust_env_in_session=True).send_dict(given)
        except (aiohttp.ClientError, TimeoutError):
            return False
        return answer.status_code == 200


def _message(reaction: Reaction) -> Payload:
    if reaction.replace is not None:
        return dict(reaction.replace)
    if reaction.private_blocks:
        return {"text": (reaction.private or "")[:3_000], "blocks": list(reaction.private_blocks)}
    return plain_views.sentence(reaction.private or "")


def _modal_answer(reaction: Reaction) -> Mapping[str, Any] | None:
    """A submitted modal always says what came of it."""
    if reaction.errors:
        return {"response_action": "errors", "errors": dict(reaction.errors)}
    if reaction.update_view is not None:
        return {"response_action": "update", "view": reaction.update_view}
    if reaction.private:
        return {"response_action": "update", "view": plain_views.modal_saying(reaction.private)}
    return None
