"""Carrier reports, and the worker's look at its own affairs, in PostgreSQL."""

from datetime import datetime

from psycopg.rows import DictRow

from agent.domain.affairs import CarrierReport, ShipmentStatus
from agent.domain.given_up import GivenUpJob
from integrations.database.given_up import PostgresGivenUpJobs
from integrations.database.pool import Pool, statements

_LATEST = """
    SELECT * FROM (SELECT DISTINCT ON (tracking) * FROM carrier_report ORDER BY tracking, occurred_at DESC, id DESC) AS latest
    WHERE status NOT IN ('delivered', 'cancelled') AND greatest(occurred_at, eta) >= %s ORDER BY id
"""
_REPORT = """
    INSERT INTO carrier_report (tracking, status, eta, said, occurred_at, reported_by) VALUES (%s, %s, %s, %s, %s, %s) RETURNING *
"""


class PostgresOwnAffairs:
    """OwnAffairs on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def failures(self, since: datetime) -> list[GivenUpJob]:
        return PostgresGivenUpJobs(self._pool).since(since)

    def carrier_reports(self, since: datetime) -> list[CarrierReport]:
        with statements(self._pool) as connection:
            return [_report(row) for row in connection.execute(_LATEST, [since]).fetchall()]


class PostgresCarrierDesk:
    """CarrierDesk on a pool of serve's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def report(
        self, tracking: str, status: ShipmentStatus, eta: datetime | None, said: str, occurred_at: datetime, person_id: int
    ) -> CarrierReport:
        with statements(self._pool) as connection:
            row = connection.execute(_REPORT, [tracking, status.value, eta, said, occurred_at, person_id]).fetchone()
        assert row is not None
        return _report(row)


def _report(row: DictRow) -> CarrierReport:
    return CarrierReport(
        row["id"], row["tracking"], ShipmentStatus(row["status"]), row["eta"], row["said"], row["occurred_at"]
    )  # fmt: skip
