"""What the messenger delivered: stored once, worked on later, also by a process that takes over."""

import json
from collections.abc import Sequence
from datetime import timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.chat import Inbound
from agent.domain.messenger import AskedAt, Delivery, DeliveryKind
from agent.ports.messenger import Arrival
from integrations.database.pool import Pool, statements, transaction
from integrations.database.queues import defer

# Sorted, so that two deliveries with the same two names wait for each other in one order.
_RECEIVE = """
    WITH stored AS (INSERT INTO slack_event (kind, body) VALUES (%s, %s) RETURNING id),
    named AS (
        INSERT INTO slack_seen (identity, event_id) SELECT identity, id FROM stored, unnest(%s::text[]) AS identity
        ON CONFLICT (identity) DO NOTHING RETURNING 1)
    SELECT id, (SELECT count(*) FROM named) AS fresh FROM stored
"""
_SEEN = "UPDATE slack_event SET handled_at = clock_timestamp(), outcome = 'seen before', body = '' WHERE id = ANY (%s)"
_WAITING = """
    SELECT id, kind, body, received_at, tries FROM slack_event
    WHERE handled_at IS NULL AND not_before <= clock_timestamp() + (CASE kind WHEN 'click' THEN interval '-1 minute' ELSE '0' END)
    ORDER BY id LIMIT %s
"""
_HANDLED = """
    UPDATE slack_event SET handled_at = clock_timestamp(), outcome = %s, body = '' WHERE id = %s AND handled_at IS NULL
"""
_QUESTION = """
    INSERT INTO slack_question (inbound_id, team, slack_user, channel, thread_ts, private) VALUES (%s, %s, %s, %s, %s, %s)
"""
# After ten minutes nobody works on it any more: a job that died is no reason to refuse the next question for ever.
_WAITS = """
    SELECT EXISTS (SELECT FROM slack_question JOIN inbound ON inbound.id = inbound_id
        WHERE person_id = %s AND channel = %s AND thread_ts = %s AND received_at > clock_timestamp() - interval '10 minutes'
        AND NOT EXISTS (SELECT FROM answer_part AS part WHERE part.inbound_id = inbound.id AND part.kind IN ('final', 'failed'))
    ) AS waits
"""
#: Seed of the advisory locks under which a question is asked anew.
_ANEW = 0x616E6577


class PostgresDeliveries:
    """Deliveries on a pool of serve's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def receive(self, came: Sequence[Arrival]) -> list[int | None]:
        with transaction(self._pool) as connection:
            with connection.pipeline():
                stored = [connection.execute(_RECEIVE, _row(arrival)) for arrival in came]
            found = [cursor.fetchone() for cursor in stored]
            ids = [_fresh(row, arrival) for row, arrival in zip(found, came, strict=True)]
            if seen := [row["id"] for row, id in zip(found, ids, strict=True) if row is not None and id is None]:
                connection.execute(_SEEN, (seen,))
        return ids

    def waiting(self, limit: int = 20) -> list[Delivery]:
        with statements(self._pool) as connection:
            found = connection.execute(_WAITING, (limit,)).fetchall()
        return [
            Delivery(row["id"], DeliveryKind(row["kind"]), json.loads(row["body"]), row["received_at"], row["tries"])
            for row in found
        ]

    def handled(self, delivery_id: int, outcome: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(_HANDLED, (outcome[:500], delivery_id))

    def put_off(self, delivery_id: int, by: timedelta) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "UPDATE slack_event SET tries = tries + 1, not_before = clock_timestamp() + %s"
                " WHERE id = %s AND handled_at IS NULL",
                (by, delivery_id),
            )

    def ask(self, delivery_id: int | None, person_id: int, conversation_id: str, text: str, at: AskedAt) -> Inbound | None:
        with transaction(self._pool) as connection:
            if delivery_id is not None and not connection.execute(_HANDLED, ("asked", delivery_id)).rowcount:
                return None
            return _asked(connection, person_id, conversation_id, text, at)

    def ask_anew(self, person_id: int, conversation_id: str, text: str, at: AskedAt) -> Inbound | None:
        """None while a question of this person waits there, also of two clicks that come at once."""
        with transaction(self._pool) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", (conversation_id, _ANEW))
            row = connection.execute(_WAITS, (person_id, at.channel, at.thread_ts)).fetchone()
            return None if row and row["waits"] else _asked(connection, person_id, conversation_id, text, at)


def _names(arrival: Arrival) -> list[str]:
    return sorted({identity[:300] for identity in arrival.identities})


def _row(arrival: Arrival) -> tuple[str, str, list[str]]:
    return arrival.kind.value, json.dumps(arrival.body, ensure_ascii=False), _names(arrival)


def _fresh(row: DictRow | None, arrival: Arrival) -> int | None:
    assert row is not None
    return int(row["id"]) if row["fresh"] == len(_names(arrival)) else None


def _asked(connection: Connection[DictRow], person_id: int, conversation_id: str, text: str, at: AskedAt) -> Inbound:
    connection.execute(
        "INSERT INTO conversation (id, person_id) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING", (conversation_id, person_id)
    )
    row = connection.execute(
        "INSERT INTO inbound (kind, person_id, conversation_id, text) VALUES ('chat', %s, %s, %s) RETURNING *",
        (person_id, conversation_id, text),
    ).fetchone()
    assert row is not None
    connection.execute(_QUESTION, (row["id"], at.team, at.account, at.channel, at.thread_ts, at.private))
    defer(connection, "answer_chat", "worker", f"conversation:{conversation_id}", inbound_id=row["id"])
    return Inbound(**row)
