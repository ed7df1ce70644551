"""Who is who in the ERP, in PostgreSQL."""

from agent.domain.erp_users import ErpUser, FoundUser, Said
from integrations.database.pool import Pool, statements

_OF = "SELECT id, erp_id, login, name, why, said FROM erp_user WHERE person_id = %s"
_NOTE = """
    INSERT INTO erp_user_found (person_id, email, erp_id, login, name, why)
    SELECT %(person)s, %(email)s, %(erp_id)s::bigint, %(login)s::text, %(name)s::text, %(why)s::text WHERE NOT EXISTS (
        SELECT FROM erp_user WHERE person_id = %(person)s
        AND (erp_id, login, name, why) IS NOT DISTINCT FROM (%(erp_id)s::bigint, %(login)s::text, %(name)s::text, %(why)s::text))
"""


class PostgresErpUsers:
    """ErpUserBook: `say` on a pool of serve's role, `note` on one of the worker's."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def of(self, person_id: int) -> FoundUser | None:
        with statements(self._pool) as connection:
            row = connection.execute(_OF, [person_id]).fetchone()
        if row is None:
            return None
        user = ErpUser(row["erp_id"], row["login"], row["name"]) if row["erp_id"] is not None else None
        return FoundUser(row["id"], user, row["why"] or "", Said(row["said"]) if row["said"] else None)

    def note(self, person_id: int, email: str, user: ErpUser | None, why: str) -> bool:
        values = {
            "person": person_id,
            "email": email,
            "erp_id": user.id if user else None,
            "login": user.login[:300] if user else None,
            "name": user.name[:300] if user else None,
            "why": why[:500] or None,
        }
        with statements(self._pool) as connection:
            return bool(connection.execute(_NOTE, values).rowcount)

    def say(self, found_id: int, person_id: int, said: Said) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO erp_user_said (found_id, person_id, said) VALUES (%s, %s, %s)", (found_id, person_id, said.value)
            )
