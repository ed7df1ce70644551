"""What people sent, and what was released to them."""

import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.chat import AnswerPart, Inbound, PartKind, Released
from agent.errors import DatabaseUnavailable, RecordMissing
from integrations.database.answer_listener import AnswerListener
from integrations.database.json_text import jsonb
from integrations.database.pool import Pool, statements
from integrations.database.queues import lock_name

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
#: One statement, and so all or nothing.
_RECEIVE = """
    WITH spoken AS (
        INSERT INTO conversation (id, person_id) VALUES (%(conversation)s, %(person)s) ON CONFLICT (id) DO NOTHING
    ), asked AS (
        INSERT INTO inbound (kind, person_id, conversation_id, text) VALUES (%(kind)s, %(person)s, %(conversation)s, %(text)s)
        RETURNING *
    )
    SELECT asked.*, procrastinate.procrastinate_defer_jobs_v1(ARRAY[
        ROW('worker', %(task)s, 0, %(lock)s, NULL, jsonb_build_object('inbound_id', asked.id), NULL
        )::procrastinate.procrastinate_job_to_defer_v1]) AS hinted
    FROM asked
"""
_UNANSWERED = """
    SELECT inbound.*, EXISTS (SELECT FROM answer_part WHERE inbound_id = inbound.id AND kind IN ('final', 'failed')) AS finished
    FROM inbound WHERE id = %s
"""
#: The audit's entry comes with the last part, or not at all.
_COMPLETE = """
    INSERT INTO answer_part (inbound_id, kind, body)
    SELECT %(id)s, kind, body FROM unnest(%(kinds)s::text[], %(bodies)s::jsonb[]) WITH ORDINALITY AS part (kind, body, place)
    ORDER BY place
    RETURNING CASE WHEN kind = 'final' AND %(evidence)s::jsonb IS NOT NULL
        THEN audit('recommendation.made', %(subject)s, %(evidence)s::jsonb)::text END
"""
#: Lost in a power cut, it is as if the answer had been cut off here, and the question is answered again.
_RELEASE = """
    INSERT INTO answer_part (inbound_id, kind, body) VALUES (%s, %s, %s) RETURNING set_config('synchronous_commit', 'off', true)
"""
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
        asked = {"kind": kind, "person": person_id, "conversation": conversation_id, "text": text}
        hint = {"task": TASKS[kind], "lock": lock_name("worker", f"conversation:{conversation_id}")}
        with statements(self._pool) as connection:
            row = connection.execute(_RECEIVE, asked | hint).fetchone()
        assert row is not None
        del row["hinted"]
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

    def unanswered(self, inbound_id: int) -> Inbound | None:
        with statements(self._pool) as connection:
            row = connection.execute(_UNANSWERED, (inbound_id,)).fetchone()
        if row is None:
            raise RecordMissing(f"There is no question {inbound_id}.")
        return None if row.pop("finished") else Inbound(**row)

    def asked_before(self, inbound_id: int) -> Sequence[str]:
        with statements(self._pool) as connection:
            found = connection.execute(_BEFORE, {"inbound": inbound_id}).fetchall()
        return tuple(row["text"] for row in found)

    def release(self, inbound_id: int, kind: PartKind, body: dict[str, Any]) -> None:
        """Raises NotPermitted when the answer is complete already."""
        if kind in _LAST:
            self.complete(inbound_id, [(kind, body)])
            return
        with statements(self._pool) as connection:
            connection.execute(_RELEASE, (inbound_id, kind.value, jsonb(body)))

    def complete(self, inbound_id: int, parts: Sequence[Released], evidence: dict[str, Any] | None = None) -> None:
        """Raises NotPermitted when the answer is complete already."""
        rest = {
            "id": inbound_id,
            "kinds": [kind.value for kind, _ in parts],
            "bodies": [jsonb(body) for _, body in parts],
            "subject": f"inbound:{inbound_id}",
            "evidence": None if evidence is None else jsonb(evidence),
        }
        with statements(self._pool) as connection:
            connection.execute(_COMPLETE, rest)
