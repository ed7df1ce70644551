"""What people sent, and what was released to them."""

import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.chat import AnswerPart, Inbound, PartKind
from agent.errors import DatabaseUnavailable, RecordMissing
from integrations.database.answer_listener import AnswerListener
from integrations.database.json_text import jsonb
from integrations.database.pool import Pool, statements, transaction
from integrations.database.queues import defer

logger = logging.getLogger(__name__)

TASKS = {
    "chat": "answer_chat",
    "undo": "propose_inverse",
    "propose": "propose_change",
    "edit": "propose_edit",
    "policy": "propose_policy",
    "dry_run": "try_out",
    "mail_link": "link_mail",
    "mail_follow": "follow_mail",
    "reply": "propose_reply",
}
_LOOK_ANYWAY_S = 2.0
_LAST = (PartKind.FINAL, PartKind.FAILED)


def _inbound(pool: Pool, inbound_id: int) -> Inbound:
    with statements(pool) as connection:
        row = connection.execute("SELECT * FROM inbound WHERE id = %s", (inbound_id,)).fetchone()
    if row is None:
        raise RecordMissing(f"There is no question {inbound_id}.")
    return Inbound(**row)


_BEFORE = """
    SELECT text FROM inbound WHERE id < %(inbound)s AND kind = 'chat'
    AND conversation_id = (SELECT conversation_id FROM inbound WHERE id = %(inbound)s) ORDER BY id DESC LIMIT 10
"""


class PostgresInboundDesk:
    """InboundDesk on a pool of serve's role; `listener` tells `follow` when something was released."""

    def __init__(self, pool: Pool, listener: AnswerListener) -> None:
        self._pool, self._listener = pool, listener

    def receive(self, *, kind: str, person_id: int, conversation_id: str, text: str) -> Inbound:
        with transaction(self._pool) as connection:
            connection.execute(
                "INSERT INTO conversation (id, person_id) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING",
                (conversation_id, person_id),
            )
            row = connection.execute(
                "INSERT INTO inbound (kind, person_id, conversation_id, text) VALUES (%s, %s, %s, %s) RETURNING *",
                (kind, person_id, conversation_id, text),
            ).fetchone()
            assert row is not None
            defer(connection, TASKS[kind], "worker", f"conversation:{conversation_id}", inbound_id=row["id"])
        return Inbound(**row)

    def inbound(self, inbound_id: int) -> Inbound:
        return _inbound(self._pool, inbound_id)

    def parts(self, inbound_id: int, after_seq: int = 0) -> Sequence[AnswerPart]:
        with statements(self._pool) as connection:
            found = connection.execute(
                "SELECT seq, kind, body FROM answer_part WHERE inbound_id = %s AND seq > %s ORDER BY seq", (inbound_id, after_seq)
            ).fetchall()
        return tuple(AnswerPart(row["seq"], PartKind(row["kind"]), row["body"]) for row in found)

    def follow(self, inbound_id: int, timeout_s: float) -> Iterator[AnswerPart]:
        with self._listener.subscribed(inbound_id) as released:
            seq, give_up = 0, time.monotonic() + timeout_s
            while (left := give_up - time.monotonic()) > 0:
                released.clear()
                for part in self._now_or_later(inbound_id, seq):
                    yield part
                    if part.kind in _LAST:
                        return
                    seq, give_up = part.seq, time.monotonic() + timeout_s
                released.wait(min(left, _LOOK_ANYWAY_S))

    def _now_or_later(self, inbound_id: int, seq: int) -> Sequence[AnswerPart]:
        """None of them while PostgreSQL is away: what follows an answer outlives its restart."""
        try:
            return self.parts(inbound_id, seq)
        except DatabaseUnavailable as away:
            logger.warning("the answer to question %s is read again in a moment: %s", inbound_id, away)
            return ()


class PostgresAnswerDesk:
    """AnswerDesk on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def inbound(self, inbound_id: int) -> Inbound:
        return _inbound(self._pool, inbound_id)

    def asked_before(self, inbound_id: int) -> Sequence[str]:
        with statements(self._pool) as connection:
            found = connection.execute(_BEFORE, {"inbound": inbound_id}).fetchall()
        return tuple(row["text"] for row in found)

    def release(self, inbound_id: int, kind: PartKind, body: dict[str, Any]) -> None:
        """Raises NotPermitted when the answer is complete already."""
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO answer_part (inbound_id, kind, body) VALUES (%s, %s, %s)", (inbound_id, kind.value, jsonb(body))
            )

    def finished(self, inbound_id: int) -> bool:
        with statements(self._pool) as connection:
            row = connection.execute(
                "SELECT 1 FROM answer_part WHERE inbound_id = %s AND kind IN ('final', 'failed')", (inbound_id,)
            ).fetchone()
        return row is not None
