"""Serve's part of the ledger: it records who clicked."""

from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from agent.domain.decisions import Grant, Verdict
from integrations.database import rows
from integrations.database.pool import transaction
from integrations.database.proposal_book import PostgresProposalBook
from integrations.database.queues import defer

EXECUTE_TASK = "execute_granted"


class PostgresDecisionDesk(PostgresProposalBook):
    """DecisionDesk on a pool of serve's role."""

    def decide(
        self,
        proposal_id: int,
        *,
        person_id: int,
        verdict: Verdict,
        step: int,
        earlier: int,
        sha256: str,
        reason: str,
        policy_version: str,
        rule: str,
        grant_until: datetime | None,
        for_person_id: int | None = None,
    ) -> Grant | None:
        """Record a decision, with `grant_until` also the grant and the hint to the executor, all or nothing.

        `grant_until` says that this was the last step; the grant ends then or with the proposal, whichever comes first.

        `earlier` is how many decisions were seen; one that came meanwhile may have been for the same step.

        Raises DecisionRefused with the database's sentence.
        """
        with transaction(self._pool) as connection:
            connection.execute(
                "INSERT INTO decision (proposal_id, sha256, step, earlier, person_id, for_person_id, verdict, reason,"
                " policy_version, rule) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (proposal_id, sha256, step, earlier, person_id, for_person_id, verdict.value, reason, policy_version, rule),
            )
            if grant_until is None:
                return None
            grant = _grant(connection, proposal_id, sha256, step + 1, policy_version, grant_until)
            defer(connection, EXECUTE_TASK, "executor", f"proposal:{proposal_id}", grant_id=grant.id)
            return grant


def _grant(
    connection: Connection[DictRow], proposal_id: int, sha256: str, steps: int, policy_version: str, until: datetime
) -> Grant:
    row = connection.execute(
        "INSERT INTO approval_grant (proposal_id, sha256, steps, policy_version, expires_at)"
        " SELECT id, %s, %s, %s, least(%s, expires_at) FROM proposal WHERE id = %s RETURNING *",
        (sha256, steps, policy_version, until, proposal_id),
    ).fetchone()
    assert row is not None
    return rows.grant(row)
