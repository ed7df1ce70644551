"""The executor's part of the ledger."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.decisions import Attempt, Grant, Outcome
from integrations.database import rows
from integrations.database.json_text import jsonb
from integrations.database.pool import statements, transaction
from integrations.database.proposal_book import PostgresProposalBook

_OPEN_GRANTS = """
    SELECT approval_grant.id, approval_grant.proposal_id, approval_grant.sha256, policy_version, granted_at,
        approval_grant.expires_at
    FROM approval_grant
    LEFT JOIN execution ON execution.grant_id = approval_grant.id
    LEFT JOIN execution_outcome ON execution_outcome.execution_id = execution.id
    JOIN proposal ON proposal.id = approval_grant.proposal_id
    WHERE execution_outcome.execution_id IS NULL AND (execution.id IS NOT NULL OR approval_grant.expires_at > clock_timestamp()
        AND held_back(proposal.action) IS NULL AND in_the_way_of(proposal.id) IS NULL)
    ORDER BY approval_grant.id
"""
#: Nothing of a claim has to survive a power cut, so its end does not wait for the disk; see `statements`.
_CLAIM = "SELECT claim(%s) AS mine, set_config('synchronous_commit', 'off', true)"
_ATTEMPTS = """
    SELECT number, clock_timestamp() - coalesce(at, started_at) AS age, execution_sending.number IS NOT NULL AS sent
    FROM execution_attempt LEFT JOIN execution_sending USING (execution_id, number)
    WHERE execution_id = %s ORDER BY number
"""
#: The attempt and that it is about to be sent, together or not at all.
_SENDING = """
    WITH logged AS (
        INSERT INTO execution_attempt (execution_id, number)
        SELECT %(id)s, 1 + coalesce(max(number), 0) FROM execution_attempt WHERE execution_id = %(id)s
        RETURNING execution_id, number
    )
    INSERT INTO execution_sending (execution_id, number) SELECT execution_id, number FROM logged
"""


class PostgresExecutionDesk(PostgresProposalBook):
    """ExecutionDesk on a pool of the executor's role; a claimed grant holds one of its connections."""

    def open_grants(self) -> list[Grant]:
        with statements(self._pool) as connection:
            return [rows.grant(row) for row in connection.execute(_OPEN_GRANTS).fetchall()]

    @contextmanager
    def claimed(self, grant: Grant) -> Iterator[bool]:
        with transaction(self._pool) as connection:
            row = connection.execute(_CLAIM, (grant.id,)).fetchone()
            yield bool(row and row["mine"])

    def begin(self, grant: Grant) -> tuple[int, Sequence[Attempt]]:
        """Raises NotPermitted when the grant lapsed before anybody began, is not one, or waits for what touches the same."""
        with statements(self._pool) as connection:
            execution_id = _execution(connection, grant)
            if execution_id is None:
                return _new_execution(connection, grant), ()
            attempts = connection.execute(_ATTEMPTS, (execution_id,)).fetchall()
        return execution_id, tuple(Attempt(row["number"], row["age"], row["sent"]) for row in attempts)

    def sending(self, execution_id: int) -> None:
        """Raises NotPermitted when the grant has lapsed or the execution has ended."""
        with statements(self._pool) as connection:
            connection.execute(_SENDING, {"id": execution_id})

    def finish(self, execution_id: int, outcome: Outcome, detail: str, evidence: dict[str, Any]) -> None:
        """Raises NotPermitted when it has ended before."""
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO execution_outcome (execution_id, outcome, detail, evidence) VALUES (%s, %s, %s, %s)",
                (execution_id, outcome.value, detail, jsonb(evidence)),
            )


def _execution(connection: Connection[DictRow], grant: Grant) -> int | None:
    row = connection.execute("SELECT id FROM execution WHERE grant_id = %s", (grant.id,)).fetchone()
    return int(row["id"]) if row else None


def _new_execution(connection: Connection[DictRow], grant: Grant) -> int:
    row = connection.execute(
        "INSERT INTO execution (grant_id, proposal_id, sha256) VALUES (%s, %s, %s)"
        " RETURNING id, set_config('synchronous_commit', 'off', true)",  # see `statements`
        (grant.id, grant.proposal_id, grant.sha256),
    ).fetchone()
    assert row is not None
    return int(row["id"])
