"""The last scan, for whoever holds no ERP credential."""

from typing import Any

from agent.domain.findings import RiskReport
from integrations.database.json_text import jsonb
from integrations.database.pool import Pool, transaction


class PostgresRiskBoard:
    """RiskBoard on a pool: the worker publishes, serve and the worker read. The database keeps the latest twenty."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def publish(self, report: RiskReport, rows: list[dict[str, Any]]) -> None:
        with transaction(self._pool) as connection:
            connection.execute(
                "INSERT INTO risk_scan (as_of, open_orders, orders) VALUES (%s, %s, %s)",
                (report.as_of, report.open_orders, jsonb(rows)),
            )

    def latest(self) -> dict[str, Any] | None:
        with transaction(self._pool) as connection:
            row = connection.execute("SELECT as_of, open_orders, orders FROM risk_scan ORDER BY id DESC LIMIT 1").fetchone()
        return {**row, "as_of": row["as_of"].isoformat()} if row else None
