"""Serve's part of a finding's life: it records what people say."""

from agent.domain.finding_life import Deed
from agent.errors import RecordMissing
from integrations.database.pool import statements
from integrations.database.risk_reading import PostgresRiskReading

_SAY = """
    INSERT INTO finding_event (finding_id, kind, person_id, severity, until, owner_id, reason)
    SELECT id, %s, %s, %s, %s, %s, %s FROM finding WHERE id = %s
"""


class PostgresFindingDesk(PostgresRiskReading):
    """FindingDesk on a pool of serve's role."""

    def say(self, finding_id: int, person_id: int, deed: Deed) -> None:
        said = [deed.kind.value, person_id, deed.severity.value, deed.until, deed.owner_id, deed.reason.strip(), finding_id]
        with statements(self._pool) as connection:
            if not connection.execute(_SAY, said).rowcount:
                raise RecordMissing(f"There is no finding F{finding_id}; `expediter risk findings` shows those that exist.")
