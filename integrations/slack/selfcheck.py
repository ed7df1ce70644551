"""What the real workspace says of us: whether the token is ours, what it may do, and whether Slack takes what we show."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.client import SlackClients, word_of
from integrations.slack.interaction import Payload
from integrations.slack.manifest import wanted_scopes
from integrations.slack.parsing import at, text_at


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    ok: bool
    words: str


def selfcheck(
    clients: SlackClients,
    team: str,
    templates: Mapping[str, Payload],
    channels: Mapping[str, str | None],
    app_token: str | None,
) -> list[Finding]:
    """One line each; `templates`: name → message or view; `channels`: what for → id. Never raises for what Slack refuses."""
    return asyncio.run(_checked(clients, team, templates, channels, app_token))


async def _checked(
    clients: SlackClients,
    team: str,
    templates: Mapping[str, Payload],
    channels: Mapping[str, str | None],
    app_token: str | None,
) -> list[Finding]:
    client = clients.patient()
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        return [Finding("bot token", False, f"Slack refuses it: {word_of(error)}; copy it anew from the app's page.")]
    except (aiohttp.ClientError, TimeoutError, OSError) as away:
        return [Finding("Slack", False, f"It cannot be reached ({type(away).__name__}); check the network and the proxy.")]
    found = [*_whose(answer.data, team), *_scopes(answer.headers)]
    if app_token is not None:
        found.append(await _socket(client, app_token))
    found += [await _channel(client, what, id) for what, id in channels.items() if id]
    return [*found, *[await _template(client, name, payload) for name, payload in templates.items()]]


def _whose(answer: object, team: str) -> Iterator[Finding]:
    name, id = text_at(answer, "team"), text_at(answer, "team_id")
    if id == team:
        yield Finding("workspace", True, f"{name} ({id}), as {text_at(answer, 'user')}")
    else:
        yield Finding("workspace", False, f"The token is for {name} ({id}), and EXPEDITER_SLACK_TEAM says {team}.")


def _scopes(headers: Mapping[str, str]) -> Iterator[Finding]:
    given = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    missing = sorted(wanted_scopes() - {scope.strip() for scope in given.split(",")})
    if missing:
        yield Finding("scopes", False, f"{', '.join(missing)} missing; add them on the app's page and install it again.")
    else:
        yield Finding("scopes", True, f"all {len(wanted_scopes())} are there")


async def _socket(client: AsyncWebClient, app_token: str) -> Finding:
    try:
        await client.apps_connections_open(app_token=app_token)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as refused:
        why = word_of(refused) if isinstance(refused, SlackApiError) else type(refused).__name__
        return Finding("Socket Mode", False, f"Slack opens no connection: {why}; the app-level token needs connections:write.")
    return Finding("Socket Mode", True, "Slack opens a connection")


async def _channel(client: AsyncWebClient, what: str, id: str) -> Finding:
    try:
        answer = await client.conversations_info(channel=id)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as refused:
        why = word_of(refused) if isinstance(refused, SlackApiError) else type(refused).__name__
        return Finding(what, False, f"{id} is not described: {why}; invite the app with /invite @Expediter.")
    channel = at(answer.data, "channel")
    if at(channel, "is_ext_shared") is not False:
        return Finding(
            what, False, f"{id} is shared with another company; nothing is posted in such a channel. Name another one."
        )
    if at(channel, "is_member") is False:
        return Finding(what, False, f"The app is not in {id}; type /invite @Expediter there.")
    return Finding(what, True, f"#{text_at(channel, 'name') or id}")


async def _template(client: AsyncWebClient, name: str, payload: Payload) -> Finding:
    given = {"view": payload} if "type" in payload else {"blocks": payload["blocks"]}
    try:
        await client.api_call("blocks.validate", json=given)
    except SlackApiError as error:
        errors = at(error.response.data, "errors") or []
        said = "; ".join(f"{text_at(one, 'pointer')}: {text_at(one, 'message')}" for one in errors[:3] if one)
        return Finding(name, False, said or word_of(error))
    except (aiohttp.ClientError, TimeoutError) as away:
        return Finding(name, False, type(away).__name__)
    return Finding(name, True, "Slack takes it")
