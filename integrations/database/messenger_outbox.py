"""What is to be shown in the messenger, stored until it is."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.messenger import SendMethod
from integrations.database.pool import Pool, statements

# Versions of one message that look alike are one: nothing is sent when nothing changed.
_ENQUEUE = """
    INSERT INTO slack_outbox (method, key, channel, thread_key, dedupe, payload, sha256, not_before)
    SELECT %(method)s, %(key)s, %(channel)s, %(thread_key)s, %(dedupe)s, %(payload)s, %(sha256)s,
        coalesce(%(not_before)s, clock_timestamp())
    WHERE %(key)s::text IS NULL OR %(sha256)s IS DISTINCT FROM (
        SELECT CASE WHEN outcome = 'failed' THEN '' ELSE sha256 END FROM slack_outbox
        WHERE key = %(key)s AND channel = %(channel)s ORDER BY id DESC LIMIT 1)
    ON CONFLICT (dedupe) DO NOTHING
"""
_FORGET = """
    UPDATE slack_outbox SET ended_at = clock_timestamp(), outcome = 'superseded', payload = ''
    WHERE ended_at IS NULL AND starts_with(dedupe, %(prefix)s) AND NOT coalesce(starts_with(dedupe, %(but)s), false)
        AND NOT EXISTS (SELECT FROM slack_attempt WHERE outbox_id = slack_outbox.id)
"""
# The more often in vain since it was last shown, the longer it is left alone, up to a day. What led to nothing new in its turn
# is no news any more, and is not looked at for ever.
_GIVEN_UP = """
    SELECT DISTINCT key FROM slack_outbox AS last WHERE outcome = 'failed' AND starts_with(key, %(prefix)s)
        AND NOT EXISTS (SELECT FROM slack_outbox AS newer
                        WHERE newer.key = last.key AND newer.channel = last.channel AND newer.id > last.id)
        AND ended_at > clock_timestamp() - interval '7 days'
        AND clock_timestamp() - ended_at >= least(interval '1 day', %(again_after)s * (
            SELECT count(*) FROM slack_outbox AS vain
            WHERE vain.key = last.key AND vain.channel = last.channel AND vain.outcome = 'failed' AND vain.id > coalesce((
                SELECT max(id) FROM slack_outbox AS shown
                WHERE shown.key = last.key AND shown.channel = last.channel AND shown.outcome = 'sent'), 0)))
"""
_CHANNELS = """
    SELECT DISTINCT channel FROM slack_outbox WHERE key = %s AND (ended_at IS NULL OR outcome IN ('sent', 'unknown'))
    ORDER BY channel
"""


class PostgresOutbox:
    """Outbox on a pool of serve's or the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def show(self, key: str, channel: str, payload: dict[str, Any], thread_key: str | None = None) -> None:
        self._enqueue(SendMethod.MESSAGE, channel, payload, key=key, thread_key=thread_key)

    def post(
        self, channel: str, payload: dict[str, Any], *, dedupe: str | None = None, not_before: datetime | None = None
    ) -> None:
        self._enqueue(SendMethod.MESSAGE, channel, payload, dedupe=dedupe, not_before=not_before)

    def private(self, channel: str, account: str, payload: dict[str, Any], dedupe: str | None = None) -> None:
        self._enqueue(SendMethod.PRIVATE, channel, payload | {"user": account}, dedupe=dedupe)

    def respond(self, address: str, payload: dict[str, Any], dedupe: str | None = None) -> None:
        self._enqueue(SendMethod.RESPOND, address, payload, dedupe=dedupe)

    def publish_home(self, account: str, view: dict[str, Any]) -> None:
        self._enqueue(SendMethod.HOME, account, {"view": view}, key=f"home:{account}")

    def prompts(self, channel: str, thread_ts: str, payload: dict[str, Any]) -> None:
        self._enqueue(SendMethod.PROMPTS, channel, payload | {"thread_ts": thread_ts})

    def title(self, channel: str, thread_ts: str, title: str) -> None:
        given = {"thread_ts": thread_ts, "title": title}
        self._enqueue(SendMethod.TITLE, channel, given, dedupe=f"title:{channel}:{thread_ts}")

    def picture(
        self, channel: str, thread_ts: str | None, wanted: dict[str, Any], dedupe: str, asked_by: str | None = None
    ) -> None:
        given = {"wanted": wanted, "thread_ts": thread_ts, "asked_by": asked_by}
        self._enqueue(SendMethod.PICTURE, channel, given, dedupe=dedupe)

    def channels_of(self, key: str) -> Sequence[str]:
        """Where versions of this message are, or will be."""
        with statements(self._pool) as connection:
            return [row["channel"] for row in connection.execute(_CHANNELS, (key,)).fetchall()]

    def keys(self, prefix: str, limit: int) -> Sequence[str]:
        """Of the messages last shown or changed."""
        query = "SELECT key FROM slack_outbox WHERE starts_with(key, %s) GROUP BY key ORDER BY max(id) DESC LIMIT %s"
        with statements(self._pool) as connection:
            return [row["key"] for row in connection.execute(query, (prefix, limit)).fetchall()]

    def given_up(self, prefix: str, again_after: timedelta) -> Sequence[str]:
        """Keys of the messages whose last version failed that long ago, or as many times longer as versions failed since one was
        sent; none that failed more than a week ago.
        """
        with statements(self._pool) as connection:
            found = connection.execute(_GIVEN_UP, {"prefix": prefix, "again_after": again_after})
            return [row["key"] for row in found.fetchall()]

    def forget(self, prefix: str, but: str | None = None) -> None:
        """What is called so, was meant for later and was not tried yet is no news any more; `but`: not what is called so.

        Of the worker's role.
        """
        with statements(self._pool) as connection:
            connection.execute(_FORGET, {"prefix": prefix, "but": but})

    def _enqueue(self, method: SendMethod, channel: str, payload: dict[str, Any], **named: Any) -> None:
        with statements(self._pool) as connection:
            enqueue(connection, method, channel, payload, **named)


def enqueue(
    connection: Connection[DictRow],
    method: SendMethod,
    channel: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    thread_key: str | None = None,
    dedupe: str | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Whether it is to be sent; not where one of that name was stored before, or the newest of that key looks alike."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    stored = connection.execute(
        _ENQUEUE,
        {
            "method": method.value,
            "key": key,
            "channel": channel,
            "thread_key": thread_key,
            "dedupe": dedupe,
            "payload": text,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "not_before": not_before,
        },
    )
    return stored.rowcount > 0
