"""Answers as they are released: streamed into the thread, or whole where that cannot be; each is there once in the end."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.domain.chat import AnswerPart, PartKind
from agent.domain.messenger import OpenAnswer
from agent.ports.messenger import Outbox
from agent.ports.messenger_sending import Answering
from integrations.slack.answer_calls import lost_stream, put, status, stopped
from integrations.slack.answer_text import after, cut_to_fit, so_far
from integrations.slack.audience import Alone, Audience
from integrations.slack.client import SlackClients, SlackUnavailable, passes, retry_after, status_of, too_fast, word_of
from integrations.slack.interaction import Payload
from integrations.slack.markdown import safe_markdown
from integrations.slack.parsing import text_at
from integrations.slack.plain_views import sentence
from integrations.slack.sending import GONE as DELETED
from integrations.slack.sending import backoff
from integrations.slack.sharing import Door, Gate
from integrations.slack.text import cut, escaped
from integrations.slack.views.answer import ending

Found = TypeVar("Found")
logger = logging.getLogger(__name__)

AT_ONCE = 20
MOST_TRIES = 8
#: Of what passes by itself, at last one a minute: about an hour, after which nobody waits for it.
MOST_WHILE_AWAY = 60
APPEND_EVERY_S = 1.0
SHARED = "This channel is shared with another company by now, so my answer is not given here; ask me in a direct message."
UNLINKED = "I do not know any more who you are, so my answer is not given; write to me to say who you are, and ask again."
GONE = "My answer is not given here."
ONLY_YOU = "Only you see this: I do not know of everybody here that they may see what you may."
LOOKING = "is looking it up…"
#: New kinds of blocks come to workspaces one after the other.
_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
_LAST = (PartKind.FINAL, PartKind.FAILED)


class AnswerDesk:
    """Of the sender's loop."""

    def __init__(
        self,
        answering: Answering,
        clients: SlackClients,
        gate: Gate,
        audience: Audience,
        outbox: Outbox,
        threads: Executor,
        hosts: Collection[str],
        pace_s: float = APPEND_EVERY_S,
    ) -> None:
        """`outbox`: of what is told privately, and of pictures; `hosts`: what answers may link to.

        `pace_s`: how often a stream grows.
        """
        self._answering, self._clients, self._gate, self._audience = answering, clients, gate, audience
        self._outbox, self._threads, self._hosts, self._pace_s = outbox, threads, hosts, pace_s
        self._not_before: dict[int, float] = {}

    async def open(self) -> list[OpenAnswer]:
        now = time.monotonic()
        found = await self._do(self._answering.open_answers, AT_ONCE)
        return [one for one in found if self._not_before.get(one.inbound_id, 0.0) <= now]

    async def go_on(self, answer: OpenAnswer) -> None:
        """One step: show what was released since the last one."""
        parts = await self._do(self._answering.parts, answer.inbound_id)
        if not any(part.seq > answer.shown_seq for part in parts):
            return
        self._wait(answer, self._pace_s)
        try:
            await self._step(answer, parts)
        except SlackApiError as error:
            wait_s, most = retry_after(error) if too_fast(error) else None, MOST_WHILE_AWAY if passes(error) else MOST_TRIES
            await self._failed(answer, word_of(error), wait_s, most)
        except SlackUnavailable:
            self._wait(answer, backoff(0).total_seconds())
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            await self._failed(answer, type(lost).__name__, None, MOST_WHILE_AWAY)

    async def _step(self, answer: OpenAnswer, parts: Sequence[AnswerPart]) -> None:
        done = parts[-1].kind in _LAST
        if answer.at.private:
            if done:
                await self._alone(answer, parts)
        elif (door := await self._gate.door(answer.at.channel)) is Door.SHARED:
            await self._kept_back(answer, parts, "the channel is shared", SHARED)
        elif door is Door.UNKNOWN:
            self._wait(answer, backoff(0).total_seconds())
        elif (alone := await self._audience.why_alone(answer.at.channel, answer.at.account)) is Alone.UNLINKED:
            await self._kept_back(answer, parts, alone, UNLINKED)
        elif alone is not None:
            await self._taken_back(answer, parts, alone, done)
        elif answer.streaming and answer.ts is not None:
            await self._stream_on(answer, parts, done)
        elif answer.streaming or answer.ts is not None or answer.tries or done:
            await self._whole(answer, parts, done)
        else:
            await self._begin(answer, parts)

    async def _begin(self, answer: OpenAnswer, parts: Sequence[AnswerPart]) -> None:
        where = answer.at
        text = so_far(parts, self._hosts)
        client = self._clients.plain()
        if not text:
            await status(client, where, LOOKING)
            await self._do(self._answering.note, replace(answer, shown_seq=parts[-1].seq))
            return
        # Noted before: a stream that was begun and not noted would be begun again after a crash.
        await self._do(self._answering.note, replace(answer, streaming=True))
        try:
            begun = await client.chat_startStream(
                channel=where.channel,
                thread_ts=where.thread_ts,
                markdown_text=text,
                recipient_team_id=where.team,
                recipient_user_id=where.account,
            )
        except SlackApiError as error:
            if status_of(error) >= 500:
                raise
            # Told to slow down it is begun later; where nothing can be streamed, the answer comes whole once it is there.
            tries = 0 if too_fast(error) else 1
            logger.info("an answer is not streamed: %s", word_of(error))
            await self._do(self._answering.note, replace(answer, streaming=False, tries=tries))
            self._wait(answer, retry_after(error) if too_fast(error) else self._pace_s)
            return
        shown = replace(answer, ts=text_at(begun.data, "ts"), streaming=True, shown_seq=parts[-1].seq)
        await self._do(self._answering.note, shown)

    async def _stream_on(self, answer: OpenAnswer, parts: Sequence[AnswerPart], done: bool) -> None:
        client, where = self._clients.plain(), answer.at
        more = after(parts, answer.shown_seq, self._hosts)
        try:
            if done:
                blocks = _ending(answer.inbound_id, parts[-1], self._hosts, len(so_far(parts, self._hosts)))
                await client.chat_stopStream(
                    channel=where.channel, ts=answer.ts or "", **_given(markdown_text=more, blocks=blocks)
                )
                await self._ended(answer, parts, "streamed")
            elif more:
                await client.chat_appendStream(channel=where.channel, ts=answer.ts or "", markdown_text=more)
                await self._do(self._answering.note, replace(answer, shown_seq=parts[-1].seq))
        except SlackApiError as error:
            if too_fast(error):
                raise
            # Slack ends streams by itself after minutes, and a lost call may have taken effect: written over at the end.
            logger.info("a stream ended early: %s", word_of(error))
            await self._not_streaming(answer)
        except (aiohttp.ClientError, TimeoutError, OSError):
            await self._not_streaming(answer)

    async def _not_streaming(self, answer: OpenAnswer) -> None:
        await self._do(self._answering.note, replace(answer, streaming=False))
        self._wait(answer, 0.0)

    async def _whole(self, answer: OpenAnswer, parts: Sequence[AnswerPart], done: bool) -> None:
        """The whole answer in one message: in the place of what a stream left, where there is one."""
        if not done:
            return
        client, where = self._clients.plain(), answer.at
        ts = await self._shown(client, answer, parts)
        message = whole(answer.inbound_id, parts, self._hosts)
        if ts is None:
            await self._do(self._answering.note, replace(answer, streaming=True))
        else:
            await stopped(client, where.channel, ts)
        try:
            await put(client, where, ts, message)
        except SlackApiError as error:
            if ts is not None and word_of(error) in DELETED:
                await self._do(self._answering.note, replace(answer, ts=None, streaming=False))
                self._wait(answer, 0.0)
                return
            if word_of(error) not in _BLOCKS:
                raise
            logger.error("Slack refuses what stands below an answer, so its text is shown alone: %s", word_of(error))
            await put(client, where, ts, message | {"blocks": message["blocks"][:1]})
        await self._ended(answer, parts, "whole")

    async def _shown(self, client: AsyncWebClient, answer: OpenAnswer, parts: Sequence[AnswerPart]) -> str | None:
        return answer.ts or (await lost_stream(client, answer.at, so_far(parts, self._hosts)) if answer.streaming else None)

    async def _alone(self, answer: OpenAnswer, parts: Sequence[AnswerPart]) -> None:
        account = answer.at.account
        if (why := await self._audience.why_alone(account, account)) is None:
            await self._whisper(answer, parts)
        else:
            await self._kept_back(answer, parts, why, UNLINKED)

    async def _whisper(self, answer: OpenAnswer, parts: Sequence[AnswerPart]) -> None:
        where = answer.at
        message = whole(answer.inbound_id, parts, self._hosts, note=ONLY_YOU)
        message["thread_ts"] = where.thread_ts
        await self._do(self._outbox.private, where.channel, where.account, message, f"answer:{answer.inbound_id}")
        await self._ended(answer, parts, "told privately")

    async def _taken_back(self, answer: OpenAnswer, parts: Sequence[AnswerPart], alone: Alone, done: bool) -> None:
        """Since the question somebody joined, say, who may see less: who asked has it alone, and what stands there goes."""
        ts = await self._emptied(answer, parts, f"My answer is for whoever asked alone: {alone}.")
        # An end that is noted as shown before it is told would not be told any more after a crash.
        seq = answer.shown_seq if done else parts[-1].seq
        await self._do(self._answering.note, replace(answer, ts=ts, streaming=False, shown_seq=seq))
        if done:
            await self._whisper(replace(answer, at=replace(answer.at, private=True)), parts)

    async def _emptied(self, answer: OpenAnswer, parts: Sequence[AnswerPart], words: str) -> str | None:
        """What was shown of it says only this; None where nothing is there."""
        client = self._clients.plain()
        ts = await self._shown(client, answer, parts)
        if ts is not None:
            await stopped(client, answer.at.channel, ts)
            try:
                await put(client, answer.at, ts, sentence(words))
            except SlackApiError as error:
                if word_of(error) not in DELETED:
                    raise
                return None
        return ts

    async def _ended(self, answer: OpenAnswer, parts: Sequence[AnswerPart], outcome: str) -> None:
        """With its picture on the way, if there is one: of a private answer as a direct message, since everybody sees a file."""
        if wanted := parts[-1].body.get("picture"):
            where, once = answer.at, f"picture:{answer.inbound_id}"
            place, thread = (where.account, None) if where.private else (where.channel, where.thread_ts)
            await self._do(self._outbox.picture, place, thread, wanted, once, where.account)
        await self._do(self._answering.answered, answer.inbound_id, outcome)

    async def _kept_back(self, answer: OpenAnswer, parts: Sequence[AnswerPart], why: str, said: str) -> None:
        """Since the question its channel was shared with another company, say: nobody is given it."""
        where, client, direct = answer.at, self._clients.plain(), answer.at.channel.startswith("D")
        ts = await self._emptied(answer, parts, said if direct else GONE)
        await self._do(self._answering.answered, answer.inbound_id, f"kept back: {why}")
        if not direct:
            await client.chat_postEphemeral(
                channel=where.channel, user=where.account, thread_ts=where.thread_ts, **sentence(said)
            )
        elif ts is None:
            await put(client, where, None, sentence(said))

    async def _failed(self, answer: OpenAnswer, why: str, wait_s: int | None, most: int) -> None:
        self._wait(answer, wait_s if wait_s is not None else min(60.0, self._pace_s * 2.0 ** (answer.tries + 1)))
        if wait_s is None:
            await self._do(self._answering.missed, answer.inbound_id)
        if wait_s is None and answer.tries + 1 >= most:
            logger.error("the answer to question %s was not shown: %s", answer.inbound_id, why)
            await self._do(self._answering.answered, answer.inbound_id, f"given up: {why}")

    def _wait(self, answer: OpenAnswer, seconds: float) -> None:
        self._not_before[answer.inbound_id] = time.monotonic() + seconds

    async def _do(self, function: Callable[..., Found], *arguments: object) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))


def whole(inbound_id: int, parts: Sequence[AnswerPart], hosts: Collection[str], note: str | None = None) -> Payload:
    """The answer as one message."""
    last = parts[-1]
    said = last.body.get("answer") if last.kind is PartKind.FINAL else last.body.get("text")
    text = cut_to_fit(safe_markdown(str(said or ""), hosts)) or "There is nothing to say."
    noted: list[Payload] = [_context(note)] if note else []
    blocks = [{"type": "markdown", "text": text}, *_ending(inbound_id, last, hosts, len(text)), *noted]
    return {"text": cut(str(said or "An answer"), 3_000), "blocks": blocks}


def _ending(inbound_id: int, last: AnswerPart, hosts: Collection[str], length: int) -> list[Payload]:
    return ending(inbound_id, last.body, hosts, length) if last.kind is PartKind.FINAL else []


def _context(words: str) -> Payload:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words or escaped("Answered."), "verbatim": True}]}


def _given(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value}
