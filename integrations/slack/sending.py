"""One message on its way: posted or changed in its place, at most once, whatever Slack or the network answers."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from agent.domain.messenger import Outgoing, SendMethod
from integrations.slack.client import PATIENCE_S, SlackClients, retry_after, status_of, too_fast, word_of
from integrations.slack.interaction import Payload
from integrations.slack.parsing import at, text_at

logger = logging.getLogger(__name__)

EVENT_TYPE = "expediter_message"
MOST_TRIES = 10
#: The token is changed by somebody; until then everything waits.
LOCKED_OUT = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope", "org_login_required"}
)
#: Slack's own faults: it says itself that the call may have had an effect.
_DOUBTFUL = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
_BLOCKS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long", "invalid_metadata_schema"}
)
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})


class Ended(StrEnum):
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It may be there, and nothing can tell."""
    AGAIN = "again"
    """Refused, so it is not there."""
    DOUBT = "doubt"
    """No answer: it may be there."""
    LOCKED_OUT = "locked out"
    """Our token is no good; the message is not there."""


@dataclass(frozen=True, slots=True)
class Result:
    how: Ended
    ts: str | None = None
    why: str = ""
    wait: timedelta = timedelta(0)


async def send(clients: SlackClients, out: Outgoing, shown_ts: str | None, parent_ts: str | None, channel: str) -> Result:
    """One try. `channel` is where, once an account has become its direct channel."""
    client = clients.plain()
    try:
        return await _sent(client, out, shown_ts, parent_ts, channel)
    except SlackApiError as error:
        return await _refused(clients, client, out, shown_ts, parent_ts, channel, error)
    except aiohttp.ClientConnectorError as away:
        return Result(Ended.AGAIN, why=f"Slack cannot be reached: {type(away).__name__}", wait=backoff(out.tries))
    except (aiohttp.ClientError, TimeoutError, OSError) as lost:
        return Result(Ended.DOUBT, why=f"no answer: {type(lost).__name__}")


async def find(
    clients: SlackClients, out: Outgoing, parent_ts: str | None, channel: str, tried_at: datetime
) -> tuple[bool, str | None]:
    """Whether it can be told that this message is there, and its time stamp if it is: by the number that it carries."""
    given: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 200}
    given["oldest"] = f"{(tried_at - timedelta(minutes=5)).timestamp():.6f}"
    thread = out.payload.get("thread_ts") or parent_ts
    client = clients.patient()
    try:
        answer = await (client.conversations_replies(ts=thread, **given) if thread else client.conversations_history(**given))
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as failed:
        why = word_of(failed) if isinstance(failed, SlackApiError) else type(failed).__name__
        logger.warning("whether message %s arrived cannot be looked up: %s", out.id, why)
        return why == "thread_not_found", None
    for message in at(answer.data, "messages") or ():
        if text_at(message, "metadata", "event_payload", "outbox") == str(out.id):
            return True, text_at(message, "ts")
    return True, None


def again_after(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


def backoff(tries: int) -> timedelta:
    return timedelta(seconds=min(300, 2 ** min(tries + 1, 9)))


async def _sent(client: AsyncWebClient, out: Outgoing, shown_ts: str | None, parent_ts: str | None, channel: str) -> Result:
    given = out.payload
    match out.method:
        case SendMethod.MESSAGE if shown_ts is not None:
            await client.chat_update(channel=channel, ts=shown_ts, **_message(given))
            return Result(Ended.SENT, shown_ts)
        case SendMethod.MESSAGE:
            thread = {"thread_ts": given.get("thread_ts") or parent_ts}
            carried = {"event_type": EVENT_TYPE, "event_payload": {"outbox": str(out.id)}}
            answer = await client.chat_postMessage(
                channel=channel, metadata=carried, unfurl_links=False, unfurl_media=False, **_message(given), **_set(thread)
            )
            return Result(Ended.SENT, text_at(answer.data, "ts"))
        case SendMethod.PRIVATE:
            thread = {"thread_ts": given.get("thread_ts")}
            await client.chat_postEphemeral(channel=channel, user=given["user"], **_message(given), **_set(thread))
        case SendMethod.HOME:
            await client.views_publish(user_id=out.channel, view=given["view"])
        case SendMethod.PROMPTS:
            await client.assistant_threads_setSuggestedPrompts(channel_id=channel, **given)
        case SendMethod.TITLE:
            await client.assistant_threads_setTitle(channel_id=channel, **given)
        case SendMethod.RESPOND:
            return await _responded(out)
    return Result(Ended.SENT)


async def _responded(out: Outgoing) -> Result:
    answer = await AsyncWebhookClient(out.channel, timeout=PATIENCE_S, trust_env_in_session=True).send_dict(out.payload)
    if answer.status_code == 200:
        return Result(Ended.SENT)
    if answer.status_code == 429 or answer.status_code >= 500:
        return Result(Ended.AGAIN, why=f"HTTP {answer.status_code}", wait=backoff(out.tries))
    return Result(Ended.FAILED, why=f"the address to respond to is used up: HTTP {answer.status_code} {str(answer.body)[:100]}")


async def _refused(
    clients: SlackClients,
    client: AsyncWebClient,
    out: Outgoing,
    shown_ts: str | None,
    parent_ts: str | None,
    channel: str,
    error: SlackApiError,
) -> Result:
    word = word_of(error)
    if too_fast(error):
        return Result(Ended.AGAIN, why="too fast", wait=timedelta(seconds=retry_after(error)))
    if status_of(error) >= 500 or word in _DOUBTFUL:
        return Result(Ended.DOUBT, why=word)
    if word in LOCKED_OUT:
        logger.error("Slack refuses our token (%s); `expediter slack selfcheck` says more", word)
        return Result(Ended.LOCKED_OUT, why=word)
    if word in _BLOCKS and out.payload.get("blocks"):
        logger.error(
            "Slack refuses the blocks of message %s, so its text is sent alone: %s",
            out.id,
            at(error.response.data, "response_metadata"),
        )
        return await send(clients, _without_blocks(out), shown_ts, parent_ts, channel)
    if word in GONE and shown_ts is not None:
        return await send(clients, out, None, parent_ts, channel)
    return Result(Ended.FAILED, why=word)


def _without_blocks(out: Outgoing) -> Outgoing:
    plain = {name: value for name, value in out.payload.items() if name != "blocks"}
    return Outgoing(
        out.id, out.method, out.key, out.channel, out.thread_key, plain, out.sha256, out.tries, out.made_at
    )  # fmt: skip


def _message(given: Payload) -> Payload:
    return {name: given[name] for name in ("text", "blocks", "attachments") if name in given}


def _set(given: Payload) -> Payload:
    return {name: value for name, value in given.items() if value}
