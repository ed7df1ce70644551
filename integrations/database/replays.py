"""Given-up jobs that somebody wants to run again, put back by the process whose queue they were in."""

import psycopg
from psycopg.rows import dict_row

from integrations.database.pool import conninfo, translated
from integrations.database.queues import Queue

_WANTED = """
    SELECT dead_letter_id FROM job_replay AS wanted WHERE queue = %s
    AND NOT EXISTS (SELECT FROM job_replayed WHERE dead_letter_id = wanted.dead_letter_id) ORDER BY dead_letter_id
"""
_PUT_BACK = """
    INSERT INTO job_replayed (dead_letter_id, queue, job_id)
    SELECT id, queue, (procrastinate.procrastinate_defer_jobs_v1(ARRAY[
        ROW(queue, task_name, 0, lock, NULL, args, NULL)::procrastinate.procrastinate_job_to_defer_v1]))[1]
    FROM dead_letter WHERE id = %s
"""


def put_back(url: str, queue: Queue) -> tuple[int, ...]:
    """Queue as a new job, once, each given-up job of this queue that somebody wants to run again; their numbers, oldest first.

    Raises DatabaseUnavailable.
    """
    with translated(), psycopg.connect(conninfo(url), autocommit=True, row_factory=dict_row) as connection:
        wanted = [int(row["dead_letter_id"]) for row in connection.execute(_WANTED, (queue,)).fetchall()]
        return tuple(job_id for job_id in wanted if _once(connection, job_id))


def _once(connection: psycopg.Connection[psycopg.rows.DictRow], job_id: int) -> bool:
    """False where another process of this queue did it at the same moment: the job queued here is gone with the row."""
    try:
        connection.execute(_PUT_BACK, (job_id,))
    except psycopg.errors.UniqueViolation:
        return False
    return True
