"""Slack's part of serve. Imported only where a workspace is configured: its libraries are not small."""

import logging
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI, Request, Response
from slack_bolt.adapter.starlette.async_handler import to_starlette_response

from agent.domain.messenger import Delivery, DeliveryKind
from agent.ports.clock import utc_now
from app.settings import ServeSettings
from app.web import WebContext
from app.wiring import slack_cards
from app.wiring.slack_card_deeds import SlackCardDeeds
from app.wiring.slack_commands import commands_of, prompts_of
from app.wiring.store import open_store
from integrations.database.erp_users import PostgresErpUsers
from integrations.database.messenger_answers import PostgresGivenAnswers
from integrations.database.messenger_inbox import PostgresDeliveries
from integrations.database.messenger_links import PostgresLinks
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.messenger_ratings import PostgresRatings
from integrations.database.pool import Pool
from integrations.database.quiet_hours import PostgresQuietTimes
from integrations.slack.audience import Audience
from integrations.slack.bolt_app import bolt_app
from integrations.slack.chat import ChatDesk
from integrations.slack.clicking import ClickDesk, Handle
from integrations.slack.client import SlackClients
from integrations.slack.commands import CommandAnswers, CommandDesk
from integrations.slack.door import LARGEST_BODY, Door
from integrations.slack.identity import Identity
from integrations.slack.intake import Intake
from integrations.slack.service import Bell, SlackService
from integrations.slack.socket_mode import SocketMode
from integrations.slack.working import DeliveryLoop

#: Connections, and threads that wait for them, of Slack alone: a burst there leaves the API's to others.
AT_ONCE = 6
#: Fewer work on what is acknowledged, so that what comes is taken first.
WORKING = 3
SLACK_COM = "https://slack.com/api"
RESPONSES = "https://hooks.slack.com/"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What everything of Slack's in this process is made of."""

    team: str
    pool: Pool
    clients: SlackClients
    working: Executor
    """Threads that work on what is acknowledged."""
    taking: Executor
    """Threads of what somebody waits for."""
    address: str
    """What an address to respond to begins with."""

    @property
    def deliveries(self) -> PostgresDeliveries:
        return PostgresDeliveries(self.pool)

    @property
    def links(self) -> PostgresLinks:
        return PostgresLinks(self.pool)

    @property
    def outbox(self) -> PostgresOutbox:
        return PostgresOutbox(self.pool)

    def identity(self, threads: Executor) -> Identity:
        return Identity(self.team, self.links, self.clients, threads, utc_now)

    def audience(self, threads: Executor) -> Audience:
        return Audience(self.team, self.clients, self.links, threads)

    def commands(self, context: WebContext, threads: Executor) -> CommandAnswers:
        return CommandAnswers(self.identity(threads), self.clients, commands_of(context), threads)


def attach_slack(
    app: FastAPI, context: WebContext, settings: ServeSettings, url: str, stack: ExitStack, handle: Handle | None = None
) -> None:
    """Take what Slack sends at `/slack/events`, or by Socket Mode, as the settings say; ended with the stack."""
    parts = _parts(settings, url, stack)
    deeds = _deeds(parts, context)
    bell = Bell()
    intake = partial(Intake, parts.team, parts.deliveries, _clicks(parts, context, deeds, handle), parts.taking, bell.ring)
    works = [_working(parts, context, deeds, bell).run]
    if settings.slack_app_token is not None:
        current = lambda: settings.current("slack_app_token") or ""  # noqa: E731
        works.append(SocketMode(lambda: bolt_app(intake()), current, f"{settings.slack_api_url}/").run)
    if settings.slack_signing_secret is not None:
        app.include_router(_routes(Door(bolt_app(intake()), lambda: signing_secrets(settings))))
    stack.enter_context(SlackService(*works))


def _parts(settings: ServeSettings, url: str, stack: ExitStack) -> _Parts:
    assert settings.slack_team is not None
    return _Parts(
        team=settings.slack_team,
        pool=open_store(url, "serve", stack, AT_ONCE + WORKING),
        clients=SlackClients(lambda: settings.current("slack_bot_token") or "", f"{settings.slack_api_url}/"),
        working=stack.enter_context(ThreadPoolExecutor(WORKING, thread_name_prefix="slack")),
        taking=stack.enter_context(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack-intake")),
        address=responses_at(settings),
    )


def _deeds(parts: _Parts, context: WebContext) -> SlackCardDeeds:
    quiet, given = PostgresQuietTimes(parts.pool), PostgresGivenAnswers(parts.pool)
    return SlackCardDeeds(
        context, parts.deliveries, parts.links, parts.team, parts.outbox, quiet, given, PostgresErpUsers(parts.pool)
    )


def _clicks(parts: _Parts, context: WebContext, deeds: SlackCardDeeds, handle: Handle | None) -> ClickDesk:
    outbox = parts.outbox
    return ClickDesk(
        parts.identity(parts.taking),
        parts.audience(parts.taking),
        parts.commands(context, parts.taking),
        parts.clients,
        outbox,
        deeds,
        PostgresRatings(parts.pool),
        handle or slack_cards.handling(deeds),
        partial(slack_cards.redraw, deeds, outbox),
        parts.taking,
        parts.working,
        parts.address,
    )


def _working(parts: _Parts, context: WebContext, deeds: SlackCardDeeds, bell: Bell) -> DeliveryLoop:
    identity, outbox, threads = parts.identity(parts.working), parts.outbox, parts.working
    home, prompts = partial(slack_cards.home, deeds=deeds), partial(prompts_of, context)
    chat = ChatDesk(parts.team, identity, parts.audience(threads), parts.deliveries, outbox, home, prompts, threads)
    commands = CommandDesk(parts.commands(context, threads), outbox, threads, parts.address)
    workers = {DeliveryKind.EVENT: chat.event, DeliveryKind.COMMAND: commands.command, DeliveryKind.CLICK: _cut_off}
    given_up = {DeliveryKind.EVENT: chat.given_up, DeliveryKind.COMMAND: commands.given_up}
    return DeliveryLoop(parts.deliveries, workers, given_up, threads, bell)


def signing_secrets(settings: ServeSettings) -> list[str]:
    """Those that hold now."""
    given = settings.current("slack_signing_secret") or ""
    return [secret.strip() for secret in given.split(",") if secret.strip()]


def responses_at(settings: ServeSettings) -> str:
    """What every address to respond to begins with; answers are sent nowhere else."""
    if settings.slack_api_url in (None, SLACK_COM):
        return RESPONSES
    parts = urlsplit(settings.slack_api_url or "")
    return f"{parts.scheme}://{parts.netloc}/"


def _routes(door: Door) -> APIRouter:
    router = APIRouter(max_body_size=LARGEST_BODY)

    @router.post("/slack/events", include_in_schema=False)
    async def slack_events(request: Request) -> Response:
        answer = await door.handle(await request.body(), dict(request.headers))
        return to_starlette_response(answer)

    return router


async def _cut_off(_delivery: Delivery) -> str:
    return "cut off before it was acknowledged; Slack said so to whoever clicked"
