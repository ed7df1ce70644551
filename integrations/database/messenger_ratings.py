"""Whether answers helped."""

from integrations.database.pool import Pool, statements

_RATE = """
    INSERT INTO slack_rating (inbound_id, person_id, helpful, reason)
    SELECT inbound_id, %(person)s, %(helpful)s, %(reason)s FROM slack_question WHERE inbound_id = %(inbound)s
"""


class PostgresRatings:
    """Ratings on a pool of serve's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def rate(self, inbound_id: int, person_id: int, helpful: bool, reason: str | None = None) -> bool:
        given = {"inbound": inbound_id, "person": person_id, "helpful": helpful, "reason": (reason or "").strip() or None}
        with statements(self._pool) as connection:
            return bool(connection.execute(_RATE, given).rowcount)
