"""Whose account of the messenger is whose."""

from collections.abc import Collection
from typing import LiteralString

from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from agent.domain.messenger import Link
from agent.errors import PreconditionFailed
from integrations.database import rows
from integrations.database.pool import Pool, statements

_LINKS = """
    SELECT slack_link.id AS link_id, team, slack_user, slack_link.email AS link_email, verified_at, confirmed_at, person.*
    FROM slack_link JOIN person ON person.id = person_id
    WHERE ended_at IS NULL AND active AND lower(slack_link.email) = lower(person.email)
"""
_MAKE = """
    INSERT INTO slack_link (team, slack_user, person_id, email)
    SELECT %(team)s, %(account)s, min(id), %(email)s FROM person WHERE active AND email <> '' AND lower(email) = lower(%(email)s)
    HAVING count(*) = 1
    ON CONFLICT DO NOTHING
"""

_SET: LiteralString = "UPDATE slack_link SET {0} = clock_timestamp() WHERE id = %s AND ended_at IS NULL"


class PostgresLinks:
    """Links on a pool of serve's role; the worker's may only read."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def of_account(self, team: str, account: str) -> Link | None:
        with statements(self._pool) as connection:
            row = connection.execute(_LINKS + " AND team = %s AND slack_user = %s", (team, account)).fetchone()
        return _link(row) if row else None

    def of_accounts(self, team: str, accounts: Collection[str]) -> list[Link]:
        with statements(self._pool) as connection:
            found = connection.execute(_LINKS + " AND team = %s AND slack_user = ANY (%s)", (team, list(accounts)))
            return [_link(row) for row in found.fetchall()]

    def of_person(self, team: str, person_id: int) -> Link | None:
        with statements(self._pool) as connection:
            row = connection.execute(_LINKS + " AND team = %s AND person_id = %s", (team, person_id)).fetchone()
        return _link(row) if row else None

    def make(self, team: str, account: str, email: str) -> Link | None:
        try:
            with statements(self._pool) as connection:
                connection.execute(_MAKE, {"team": team, "account": account, "email": email})
        except PreconditionFailed:
            return None
        return self.of_account(team, account)

    def verified(self, link_id: int) -> None:
        """Raises PreconditionFailed when the address is no longer that of this one person."""
        self._set("verified_at", link_id)

    def confirm(self, link_id: int) -> None:
        """Raises PreconditionFailed as `verified` does."""
        self._set("confirmed_at", link_id)

    def end(self, link_id: int, why: str) -> None:
        with statements(self._pool) as connection:
            connection.execute(
                "UPDATE slack_link SET ended_at = clock_timestamp(), ended_why = %s WHERE id = %s AND ended_at IS NULL",
                (why[:500], link_id),
            )

    def _set(self, column: LiteralString, link_id: int) -> None:
        with statements(self._pool) as connection:
            connection.execute(SQL(_SET).format(Identifier(column)), (link_id,))


def _link(row: DictRow) -> Link:
    return Link(
        id=row["link_id"],
        team=row["team"],
        account=row["slack_user"],
        person=rows.person(row),
        email=row["link_email"],
        verified_at=row["verified_at"],
        confirmed=row["confirmed_at"] is not None,
    )
