"""What is forgotten after its time, and whom; the audit chain still verifies, and says what was erased and why."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL

from agent.errors import PreconditionFailed, RecordMissing
from agent.guardrails.audit import CONVERSATION, KEPT_FOR_EVER, AuditKind
from integrations.database.pool import Pool, statements, transaction

_OLD = SQL("SELECT id, conversation_id FROM inbound WHERE received_at < %(before)s")
_THEIRS = SQL("SELECT id, conversation_id FROM inbound WHERE person_id = %(person)s")
#: What is said to be theirs in the log: not what they decided, on which the company's books rest.
_PERSONAL = (
    *CONVERSATION,
    AuditKind.PERSON_ADDED,
    AuditKind.PERSON_CHANGED,
    AuditKind.TOKEN_ISSUED,
    AuditKind.TOKEN_CHANGED,
    AuditKind.ACCOUNT_LINKED,
    AuditKind.ACCOUNT_CONFIRMED,
    AuditKind.ACCOUNT_UNLINKED,
    AuditKind.ERP_USER_CONFIRMED,
    AuditKind.ERP_USER_REFUSED,
    AuditKind.ERP_USER_UNLINKED,
)
_PERSONAL_ENTRIES = """
    SELECT seq FROM audit_chain JOIN audit_entry ON audit_entry.id = audit_chain.entry_id
    JOIN audit_payload USING (entry_id)
    WHERE (person_id = %s AND kind = ANY (%s)) OR (kind = 'finding.assigned' AND body::jsonb ->> 'owner' = %s) ORDER BY seq
"""

_NOBODY = """
    UPDATE person SET handle = 'erased-' || id, name = 'Erased', email = '', roles = '{}', active = false WHERE id = %s
"""
_FORGET = (
    SQL("DELETE FROM slack_rating WHERE inbound_id IN (SELECT id FROM ({which}) AS gone)"),
    SQL("DELETE FROM answer_part WHERE inbound_id IN (SELECT id FROM ({which}) AS gone)"),
    SQL("DELETE FROM langgraph.checkpoints WHERE thread_id IN (SELECT conversation_id FROM ({which}) AS gone)"),
    SQL("DELETE FROM langgraph.checkpoint_blobs WHERE thread_id IN (SELECT conversation_id FROM ({which}) AS gone)"),
    SQL("DELETE FROM langgraph.checkpoint_writes WHERE thread_id IN (SELECT conversation_id FROM ({which}) AS gone)"),
    SQL("UPDATE inbound SET text = '(erased)' WHERE id IN (SELECT id FROM ({which}) AS gone)"),
)


class Retention:
    """On a pool of the owner's role: no process may erase anything."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def prune(self, before: datetime, reason: str, kinds: Sequence[AuditKind] = CONVERSATION) -> int:
        """Erase what entries of these kinds said before a moment; with conversations also their text and the model's memory.

        Returns how many payloads went. Raises PreconditionFailed without a reason, and for kinds that prove an erasure.
        """
        if kept := sorted(set(kinds) & set(KEPT_FOR_EVER)):
            raise PreconditionFailed(f"{kept[0]} proves that something was erased, so it is kept.")
        with transaction(self._pool) as connection:
            if set(CONVERSATION) <= set(kinds):
                _forget_conversations(connection, _OLD, {"before": before})
            row = connection.execute(
                "SELECT prune(%s, %s, %s) AS gone", (before, [kind.value for kind in kinds], _given(reason))
            ).fetchone()
        assert row is not None
        return int(row["gone"])

    def erase_entry(self, seq: int, reason: str) -> None:
        """Raises NotPermitted when there is no such entry or it was erased before, PreconditionFailed without a reason."""
        with statements(self._pool) as connection:
            connection.execute("SELECT erase(%s, %s)", (seq, _given(reason)))

    def erase_person(self, handle: str, reason: str) -> int:
        """Take away a person's name, address, roles and tokens, and what they asked and were told.

        What they proposed and decided stays, under a number instead of a name. Returns how many audit payloads were erased.
        Raises RecordMissing, and PreconditionFailed without a reason.
        """
        said = _given(reason)
        with transaction(self._pool) as connection:
            found = connection.execute("SELECT id FROM person WHERE handle = %s FOR UPDATE", (handle,)).fetchone()
            if found is None:
                raise RecordMissing(f"There is no person `{handle}`; `expediter person list` shows who there is.")
            person = found["id"]
            _forget_conversations(connection, _THEIRS, {"person": person})
            connection.execute("DELETE FROM erp_user_said WHERE person_id = %s", (person,))
            connection.execute("DELETE FROM erp_user_found WHERE person_id = %s", (person,))
            connection.execute("DELETE FROM slack_link WHERE person_id = %s", (person,))
            connection.execute("DELETE FROM person_token WHERE person_id = %s", (person,))
            connection.execute(_NOBODY, (person,))
            entries = connection.execute(_PERSONAL_ENTRIES, (person, [kind.value for kind in _PERSONAL], handle)).fetchall()
            for entry in entries:
                connection.execute("SELECT erase(%s, %s)", (entry["seq"], said))
        return len(entries)


def _forget_conversations(connection: Connection[DictRow], which: SQL, arguments: dict[str, object]) -> None:
    for statement in _FORGET:
        connection.execute(statement.format(which=which), arguments)


def _given(reason: str) -> str:
    if not reason.strip():
        raise PreconditionFailed("Say why it is erased; the reason stays in the audit log.")
    return reason.strip()
