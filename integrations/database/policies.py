"""The policy's versions."""

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.policies import StoredPolicy
from agent.errors import RecordMissing
from agent.guardrails.policy import Policy
from integrations.database.pool import Pool, statements, transaction

_STORED = """
    SELECT policy_version.*, person.handle, policy_in_force.since
    FROM policy_version LEFT JOIN person ON person.id = policy_version.author_id
    LEFT JOIN policy_in_force ON policy_in_force.id = policy_version.id
"""
_RUNNING = """
    SELECT execution.id FROM execution JOIN execution_attempt ON execution_attempt.execution_id = execution.id
    WHERE execution.sha256 = %s AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_id = execution.id)
    ORDER BY execution_attempt.started_at DESC LIMIT 1
"""


class PostgresPolicyShelf:
    """PolicyShelf on a pool of any role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def in_force(self) -> StoredPolicy | None:
        with statements(self._pool) as connection:
            row = connection.execute(_STORED + "WHERE policy_in_force.id IS NOT NULL").fetchone()
        return _policy(row) if row else None

    def version_in_force(self) -> str | None:
        with statements(self._pool) as connection:
            row = connection.execute("SELECT version FROM policy_in_force").fetchone()
        return str(row["version"]) if row else None

    def stored(self, version: str) -> StoredPolicy:
        with transaction(self._pool) as connection:
            return _stored(connection, version)

    def all(self) -> list[StoredPolicy]:
        with statements(self._pool) as connection:
            return [_policy(row) for row in connection.execute(_STORED + "ORDER BY policy_version.id DESC").fetchall()]


class PostgresPolicyDesk(PostgresPolicyShelf):
    """PolicyDesk on a pool of serve's role."""

    def store(self, version: str, text: str, *, person_id: int, reason: str) -> StoredPolicy:
        with transaction(self._pool) as connection:
            connection.execute(
                "INSERT INTO policy_version (version, text, author_id, reason) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (version) DO NOTHING",
                (version, text, person_id, reason),
            )
            return _stored(connection, version)


class PostgresPolicySwitch(PostgresPolicyShelf):
    """PolicySwitch on a pool of the executor's role."""

    def activate(self, version: str, sha256: str) -> None:
        with transaction(self._pool) as connection:
            running = connection.execute(_RUNNING, (sha256,)).fetchone()
            connection.execute(
                "INSERT INTO policy_activation (policy_id, execution_id) VALUES (%s, %s)",
                (_stored(connection, version).id, running and running["id"]),
            )


def seed_policy(pool: Pool, policy: Policy) -> bool:
    """As the owner: the first policy, from a file. False where one is in force; only the demo company follows the program."""
    with transaction(pool) as connection:
        row = connection.execute("SELECT version, EXISTS (SELECT FROM person WHERE demo) AS demo FROM policy_in_force").fetchone()
        if row is not None and (row["version"] == policy.version or not row["demo"]):
            return False
        connection.execute(
            "INSERT INTO policy_version (version, text, reason) VALUES (%s, %s, %s) ON CONFLICT (version) DO NOTHING",
            (policy.version, policy.text, "The file that Expediter was started with."),
        )
        connection.execute("INSERT INTO policy_activation (policy_id) VALUES (%s)", (_stored(connection, policy.version).id,))
    return True


def _stored(connection: Connection[DictRow], version: str) -> StoredPolicy:
    row = connection.execute(_STORED + "WHERE policy_version.version = %s", (version,)).fetchone()
    if row is None:
        raise RecordMissing(f"There is no policy {version}; `expediter policy list` shows those there are.")
    return _policy(row)


def _policy(row: DictRow) -> StoredPolicy:
    return StoredPolicy(
        row["id"], row["version"], row["text"], row["sha256"], row["handle"], row["reason"], row["created_at"], row["since"]
    )
