"""Absences and deputies, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.rows import DictRow

from agent.domain.absences import Absence, StandIn
from agent.domain.decisions import Person
from agent.errors import RecordMissing
from integrations.database import rows
from integrations.database.pool import Pool, statements

_ABSENCES = """
    SELECT absence_valid.*, to_jsonb(person) AS person, to_jsonb(deputy) AS deputy FROM absence_valid
    JOIN person ON person.id = person_id JOIN person AS deputy ON deputy.id = deputy_id
"""
_REPRESENTED = """
    SELECT DISTINCT person.* FROM absence_valid JOIN person ON person.id = person_id
    WHERE deputy_id = %s AND active AND clock_timestamp() >= starts_at AND clock_timestamp() < ends_at ORDER BY person.id
"""
_STANDING_IN = """
    SELECT DISTINCT to_jsonb(deputy) AS deputy, to_jsonb(person) AS absent, deputy.handle, person.handle FROM absence_valid
    JOIN person ON person.id = person_id AND person.active JOIN person AS deputy ON deputy.id = deputy_id AND deputy.active
    WHERE clock_timestamp() >= starts_at AND clock_timestamp() < ends_at ORDER BY deputy.handle, person.handle
"""
_STOOD_IN = """
    SELECT EXISTS (SELECT FROM absence_valid
        WHERE deputy_id = %s AND person_id = %s AND starts_at <= %s AND ends_at > %s) AS stood_in
"""


class PostgresAbsences:
    """Absences on a pool of serve's role; looking who stands in works for every role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def represented_by(self, person_id: int) -> Sequence[Person]:
        with statements(self._pool) as connection:
            return [rows.person(row) for row in connection.execute(_REPRESENTED, (person_id,)).fetchall()]

    def standing_in(self) -> Sequence[StandIn]:
        with statements(self._pool) as connection:
            found = connection.execute(_STANDING_IN).fetchall()
        return [StandIn(rows.person(row["deputy"]), rows.person(row["absent"])) for row in found]

    def stood_in(self, deputy_id: int, person_id: int, at: datetime) -> bool:
        with statements(self._pool) as connection:
            row = connection.execute(_STOOD_IN, (deputy_id, person_id, at, at)).fetchone()
        return bool(row and row["stood_in"])

    def all(self) -> list[Absence]:
        query = _ABSENCES + "WHERE ends_at > clock_timestamp() ORDER BY starts_at, absence_valid.id"
        with statements(self._pool) as connection:
            return [_absence(row) for row in connection.execute(query).fetchall()]

    def note(self, person_id: int, deputy_id: int, starts_at: datetime, ends_at: datetime, *, noted_by: int) -> Absence:
        with statements(self._pool) as connection:
            row = connection.execute(
                "INSERT INTO absence (person_id, deputy_id, starts_at, ends_at, noted_by)"
                " VALUES (%s, %s, %s, %s, %s) RETURNING id",
                (person_id, deputy_id, starts_at, ends_at, noted_by),
            ).fetchone()
        assert row is not None
        return self._one(row["id"])

    def end(self, absence_id: int, *, ended_by: int) -> Absence:
        self._one(absence_id)
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO absence_end (absence_id, ended_by) VALUES (%s, %s) ON CONFLICT DO NOTHING", (absence_id, ended_by)
            )
        return self._one(absence_id)

    def cancel(self, absence_id: int, *, cancelled_by: int, reason: str) -> Absence:
        was = self._one(absence_id)
        with statements(self._pool) as connection:
            connection.execute(
                "INSERT INTO absence_cancel (absence_id, cancelled_by, reason) VALUES (%s, %s, %s)"
                " ON CONFLICT (absence_id) DO NOTHING",
                (absence_id, cancelled_by, reason.strip()),
            )
        return was

    def _one(self, absence_id: int) -> Absence:
        with statements(self._pool) as connection:
            row = connection.execute(_ABSENCES + "WHERE absence_valid.id = %s", (absence_id,)).fetchone()
        if row is None:
            raise RecordMissing(f"There is no absence {absence_id}; `expediter person absences` shows those there are.")
        return _absence(row)


def _absence(row: DictRow) -> Absence:
    return Absence(row["id"], rows.person(row["person"]), rows.person(row["deputy"]), row["starts_at"], row["ends_at"])
