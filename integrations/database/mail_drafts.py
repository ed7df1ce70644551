"""Which drafts were put into mailboxes, in PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.letters import Letter
from integrations.database.letters import read_letter
from integrations.database.pool import Pool, transaction

_LATELY = """
    SELECT count(*) AS saved FROM mail_draft JOIN mail ON mail.id = mail_id
    WHERE sender = %s AND passed_over IS NULL AND at > clock_timestamp() - interval '24 hours'
"""

_SETTLED = """
    SELECT mail_thread.done_at IS NOT NULL OR EXISTS (
        SELECT FROM mail_event JOIN mail_in_thread AS said ON said.mail_id = mail_event.mail_id
        WHERE said.thread_id = mail_thread.id AND kind = 'answered' AND mail_event.at > received_at) AS settled
    FROM mail JOIN mail_in_thread ON mail_in_thread.mail_id = mail.id JOIN mail_thread ON mail_thread.id = thread_id
    WHERE mail.id = %s
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
