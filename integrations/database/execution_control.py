"""Serve's part of executions: it records who holds them, and who looked what became of one."""

from agent.domain.decisions import ExecutionLimit
from agent.errors import RecordMissing
from integrations.database.pool import Pool, statements

_LIMITS = """
    SELECT action, per_hour, handle AS by, reason, at AS since
    FROM execution_limited JOIN person ON person.id = person_id WHERE per_hour IS NOT NULL ORDER BY action
"""
_RESOLVE = """
    INSERT INTO execution_resolution (execution_id, took_effect, person_id, reason)
    SELECT execution.id, %s, %s, %s FROM execution WHERE proposal_id = %s
"""


class PostgresExecutionControl:
    """ExecutionControl on a pool of serve's role; reading works for every role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def limits(self) -> list[ExecutionLimit]:
        with statements(self._pool) as connection:
            return [ExecutionLimit(**row) for row in connection.execute(_LIMITS).fetchall()]

    def limit(self, action: str, per_hour: int | None, *, person_id: int, reason: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO execution_limit (action, per_hour, person_id, reason) VALUES (%s, %s, %s, %s)",
                (action, per_hour, person_id, reason.strip()),
            )

    def resolve(self, proposal_id: int, took_effect: bool, *, person_id: int, reason: str) -> None:
        with statements(self._pool) as connection:
            if not connection.execute(_RESOLVE, (took_effect, person_id, reason.strip(), proposal_id)).rowcount:
                raise RecordMissing(f"P{proposal_id} was never carried out, so there is nothing to resolve.")
