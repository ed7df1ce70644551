"""Which drafts were put into mailboxes, in PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.letters import Letter, SavedDraft, is_message_id
from integrations.database.letters import read_letter
from integrations.database.pool import Pool, statements, transaction

_LATELY = """
    SELECT count(*) AS saved FROM mail_draft JOIN mail ON mail.id = mail_id
    WHERE sender = %s AND passed_over IS NULL AND at > clock_timestamp() - interval '24 hours'
"""

_SETTLED = """
    SELECT mail_thread.done_at IS NOT NULL OR EXISTS (
        SELECT FROM mail_event JOIN mail_in_thread AS said ON said.mail_id = mail_event.mail_id
        LEFT JOIN mail_draft_end AS found ON found.mail_id = draft_of
        WHERE said.thread_id = mail_thread.id AND kind = 'answered' AND coalesce(sent_at, mail_event.at) > received_at) AS settled
    FROM mail JOIN mail_in_thread ON mail_in_thread.mail_id = mail.id JOIN mail_thread ON mail_thread.id = thread_id
    WHERE mail.id = %s
"""
_WAITING = """
    SELECT mail.id AS mail_id, message_id, sender, coalesce(reply_to, '{}') AS reply_to, result->>'draft' AS text,
        mail_draft.at AS saved_at
    FROM mail_draft JOIN mail ON mail.id = mail_draft.mail_id JOIN mail_triage ON mail_triage.mail_id = mail.id
    LEFT JOIN mail_envelope ON mail_envelope.mail_id = mail.id
    WHERE mailbox = %s AND passed_over IS NULL
        AND NOT EXISTS (SELECT FROM mail_draft_end WHERE mail_draft_end.mail_id = mail.id)
        AND NOT EXISTS (SELECT FROM mail_answering WHERE mail_answering.mail_id = mail.id)
    ORDER BY mail.id
"""
# What we sent is in Sent too; that it goes out is known before it lies there.
_ENDED = """
    INSERT INTO mail_draft_end (mail_id, text, sent_at, changed_percent)
    SELECT %(mail)s::bigint, %(text)s, %(sent_at)s::timestamptz, %(changed)s::integer
    WHERE NOT EXISTS (SELECT FROM mail_answering WHERE mail_id = %(mail)s) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Claim:
    letter: Letter
    lately: int
    settled: bool
    connection: Connection[DictRow]

    def saved(self) -> None:
        self._looked_at(None)

    def passed_over(self, why: str) -> None:
        self._looked_at(why)

    def _looked_at(self, why: str | None) -> None:
        self.connection.execute("INSERT INTO mail_draft (mail_id, passed_over) VALUES (%s, %s)", (self.letter.id, why))


class PostgresDraftShelf:
    """DraftShelf on a pool of the worker's role; a claimed draft holds one of its connections."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @contextmanager
    def claimed(self, mailbox: str) -> Iterator[_Claim | None]:
        with transaction(self._pool) as connection:
            row = connection.execute("SELECT claim_draft(%s) AS id", (mailbox,)).fetchone()
            if row is None or row["id"] is None:
                yield None
                return
            letter = read_letter(connection, row["id"])
            lately = connection.execute(_LATELY, (letter.sender,)).fetchone()
            assert lately is not None
            settled = connection.execute(_SETTLED, (letter.id,)).fetchone()
            yield _Claim(letter, lately["saved"], settled is not None and settled["settled"], connection)


class PostgresSentDrafts:
    """SentDrafts on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def waiting(self, mailbox: str) -> list[SavedDraft]:
        with statements(self._pool) as connection:
            rows = connection.execute(_WAITING, (mailbox,)).fetchall()
        return [_saved(row) for row in rows]

    def sent(self, mail_id: int, text: str, sent_at: datetime | None, changed_percent: int) -> None:
        self._ended(mail_id, text, sent_at, changed_percent)

    def left(self, mail_id: int) -> None:
        self._ended(mail_id, None, None, None)

    def _ended(self, mail_id: int, text: str | None, sent_at: datetime | None, changed: int | None) -> None:
        with statements(self._pool) as connection:
            connection.execute(_ENDED, {"mail": mail_id, "text": text, "sent_at": sent_at, "changed": changed})


def _saved(row: DictRow) -> SavedDraft:
    message_id = row["message_id"] if is_message_id(row["message_id"]) else None
    return SavedDraft(**row | {"message_id": message_id, "reply_to": tuple(row["reply_to"])})
