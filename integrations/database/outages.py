"""Outages in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from agent.domain.outages import Neighbour, Outage
from integrations.database.pool import Pool, statements

_BEGIN = "INSERT INTO outage (part, since) VALUES (%s, %s) ON CONFLICT (part) WHERE over_at IS NULL DO NOTHING"
_END = "UPDATE outage SET over_at = greatest(%s, since) WHERE id = %s AND over_at IS NULL"


class PostgresOutages:
    """Outages on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def open(self) -> Sequence[Outage]:
        with statements(self._pool) as connection:
            found = connection.execute("SELECT id, part, since FROM outage WHERE over_at IS NULL ORDER BY id").fetchall()
        return [Outage(row["id"], Neighbour(row["part"]), row["since"]) for row in found]

    def begin(self, part: Neighbour, since: datetime) -> None:
        with statements(self._pool) as connection:
            connection.execute(_BEGIN, (part, since))

    def end(self, outage_id: int, at: datetime) -> None:
        with statements(self._pool) as connection:
            connection.execute(_END, (at, outage_id))
