"""The shared inbox in PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.mail import MailClass
from agent.domain.mail_threads import InThread
from agent.domain.mailbox import Copy, KeptMail, Taken
from agent.domain.records import Record
from agent.errors import RecordMissing
from agent.ports.mail_source import MailSource
from integrations.database.json_text import jsonb
from integrations.database.pool import Pool, statements, transaction

_TAKE_IN = """
    INSERT INTO mail (fingerprint, mailbox, authserv, message_id, sender, subject, sent_at, raw, head)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT mail_is_what_it_says DO NOTHING
"""
_COPY = """
    INSERT INTO mail_copy (mailbox, key, mail_id) SELECT %s, %s, id FROM mail WHERE fingerprint = %s ON CONFLICT DO NOTHING
"""
_KEPT = """
    SELECT id, raw, head, authserv, received_at, message_id IS NOT NULL AND EXISTS (
            SELECT FROM mail AS other WHERE other.message_id = mail.message_id AND other.id < mail.id) AS message_id_taken,
        (SELECT count(*) FROM mail_attempt WHERE mail_id = mail.id AND NOT waited) AS attempts
    FROM mail WHERE id = ANY(%s) ORDER BY id
"""
_BEGUN = """
    WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO mail_attempt (mail_id) SELECT begun FROM unhurried, unnest(%s::bigint[]) AS begun RETURNING id, mail_id
"""
_ENVELOPE = """
    INSERT INTO mail_envelope (mail_id, reply_to, thread) SELECT id, %s, %s FROM mail WHERE fingerprint = %s
    ON CONFLICT DO NOTHING
"""
_LOOKED = """
    INSERT INTO mailbox (name, cursor) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, looked_at = clock_timestamp()
"""
_UNMARKED = """
    SELECT key FROM mail_copy JOIN mail_triage USING (mail_id) WHERE mailbox = %s AND marked_at IS NULL ORDER BY mail_id LIMIT 500
"""
_READ = """
    INSERT INTO mail_triage (mail_id, mail_class, priority, needs_person, result, said, due_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_LESSONS = """
    SELECT taught.mail_class, mail.raw FROM (
        SELECT DISTINCT ON (mail_id) mail_id, id, mail_class FROM mail_event WHERE mail_class IS NOT NULL
        ORDER BY mail_id, id DESC
    ) AS taught JOIN mail ON mail.id = taught.mail_id JOIN mail_triage ON mail_triage.mail_id = taught.mail_id
    WHERE raw IS NOT NULL AND NOT mail_is_suspicious(result) ORDER BY taught.id DESC LIMIT %s
"""
_LINK = """
    INSERT INTO mail_event (mail_id, kind, inbound_id, seen, model, record_id, record_name, reason)
    SELECT id, 'linked', %s, %s, %s, %s, %s, %s FROM mail WHERE id = %s
"""
#: What people read of a mail here; the whole of it is in the mailbox.
LONGEST_SAID = 4_000
#: Mails claimed together have no more bytes than this together, but for one that is larger by itself.
MOST_BYTES = 1 << 20
#: Advisory locks: a seed of those for the copies that are fetched, and one for keeping what was.
_FETCHING, _KEEPING = 0x6D61696C, 0x6D61696C6B656570


def _storable(text: str) -> str:
    """Without what PostgreSQL keeps in no text: NUL and halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _stored(source: MailSource, taken: Taken) -> tuple[object, ...]:
    mail, fetched = taken.mail, taken.fetched
    return (
        taken.identity, source.name, source.authserv, mail.message_id and _storable(mail.message_id), _storable(mail.sender),
        _storable(mail.subject), mail.sent_at, fetched.raw, fetched.head,
    )  # fmt: skip


def _envelope(taken: Taken) -> tuple[object, ...]:
    return [*map(_storable, taken.mail.reply_to)], [*map(_storable, taken.mail.thread)], taken.identity


@dataclass(frozen=True, slots=True)
class _Claim:
    mail: KeptMail
    connection: Connection[DictRow]
    attempt: int

    def hold(self, names: Sequence[str]) -> None:
        self.connection.execute("SELECT hold_threads(%s)", (list(names),))

    def thread(self, names: Sequence[str]) -> InThread:
        placed = self.connection.execute("SELECT * FROM put_in_thread(%s, %s)", (self.mail.id, list(names))).fetchone()
        assert placed is not None
        return InThread(placed["thread"], placed["waiting"])

    def read(self, result: dict[str, Any], said: str = "", due_at: datetime | None = None, *, reopens: bool = False) -> None:
        text = _storable(said[:LONGEST_SAID])
        told = (result["class"], result["priority"], result["needs_person"], jsonb(result), text, due_at)
        self.connection.execute(_READ, (self.mail.id, *told))
        if reopens:
            self.connection.execute("SELECT reopen_thread(%s)", (self.mail.id,))

    def wait(self, why: str) -> None:
        self.connection.execute("UPDATE mail_attempt SET waited = true WHERE id = %s", (self.attempt,))
        self.connection.execute("INSERT INTO inbox_pause (why) VALUES (%s) ON CONFLICT DO NOTHING", (why,))


class PostgresMailLedger:
    """MailLedger on a pool of the worker's role; what is claimed or being fetched holds one of its connections."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def cursor(self, mailbox: str) -> str | None:
        with statements(self._pool) as connection:
            row = connection.execute("SELECT cursor FROM mailbox WHERE name = %s", (mailbox,)).fetchone()
        return str(row["cursor"]) if row else None

    @contextmanager
    def fetching(self, mailbox: str, copies: Sequence[Copy]) -> Iterator[list[Copy] | None]:
        with transaction(self._pool) as connection:
            turn = f"{mailbox}\n{copies[0].key}"
            row = connection.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", (turn, _FETCHING)).fetchone()
            yield self._unknown(connection, mailbox, copies) if row and row["pg_try_advisory_xact_lock"] else None

    def _unknown(self, connection: Connection[DictRow], mailbox: str, copies: Sequence[Copy]) -> list[Copy]:
        asked = (mailbox, [copy.key for copy in copies])
        found = connection.execute("SELECT key FROM mail_copy WHERE mailbox = %s AND key = ANY(%s)", asked)
        known = {row["key"] for row in found}
        return [copy for copy in copies if copy.key not in known]

    def keep(self, source: MailSource, mails: Sequence[Taken]) -> None:
        with transaction(self._pool) as connection:
            # Two that keep the same mails in another order would wait for one another.
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_KEEPING,))
            with connection.cursor() as cursor:
                cursor.executemany(_TAKE_IN, [_stored(source, taken) for taken in mails])
                cursor.executemany(_COPY, [(source.name, taken.fetched.copy.key, taken.identity) for taken in mails])
                cursor.executemany(_ENVELOPE, [_envelope(taken) for taken in mails])

    def looked(self, mailbox: str, cursor: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(_LOOKED, (mailbox, cursor))

    @contextmanager
    def claimed(self, most: int = 1) -> Iterator[list[_Claim]]:
        with transaction(self._pool) as connection:
            ids = [row["id"] for row in connection.execute("SELECT claim_mails(%s, %s) AS id", (most, MOST_BYTES)).fetchall()]
            attempts = self._begun(ids) if ids else {}
            kept = connection.execute(_KEPT, (ids,)).fetchall() if ids else []
            yield [_Claim(KeptMail(**row), connection, attempts[row["id"]]) for row in kept]

    def _begun(self, mail_ids: list[int]) -> dict[int, int]:
        """Apart from the claim: it has to outlive a process that dies of a mail. It need not outlive the server."""
        with statements(self._pool) as connection:
            found = connection.execute(_BEGUN, (mail_ids,)).fetchall()
        return {row["mail_id"]: int(row["id"]) for row in found}

    def unmarked(self, mailbox: str) -> list[Copy]:
        with statements(self._pool) as connection:
            return [Copy(row["key"]) for row in connection.execute(_UNMARKED, (mailbox,)).fetchall()]

    def marked(self, mailbox: str, copies: Sequence[Copy]) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "UPDATE mail_copy SET marked_at = clock_timestamp() WHERE mailbox = %s AND key = ANY(%s)",
                (mailbox, [copy.key for copy in copies]),
            )


class PostgresMailLessons:
    """MailLessons on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def newest_lesson(self) -> int:
        with statements(self._pool) as connection:
            row = connection.execute("SELECT max(id) AS id FROM mail_event WHERE mail_class IS NOT NULL").fetchone()
        return (row and row["id"]) or 0

    def lessons(self, most: int) -> list[tuple[MailClass, bytes]]:
        with statements(self._pool) as connection:
            rows = connection.execute(_LESSONS, (most,)).fetchall()
        return [(MailClass(row["mail_class"]), row["raw"]) for row in reversed(rows)]


class PostgresMailLinking:
    """MailLinking on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def link(self, mail_id: int, inbound_id: int, record: Record, reason: str, seen: int | None) -> None:
        with statements(self._pool) as connection:
            if connection.execute("SELECT FROM mail_event WHERE inbound_id = %s", (inbound_id,)).fetchone() is not None:
                return  # by a job that died before it could say so
            asked = (inbound_id, seen, record.model, record.id, record.name, reason, mail_id)
            if not connection.execute(_LINK, asked).rowcount:
                raise RecordMissing(f"There is no mail M{mail_id}; `expediter mail list` shows those that came.")
