"""The calls that show an answer, each as Slack's own words need it."""

import logging

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.domain.messenger import AskedAt
from integrations.slack.answer_text import LONGEST, letters
from integrations.slack.client import status_of, too_fast
from integrations.slack.interaction import Payload
from integrations.slack.parsing import at, text_at

logger = logging.getLogger(__name__)


async def put(client: AsyncWebClient, where: AskedAt, ts: str | None, message: Payload) -> None:
    """Posted, or in the place of what is there."""
    if ts is None:
        thread = where.thread_ts
        await client.chat_postMessage(channel=where.channel, thread_ts=thread, unfurl_links=False, unfurl_media=False, **message)
    else:
        await client.chat_update(channel=where.channel, ts=ts, **message)


async def status(client: AsyncWebClient, where: AskedAt, words: str) -> None:
    """Only a courtesy: where it cannot be shown, nothing is lost."""
    try:
        await client.assistant_threads_setStatus(channel_id=where.channel, thread_ts=where.thread_ts, status=words)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as not_shown:
        logger.debug("no status: %s", not_shown)


async def stopped(client: AsyncWebClient, channel: str, ts: str) -> None:
    """A message that still streams cannot be written over."""
    try:
        await client.chat_stopStream(channel=channel, ts=ts)
    except SlackApiError as ended:
        logger.debug("it had ended: %s", ended)


async def lost_stream(client: AsyncWebClient, where: AskedAt, said: str) -> str | None:
    """A message that we began and whose time stamp we never learnt: the one in the thread that begins as the answer does."""
    beginning = letters(said)[:40]
    try:
        found = await client.conversations_replies(channel=where.channel, ts=where.thread_ts, limit=200)
    except SlackApiError as error:
        if too_fast(error) or status_of(error) >= 500:
            raise
        return None
    for message in reversed(at(found.data, "messages") or []):
        text = letters(text_at(message, "text", limit=LONGEST))
        if text_at(message, "bot_id") and text and (text.startswith(beginning) or beginning.startswith(text[:40])):
            return text_at(message, "ts")
    return None
