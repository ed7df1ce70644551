"""The shared inbox in PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.mail import MailClass, ParsedMail, Priority
from agent.domain.mailbox import Copy, Fetched, InboxMail, KeptMail
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
    SELECT id, raw, head, authserv, message_id IS NOT NULL AND EXISTS (
            SELECT FROM mail AS other WHERE other.message_id = mail.message_id AND other.id < mail.id) AS message_id_taken,
        (SELECT count(*) FROM mail_attempt WHERE mail_id = mail.id) AS attempts
    FROM mail WHERE id = %s
"""
_LOOKED = """
    INSERT INTO mailbox (name, cursor) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, looked_at = clock_timestamp()
"""
_UNMARKED = """
    SELECT key FROM mail_copy JOIN mail_triage USING (mail_id) WHERE mailbox = %s AND marked_at IS NULL ORDER BY mail_id LIMIT 500
"""
_SHOWN = """
    SELECT mail.id, mail.mailbox, sender, subject, sent_at, received_at, mail_class, priority, result,
        coalesce(needs_person, false) AS needs_person
    FROM mail LEFT JOIN mail_triage ON mail_id = mail.id
"""
_MOST_URGENT = (
    _SHOWN
    + """
    WHERE (NOT %(open_only)s OR needs_person) AND (%(mail_class)s::text IS NULL OR mail_class = %(mail_class)s)
    ORDER BY coalesce(priority, 'P3'), mail.id LIMIT %(limit)s
"""
)
_ONE = _SHOWN + "WHERE mail.id = %s"


@dataclass(frozen=True, slots=True)
class _Claim:
    mail: KeptMail
    connection: Connection[DictRow]

    def read(self, result: dict[str, Any]) -> None:
        self.connection.execute(
            "INSERT INTO mail_triage (mail_id, mail_class, priority, needs_person, result) VALUES (%s, %s, %s, %s, %s)",
            (self.mail.id, result["class"], result["priority"], result["needs_person"], jsonb(result)),
        )


class PostgresMailLedger:
    """MailLedger on a pool of the worker's role; a claimed mail holds one of its connections."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def cursor(self, mailbox: str) -> str | None:
        with statements(self._pool) as connection:
            row = connection.execute("SELECT cursor FROM mailbox WHERE name = %s", (mailbox,)).fetchone()
        return str(row["cursor"]) if row else None

    def unknown(self, mailbox: str, copies: Sequence[Copy]) -> list[Copy]:
        with statements(self._pool) as connection:
            found = connection.execute(
                "SELECT key FROM mail_copy WHERE mailbox = %s AND key = ANY(%s)", (mailbox, [copy.key for copy in copies])
            )
            known = {row["key"] for row in found}
        return [copy for copy in copies if copy.key not in known]

    def take_in(self, source: MailSource, fetched: Fetched, mail: ParsedMail, identity: str) -> bool:
        with transaction(self._pool) as connection:
            taken = connection.execute(
                _TAKE_IN,
                (
                    identity, source.name, source.authserv, mail.message_id, mail.sender, mail.subject, mail.sent_at,
                    fetched.raw, fetched.head,
                ),
            )  # fmt: skip
            connection.execute(_COPY, (source.name, fetched.copy.key, identity))
            return taken.rowcount == 1

    def looked(self, mailbox: str, cursor: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(_LOOKED, (mailbox, cursor))

    @contextmanager
    def claimed(self) -> Iterator[_Claim | None]:
        with transaction(self._pool) as connection:
            row = connection.execute("SELECT claim_mail() AS id").fetchone()
            if row is None or row["id"] is None:
                yield None
                return
            self._begun(row["id"])
            kept = connection.execute(_KEPT, (row["id"],)).fetchone()
            assert kept is not None
            yield _Claim(KeptMail(**kept), connection)

    def _begun(self, mail_id: int) -> None:
        """Apart from the claim: it has to outlive a process that dies of the mail."""
        with statements(self._pool) as connection:
            connection.execute("INSERT INTO mail_attempt (mail_id) VALUES (%s)", (mail_id,))

    def unmarked(self, mailbox: str) -> list[Copy]:
        with statements(self._pool) as connection:
            return [Copy(row["key"]) for row in connection.execute(_UNMARKED, (mailbox,)).fetchall()]

    def marked(self, mailbox: str, copies: Sequence[Copy]) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "UPDATE mail_copy SET marked_at = clock_timestamp() WHERE mailbox = %s AND key = ANY(%s)",
                (mailbox, [copy.key for copy in copies]),
            )


class PostgresInbox:
    """InboxReading on a pool of serve's or the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def mails(self, *, open_only: bool = False, mail_class: str | None = None, limit: int = 50) -> list[InboxMail]:
        wanted = {"open_only": open_only, "mail_class": mail_class, "limit": limit}
        with statements(self._pool) as connection:
            return [_shown(row) for row in connection.execute(_MOST_URGENT, wanted).fetchall()]

    def mail(self, mail_id: int) -> InboxMail:
        with statements(self._pool) as connection:
            row = connection.execute(_ONE, (mail_id,)).fetchone()
        if row is None:
            raise RecordMissing(f"There is no mail M{mail_id}; `expediter mail list` shows those that came.")
        return _shown(row)


def _shown(row: DictRow) -> InboxMail:
    return InboxMail(
        id=row["id"],
        mailbox=row["mailbox"],
        sender=row["sender"],
        subject=row["subject"],
        sent_at=row["sent_at"],
        received_at=row["received_at"],
        mail_class=MailClass(row["mail_class"]) if row["mail_class"] else None,
        priority=Priority(row["priority"]) if row["priority"] else None,
        needs_person=row["needs_person"],
        triage=row["result"],
    )
