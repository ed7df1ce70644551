"""Jobs that were given up, and that somebody wants one to run again, in PostgreSQL."""

from datetime import datetime

from psycopg.rows import DictRow

from agent.domain.given_up import Became, GivenUpJob
from agent.errors import RecordMissing
from integrations.database.pool import Pool, statements


class PostgresGivenUpJobs:
    """GivenUpJobs on a pool of serve's or the worker's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def since(self, moment: datetime) -> list[GivenUpJob]:
        with statements(self._pool) as connection:
            found = connection.execute("SELECT * FROM given_up WHERE at >= %s ORDER BY id", [moment]).fetchall()
        return [_job(row) for row in found]

    def latest(self, limit: int) -> list[GivenUpJob]:
        with statements(self._pool) as connection:
            found = connection.execute("SELECT * FROM given_up ORDER BY id DESC LIMIT %s", [limit]).fetchall()
        return [_job(row) for row in found]

    def job(self, job_id: int) -> GivenUpJob:
        with statements(self._pool) as connection:
            row = connection.execute("SELECT * FROM given_up WHERE id = %s", [job_id]).fetchone()
        if row is None:
            raise RecordMissing(f"No job J{job_id} was given up; `expediter jobs list` shows those that were.")
        return _job(row)


class PostgresJobDesk(PostgresGivenUpJobs):
    """JobDesk on a pool of serve's role."""

    def replay(self, job_id: int, *, person_id: int) -> None:
        with statements(self._pool) as connection:
            connection.execute("INSERT INTO job_replay (dead_letter_id, person_id) VALUES (%s, %s)", (job_id, person_id))


def _job(row: DictRow) -> GivenUpJob:
    task, became = row.pop("task_name"), row.pop("became")
    return GivenUpJob(**row, task=task, became=Became(became) if became else None)
