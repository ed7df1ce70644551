"""Quiet hours in PostgreSQL."""

from zoneinfo import ZoneInfo

from agent.domain.quiet_hours import QuietHours
from integrations.database.pool import Pool, statements

_KEEP = """
    INSERT INTO quiet_hours (person_id, begins, ends, zone) VALUES (%s, %s, %s, %s)
    ON CONFLICT (person_id) DO UPDATE SET begins = excluded.begins, ends = excluded.ends, zone = excluded.zone
"""


class PostgresQuietTimes:
    """QuietTimes on a pool of serve's role; the worker's can read."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def of(self, person_id: int) -> QuietHours | None:
        with statements(self._pool) as connection:
            row = connection.execute("SELECT begins, ends, zone FROM quiet_hours WHERE person_id = %s", [person_id]).fetchone()
        return QuietHours(row["begins"], row["ends"], ZoneInfo(row["zone"])) if row else None

    def keep(self, person_id: int, hours: QuietHours) -> None:
        with statements(self._pool) as connection:
            connection.execute(_KEEP, (person_id, hours.begins, hours.ends, hours.zone.key))

    def drop(self, person_id: int) -> None:
        with statements(self._pool) as connection:
            connection.execute("DELETE FROM quiet_hours WHERE person_id = %s", [person_id])
