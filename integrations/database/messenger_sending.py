"""The worker's side of the outbox: what waits, what was tried, how it ended; and how far answers are shown."""

import json
from collections.abc import Sequence
from datetime import timedelta

from psycopg.rows import DictRow

from agent.domain.chat import AnswerPart, PartKind
from agent.domain.messenger import AskedAt, OpenAnswer, Outgoing, SendMethod
from agent.ports.messenger_sending import Waiting
from integrations.database.pool import Pool, statements

#: Whoever holds the turn and says nothing for so long has lost it.
TURN = timedelta(seconds=15)
_TURN = """
    UPDATE slack_sender SET holder = %(holder)s, until = clock_timestamp() + %(turn)s
    WHERE holder = %(holder)s OR until < clock_timestamp()
"""
# Of versions that nobody has tried to send only the newest matters. One that was tried may be on screen, so it is settled first.
_SUPERSEDE = """
    UPDATE slack_outbox AS older SET ended_at = clock_timestamp(), outcome = 'superseded', payload = ''
    WHERE ended_at IS NULL AND key IS NOT NULL
        AND NOT EXISTS (SELECT FROM slack_attempt WHERE outbox_id = older.id)
        AND EXISTS (SELECT FROM slack_outbox AS newer
                    WHERE newer.key = older.key AND newer.channel = older.channel AND newer.id > older.id
                        AND newer.ended_at IS NULL)
"""
# One of each channel: what a channel is shown is shown in order. What is meant for later, and was not tried, lets others pass.
_WAITING = """
    SELECT * FROM (
        SELECT DISTINCT ON (channel) slack_outbox.*, tried.number, tried.at,
            (SELECT before.ts FROM slack_outbox AS before WHERE before.key = slack_outbox.key AND before.outcome = 'sent'
                AND before.channel = slack_outbox.channel ORDER BY before.id DESC LIMIT 1) AS shown_ts,
            (SELECT parent.ts FROM slack_outbox AS parent WHERE parent.key = slack_outbox.thread_key AND parent.outcome = 'sent'
                AND parent.channel = slack_outbox.channel ORDER BY parent.id DESC LIMIT 1) AS parent_ts
        FROM slack_outbox LEFT JOIN LATERAL (
            SELECT max(number) AS number, max(at) AS at FROM slack_attempt WHERE outbox_id = slack_outbox.id) AS tried ON true
        WHERE ended_at IS NULL AND (tried.number IS NOT NULL OR not_before <= clock_timestamp())
        ORDER BY channel, id) AS first_of_each
    WHERE not_before <= clock_timestamp() ORDER BY id LIMIT %s
"""
_REFUSED = "refused"
_TRY = """
    WITH begun AS (
        INSERT INTO slack_attempt (outbox_id, number)
        SELECT %(id)s, %(number)s FROM slack_sender WHERE holder = %(holder)s AND until > clock_timestamp()
        ON CONFLICT DO NOTHING RETURNING outbox_id)
    UPDATE slack_outbox SET detail = NULL FROM begun WHERE id = outbox_id AND ended_at IS NULL
"""
_END = """
    UPDATE slack_outbox SET ended_at = clock_timestamp(), outcome = %s, ts = %s, detail = %s, payload = '' WHERE id = %s
"""
_ANSWERS = """
    SELECT slack_answer.*, team, slack_user, channel, thread_ts, private FROM slack_answer JOIN slack_question USING (inbound_id)
    WHERE ended_at IS NULL AND (
        ts IS NOT NULL OR streaming OR EXISTS (SELECT FROM answer_part WHERE answer_part.inbound_id = slack_answer.inbound_id))
    ORDER BY inbound_id LIMIT %s
"""
_SHOWN = """
    UPDATE slack_answer SET ts = %s, streaming = %s, shown_seq = %s, tries = %s WHERE inbound_id = %s AND ended_at IS NULL
"""


class PostgresSending:
    """Sending and Answering, on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def take_turn(self, holder: str) -> bool:
        """Whether `holder` is the one that sends now; asked again and again, it stays so."""
        with statements(self._pool) as connection:
            return bool(connection.execute(_TURN, {"holder": holder, "turn": TURN}).rowcount)

    def waiting(self, limit: int) -> list[Waiting]:
        """The next of each channel, oldest first."""
        with statements(self._pool) as connection:
            connection.execute(_SUPERSEDE)
            return [_waiting(row) for row in connection.execute(_WAITING, (limit,)).fetchall()]

    def begin(self, outbox_id: int, number: int, holder: str) -> bool:
        """Note a try before it is made; False when another has the turn."""
        with statements(self._pool) as connection:
            return bool(connection.execute(_TRY, {"id": outbox_id, "number": number, "holder": holder}).rowcount)

    def refused(self, outbox_id: int) -> None:
        """Slack said no to the last try, so the message is not there."""
        with statements(self._pool) as connection:
            connection.execute("UPDATE slack_outbox SET detail = %s WHERE id = %s AND ended_at IS NULL", (_REFUSED, outbox_id))

    def put_off(self, outbox_id: int, by: timedelta) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "UPDATE slack_outbox SET not_before = clock_timestamp() + %s WHERE id = %s AND ended_at IS NULL", (by, outbox_id)
            )

    def sent(self, outbox_id: int, ts: str | None) -> None:
        self._end(outbox_id, "sent", ts, None)

    def failed(self, outbox_id: int, why: str, *, unknown: bool = False) -> None:
        """It is not tried again. `unknown`: it may be there all the same."""
        self._end(outbox_id, "unknown" if unknown else "failed", None, why[:500])

    def _end(self, outbox_id: int, outcome: str, ts: str | None, detail: str | None) -> None:
        with statements(self._pool) as connection:
            connection.execute(_END, (outcome, ts, detail, outbox_id))

    # answers

    def open_answers(self, limit: int) -> list[OpenAnswer]:
        """Of which something was released that is not shown, or which are begun."""
        with statements(self._pool) as connection:
            return [_open_answer(row) for row in connection.execute(_ANSWERS, (limit,)).fetchall()]

    def parts(self, inbound_id: int) -> Sequence[AnswerPart]:
        """All that was released."""
        with statements(self._pool) as connection:
            found = connection.execute(
                "SELECT seq, kind, body FROM answer_part WHERE inbound_id = %s ORDER BY seq", (inbound_id,)
            )
            return tuple(AnswerPart(row["seq"], PartKind(row["kind"]), row["body"]) for row in found.fetchall())

    def note(self, answer: OpenAnswer) -> None:
        """How far it is shown now."""
        with statements(self._pool) as connection:
            connection.execute(_SHOWN, (answer.ts, answer.streaming, answer.shown_seq, answer.tries, answer.inbound_id))

    def missed(self, inbound_id: int) -> None:
        with statements(self._pool) as connection:
            connection.execute("UPDATE slack_answer SET tries = tries + 1 WHERE inbound_id = %s", (inbound_id,))

    def answered(self, inbound_id: int, outcome: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "UPDATE slack_answer SET ended_at = clock_timestamp(), outcome = %s, streaming = false"
                " WHERE inbound_id = %s AND ended_at IS NULL",
                (outcome[:500], inbound_id),
            )


def _waiting(row: DictRow) -> Waiting:
    outgoing = Outgoing(
        id=row["id"],
        method=SendMethod(row["method"]),
        key=row["key"],
        channel=row["channel"],
        thread_key=row["thread_key"],
        payload=json.loads(row["payload"]),
        sha256=row["sha256"],
        tries=row["number"] or 0,
        made_at=row["made_at"],
    )
    return Waiting(outgoing, row["shown_ts"], row["parent_ts"], row["at"], bool(row["number"]) and row["detail"] != _REFUSED)


def _open_answer(row: DictRow) -> OpenAnswer:
    at = AskedAt(row["team"], row["slack_user"], row["channel"], row["thread_ts"], row["private"])
    return OpenAnswer(row["inbound_id"], at, row["ts"], row["streaming"], row["shown_seq"], row["tries"])
