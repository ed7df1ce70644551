"""What answering a mail takes, and how far sending an answer has come, in PostgreSQL."""

from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.letters import Letter, Stage
from agent.domain.mail import MailClass, Trust
from agent.errors import NotPermitted, RecordMissing
from integrations.database.pool import Pool, statements

_LETTER = """
    SELECT mail.id, mailbox, sender, subject, message_id, coalesce(reply_to, '{}') AS reply_to, coalesce(thread, '{}') AS thread,
        known_mail.mail_class, known_mail.mail_class <> mail_triage.mail_class AS corrected, result,
        (SELECT count(*) FROM mail_answering WHERE recipient = sender
            AND at BETWEEN received_at - interval '24 hours' AND received_at) AS answers_before,
        (SELECT count(*) FROM mail_answering WHERE recipient = ANY(sender || coalesce(reply_to, '{}'))
            AND at > clock_timestamp() - interval '24 hours') AS answers_lately,
        (SELECT min(proposal_id) FROM mail_answering WHERE mail_answering.mail_id = mail.id) AS answered_by
    FROM mail LEFT JOIN mail_envelope ON mail_envelope.mail_id = mail.id LEFT JOIN mail_triage ON mail_triage.mail_id = mail.id
    LEFT JOIN known_mail ON known_mail.mail_id = mail.id
    WHERE mail.id = %s
"""
_NOTE = """
    INSERT INTO mail_sending (execution_id, number, stage, said)
    SELECT execution.id, max(execution_sending.number), %(stage)s, left(%(said)s, 2000)
    FROM execution JOIN execution_sending ON execution_sending.execution_id = execution.id
    WHERE sha256 = %(sha256)s AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_outcome.execution_id = execution.id)
        AND (%(stage)s = 'begun' OR EXISTS (
            SELECT FROM mail_sending WHERE mail_sending.execution_id = execution.id AND stage = 'begun'))
    GROUP BY execution.id ON CONFLICT DO NOTHING
"""
_STAGE = """
    SELECT EXISTS (SELECT FROM mail_sending WHERE execution_id = execution.id AND stage = 'accepted') AS accepted,
        EXISTS (SELECT FROM mail_answering WHERE execution_id = execution.id) AS begun,
        EXISTS (SELECT FROM mail_sending WHERE execution_id = execution.id) AS anything
    FROM execution
    WHERE sha256 = %s AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_outcome.execution_id = execution.id)
"""


class PostgresLetters:
    """Letters on a pool of any role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def letter(self, mail_id: int) -> Letter:
        with statements(self._pool) as connection:
            return read_letter(connection, mail_id)


class PostgresSendingLog:
    """SendingLog on a pool of the executor's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def begin(self, sha256: str) -> None:
        if not self._note(sha256, Stage.BEGUN):
            raise NotPermitted("An answer is sent only while its approved proposal is carried out, and begun once an attempt.")

    def accepted(self, sha256: str) -> None:
        self._note(sha256, Stage.ACCEPTED)

    def refused(self, sha256: str, said: str) -> None:
        self._note(sha256, Stage.REFUSED, said)

    def stage(self, sha256: str) -> Stage | None:
        with statements(self._pool) as connection:
            row = connection.execute(_STAGE, (sha256,)).fetchone()
        if row is None or not row["anything"]:
            return None
        if row["accepted"]:
            return Stage.ACCEPTED
        return Stage.BEGUN if row["begun"] else Stage.REFUSED

    def _note(self, sha256: str, stage: Stage, said: str | None = None) -> bool:
        with statements(self._pool) as connection:
            noted = connection.execute(_NOTE, {"sha256": sha256, "stage": stage.value, "said": said})
        return noted.rowcount == 1


def read_letter(connection: Connection[DictRow], mail_id: int) -> Letter:
    """Raises RecordMissing."""
    row = connection.execute(_LETTER, (mail_id,)).fetchone()
    if row is None:
        raise RecordMissing(f"There is no mail M{mail_id}; `expediter mail list` shows those that came.")
    return _letter(row)


def _letter(row: DictRow) -> Letter:
    made: dict[str, Any] = row["result"] or {}
    return Letter(
        id=row["id"],
        mailbox=row["mailbox"],
        sender=row["sender"],
        reply_to=tuple(row["reply_to"]),
        subject=row["subject"],
        message_id=row["message_id"],
        thread=tuple(row["thread"]),
        mail_class=MailClass(row["mail_class"]) if row["mail_class"] else None,
        trust=Trust(made.get("trust", Trust.UNKNOWN)),
        flags=frozenset(made.get("flags", ())),
        automatic=bool(made.get("automatic", False)),
        language=made.get("language", "unknown"),
        # Of another class it was prepared for another question.
        draft=None if row["corrected"] else made.get("draft"),
        answers_before=row["answers_before"],
        answers_lately=row["answers_lately"],
        answered_by=row["answered_by"],
    )
