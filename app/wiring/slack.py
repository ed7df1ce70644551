"""Slack's part of serve. Imported only where a workspace is configured: its libraries are not small."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
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
from integrations.database.messenger_answers import PostgresGivenAnswers
from integrations.database.messenger_inbox import PostgresDeliveries
from integrations.database.messenger_links import PostgresLinks
from integrations.database.messenger_outbox import PostgresOutbox
from integrations.database.messenger_ratings import PostgresRatings
from integrations.database.quiet_hours import PostgresQuietTimes
from integrations.slack.bolt_app import bolt_app
from integrations.slack.chat import ChatDesk
from integrations.slack.clicking import ClickDesk, Handle
from integrations.slack.client import SlackClients
from integrations.slack.commands import CommandDesk
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


def attach_slack(
    app: FastAPI, context: WebContext, settings: ServeSettings, url: str, stack: ExitStack, handle: Handle | None = None
) -> None:
    """Take what Slack sends at `/slack/events`, or by Socket Mode, as the settings say; ended with the stack."""
    assert settings.slack_team is not None
    team, pool = settings.slack_team, open_store(url, "serve", stack, AT_ONCE + WORKING)
    threads = stack.enter_context(ThreadPoolExecutor(WORKING, thread_name_prefix="slack"))
    deliveries, links, outbox = PostgresDeliveries(pool), PostgresLinks(pool), PostgresOutbox(pool)
    clients = SlackClients(lambda: settings.current("slack_bot_token") or "", f"{settings.slack_api_url}/")
    taking = stack.enter_context(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack-intake"))
    identity = Identity(team, links, clients, threads, utc_now)
    deeds = SlackCardDeeds(context, deliveries, links, team, outbox, PostgresQuietTimes(pool), PostgresGivenAnswers(pool))
    address = responses_at(settings)
    clicks = ClickDesk(
        Identity(team, links, clients, taking, utc_now),
        clients,
        outbox,
        deeds,
        PostgresRatings(pool),
        handle or slack_cards.handling(deeds, outbox),
        partial(slack_cards.redraw, deeds, outbox),
        taking,
        address,
    )
    bell = Bell()
    intake = partial(Intake, team, deliveries, clicks, taking, bell.ring)
    chat = ChatDesk(
        team,
        identity,
        clients,
        deliveries,
        links,
        outbox,
        lambda person: slack_cards.home(person, deeds),
        partial(prompts_of, context),
        threads,
    )
    commands = CommandDesk(identity, clients, outbox, commands_of(context), threads, address)
    works = [
        DeliveryLoop(
            deliveries,
            {DeliveryKind.EVENT: chat.event, DeliveryKind.COMMAND: commands.command, DeliveryKind.CLICK: _cut_off},
            threads,
            bell,
        ).run
    ]
    if settings.slack_app_token is not None:
        current = lambda: settings.current("slack_app_token") or ""  # noqa: E731
        works.append(SocketMode(lambda: bolt_app(intake()), current, f"{settings.slack_api_url}/").run)
    if settings.slack_signing_secret is not None:
        app.include_router(_routes(Door(bolt_app(intake()), lambda: signing_secrets(settings))))
    stack.enter_context(SlackService(*works))


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
