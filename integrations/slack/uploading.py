"""A picture into a conversation: only the last of three calls shows it, and that one is made once."""

from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.client import PATIENCE_S, SlackClients, retry_after, status_of, too_fast, word_of
from integrations.slack.parsing import text_at
from integrations.slack.sending import LOCKED_OUT, Ended, Result, again_after, backoff

#: What a storage says that may be otherwise in a moment; every other refusal stays one.
_PASSING = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Picture:
    """`described`: for whoever cannot see it."""

    png: bytes
    name: str
    title: str
    described: str


async def upload(clients: SlackClients, picture: Picture, channel: str, thread_ts: str | None, tries: int) -> Result:
    client = clients.plain()
    try:
        file = await _brought(client, picture)
    except SlackApiError as error:
        return _not_announced(error)
    except aiohttp.ClientResponseError as refused:
        lasting = 400 <= refused.status < 500 and refused.status not in _PASSING
        return Result(Ended.FAILED if lasting else Ended.AGAIN, why=f"HTTP {refused.status} to its bytes", wait=backoff(tries))
    except (aiohttp.ClientError, TimeoutError, OSError) as lost:
        return Result(Ended.AGAIN, why=type(lost).__name__, wait=backoff(tries))
    return await _shown(client, file, picture, channel, thread_ts)


def _not_announced(error: SlackApiError) -> Result:
    """Nothing is there yet. Without the scope answers go on without pictures, so that alone does not wait for another token."""
    word = word_of(error)
    if too_fast(error) or status_of(error) >= 500:
        return Result(Ended.AGAIN, why=word, wait=again_after(retry_after(error)))
    if word in LOCKED_OUT and word != "missing_scope":
        return Result(Ended.LOCKED_OUT, why=word)
    return Result(Ended.FAILED, why=word)


async def _brought(client: AsyncWebClient, picture: Picture) -> str:
    """Slack has the bytes, and nobody sees them yet."""
    place = await client.files_getUploadURLExternal(filename=picture.name, length=len(picture.png), alt_txt=picture.described)
    patience = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(trust_env=True, timeout=patience) as session:
        headers = {"Content-Type": "application/octet-stream"}
        async with session.post(text_at(place.data, "upload_url", limit=2_000), data=picture.png, headers=headers) as answer:
            answer.raise_for_status()
    return text_at(place.data, "file_id")


async def _shown(client: AsyncWebClient, file: str, picture: Picture, channel: str, thread_ts: str | None) -> Result:
    """Without an answer it may be there, and a picture that is missing is better than one that is there twice."""
    files: list[dict[str, Any]] = [{"id": file, "title": picture.title}]
    try:
        await client.files_completeUploadExternal(files=files, channel_id=channel, thread_ts=thread_ts)
    except SlackApiError as error:
        if too_fast(error):
            return Result(Ended.AGAIN, why="too fast", wait=again_after(retry_after(error)))
        if word_of(error) in LOCKED_OUT:
            return _not_announced(error)
        return Result(Ended.UNKNOWN if status_of(error) >= 500 else Ended.FAILED, why=word_of(error))
    except (aiohttp.ClientError, TimeoutError, OSError) as lost:
        return Result(Ended.UNKNOWN, why=f"no answer: {type(lost).__name__}")
    return Result(Ended.SENT)
