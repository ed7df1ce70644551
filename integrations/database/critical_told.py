"""Which critical findings somebody was told of."""

from collections.abc import Collection
from typing import Any

from agent.domain.messenger import SendMethod
from agent.ports.critical_told import Untold
from integrations.database.messenger_outbox import enqueue
from integrations.database.pool import Pool, statements, transaction

_NEW = """
    SELECT coalesce(max(id), 0) AS as_of, ARRAY(
        SELECT DISTINCT finding_id FROM finding_event AS became
        WHERE kind IN ('opened', 'reopened', 'escalated') AND severity = 'critical' AND at > clock_timestamp() - interval '1 day'
        AND NOT EXISTS (
            SELECT FROM critical_told AS told
            WHERE told.finding_id = became.finding_id AND told_at > became.at - interval '1 day')
    ) AS findings FROM critical_told
"""


class PostgresCriticalTold:
    """CriticalTold on a pool of the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def new(self) -> Untold:
        with statements(self._pool) as connection:
            [row] = connection.execute(_NEW).fetchall()
            return Untold(frozenset(row["findings"]), row["as_of"])

    def tell(self, new: Untold, finding_ids: Collection[int], channel: str, payload: dict[str, Any]) -> None:
        with transaction(self._pool) as connection:
            # One message can follow what was told last, whatever it tells of: its name is a unique key.
            if enqueue(connection, SendMethod.MESSAGE, channel, payload, dedupe=f"critical-after:{new.as_of}"):
                connection.execute("INSERT INTO critical_told (finding_id) SELECT unnest(%s::bigint[])", (sorted(finding_ids),))
