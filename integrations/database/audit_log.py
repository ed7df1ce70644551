"""The log that cannot be quietly changed: writing, reading and verifying it."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL

from agent.domain.audit import AuditEntry, ChainCheck, Checkpoint
from integrations.database.audit_chain import verified
from integrations.database.json_text import jsonb
from integrations.database.pool import Pool, statements, transaction

_ENTRIES = SQL("""
    SELECT audit_chain.seq, at, kind, process, handle AS person, subject, body::jsonb AS payload, audit_chain.hash
    FROM audit_chain
    JOIN audit_entry ON audit_entry.id = audit_chain.entry_id
    LEFT JOIN audit_payload ON audit_payload.entry_id = audit_entry.id
    LEFT JOIN person ON person.id = audit_entry.person_id
""")
_LED_TO = SQL("""
    WITH RECURSIVE led_to AS (
        SELECT id FROM proposal
        WHERE (%(kind)s = 'proposal' AND id = %(id)s) OR (%(kind)s = 'inbound' AND inbound_id = %(id)s)
            OR (subject_model = %(kind)s AND subject_id = %(id)s)
        UNION SELECT proposal.id FROM proposal JOIN led_to ON proposal.inverse_of = led_to.id
    )
""")
_ABOUT = SQL("""
    WHERE subject = %(subject)s OR subject IN (SELECT 'proposal:' || id FROM led_to)
        OR subject = (SELECT 'person:' || id FROM person AS named WHERE %(kind)s = 'person' AND named.handle = %(name)s)
    ORDER BY seq
""")
_BETWEEN = SQL("""
    WHERE (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
    ORDER BY seq
""")


class PostgresAuditLog:
    """AuditLog on a pool: every process appends, serve and the worker read."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def append(self, kind: str, subject: str, payload: dict[str, Any]) -> None:
        """Recorded for good with the answer that follows it.

        Raises NotPermitted for kinds that the database writes itself. Whom it names is whose question `subject` is.
        """
        with statements(self._pool) as connection:
            connection.execute(
                "SELECT audit(%s, %s, %s), set_config('synchronous_commit', 'off', true)", (kind, subject, jsonb(payload))
            )

    def verify(self, elsewhere: Sequence[Checkpoint] = ()) -> ChainCheck:
        with transaction(self._pool) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return verified(connection, [*_stored_checkpoints(connection), *elsewhere])

    def checkpoints(self) -> list[Checkpoint]:
        with transaction(self._pool) as connection:
            return _stored_checkpoints(connection)

    def about(self, subject: str) -> list[AuditEntry]:
        """For a proposal also its inverse's; for a question or an ERP record the proposals it led to. A person's handle does."""
        kind, _, name = subject.rpartition(":")
        identity = int(name) if name.isdecimal() else None
        with statements(self._pool) as connection:
            arguments = {"kind": kind, "id": identity, "subject": subject, "name": name}
            found = connection.execute(_LED_TO + _ENTRIES + _ABOUT, arguments).fetchall()
        return [AuditEntry(**row) for row in found]

    def entries(self, since: datetime | None = None, until: datetime | None = None) -> Generator[AuditEntry, None, None]:
        """In the order of the chain, streamed; holds a connection until the iteration ends."""
        with transaction(self._pool) as connection:
            yield from _streamed(connection, since, until)


def _streamed(connection: Connection[DictRow], since: datetime | None, until: datetime | None) -> Iterator[AuditEntry]:
    with connection.cursor(name="audit_entries") as cursor:
        cursor.itersize = 1000
        cursor.execute(_ENTRIES + _BETWEEN, {"since": since, "until": until})
        for row in cursor:
            yield AuditEntry(**row)


def _stored_checkpoints(connection: Connection[DictRow]) -> list[Checkpoint]:
    """Oldest first."""
    return [Checkpoint(**row) for row in connection.execute("SELECT * FROM audit_checkpoint ORDER BY entries").fetchall()]
