"""Which critical findings somebody was told of."""

from collections.abc import Collection

from integrations.database.pool import Pool, statements

_NEW = """
    SELECT DISTINCT finding_id FROM finding_event AS became
    WHERE kind IN ('opened', 'reopened', 'escalated') AND severity = 'critical' AND at > clock_timestamp() - interval '1 day'
    AND NOT EXISTS (
        SELECT FROM critical_told AS told WHERE told.finding_id = became.finding_id AND told_at > became.at - interval '1 day')
"""


class PostgresCriticalTold:
    """CriticalTold on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def new(self) -> frozenset[int]:
        with statements(self._pool) as connection:
            return frozenset(row["finding_id"] for row in connection.execute(_NEW).fetchall())

    def told(self, finding_ids: Collection[int]) -> None:
        with statements(self._pool) as connection:
            connection.execute("INSERT INTO critical_told (finding_id) SELECT unnest(%s::bigint[])", (sorted(finding_ids),))
